"""Every column of a plan, and who reads it: what a page asks for is charged, refused aloud, or does something."""

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[3]
# By model and column: the file that acts on it, and what is said of it there. Ids, moments of writing and search words
# are the rows' own.
READ_BY = {
    "Plan": {
        "reseller": ("subscriptions/catalogue/plans.py", "plan.reseller"),
        "parent": ("subscriptions/catalogue/delegation.py", "parent"),
        "name": ("subscriptions/people/ordering.py", "plan.name"),
        "sku": ("subscriptions/catalogue/delegation.py", "plan.sku"),
        "category": ("subscriptions/filters.py", "category"),
        "product": ("subscriptions/filters.py", "product"),
        "description": ("templates/customer_panel/order_details.html", "offer.plan.description"),
        "template": ("subscriptions/contract/handover.py", "plan.template"),
        "billing_type": ("subscriptions/people/ordering.py", "plan.billing_type"),
        "service_term": ("subscriptions/contract/due.py", "plan.service_term"),
        "currency": ("subscriptions/people/ordering.py", "plan.currency"),
        "status": ("subscriptions/queries.py", "status"),
        "public": ("subscriptions/queries.py", "public=True"),
        "singleton": ("subscriptions/people/ordering.py", "plan.singleton"),
        "fixed_price": ("subscriptions/people/ordering.py", "plan.fixed_price"),
        "subscription_name_template": ("subscriptions/people/ordering.py", "plan.subscription_name_template"),
    },
    "PlanPeriod": {
        "plan": ("subscriptions/people/ordering.py", "period.plan_id"),
        "endless": ("subscriptions/contract/due.py", "period.endless"),
        "duration": ("subscriptions/contract/due.py", "period.duration"),
        "unit": ("subscriptions/contract/due.py", "period.unit"),
        "trial": ("subscriptions/people/ordering.py", "period.trial"),
        "active": ("subscriptions/people/ordering.py", "period.active"),
    },
    "PlanResource": {
        "plan": ("subscriptions/catalogue/prices.py", "plan_resource.plan"),
        "resource": ("subscriptions/people/quantities.py", "resource.resource"),
        "name": ("subscriptions/people/ordering.py", "name=resource.name"),
        "position": ("subscriptions/models/plan.py", '"position"'),
        "measurable": ("subscriptions/people/quantities.py", "resource.measurable"),
        "included": ("subscriptions/people/ordering.py", "included=resource.included"),
        "minimum": ("subscriptions/people/quantities.py", "resource.minimum"),
        "limit": ("subscriptions/people/quantities.py", "resource.limit"),
        "public": ("subscriptions/queries.py", "public=True, active=True"),
        "active": ("subscriptions/models/plan.py", "active=True"),
    },
    "ResourcePrice": {
        "plan_resource": ("subscriptions/contract/prices.py", '"plan_resource"'),
        "valid_from": ("subscriptions/contract/prices.py", '"valid_from"'),
        "entered_on": ("subscriptions/contract/prices.py", "entered_on__lt"),
        "recurring_fee": ("subscriptions/contract/prices.py", '"recurring_fee"'),
        "setup_fee": ("billing/engine/fees.py", "row.setup_fee"),
        "renewal_fee": ("billing/engine/fees.py", "row.renewal_fee"),
        "net_cost": ("operator_panel/views/plans.py", "price.net_cost"),
        "made_by": ("subscriptions/catalogue/following.py", "now.made_by"),
        "made_from": ("templates/components/price_entered_by.html", "price.made_from"),
        "created_by": ("templates/components/price_entered_by.html", "price.created_by"),
    },
    "PlanPrice": {
        "period": ("subscriptions/contract/prices.py", '"period"'),
        "valid_from": ("subscriptions/contract/prices.py", '"valid_from"'),
        "entered_on": ("subscriptions/contract/prices.py", "entered_on__lt"),
        "recurring_fee": ("subscriptions/contract/prices.py", '"recurring_fee"'),
        "setup_fee": ("billing/engine/fees.py", "row.setup_fee"),
        "renewal_fee": ("billing/engine/fees.py", "row.renewal_fee"),
        "transfer_fee": ("billing/engine/fees.py", "row.transfer_fee"),
        "markup": ("billing/engine/terms.py", "price.markup"),
        "made_by": ("subscriptions/catalogue/following.py", "now.made_by"),
        "made_from": ("templates/components/price_entered_by.html", "price.made_from"),
        "created_by": ("templates/components/price_entered_by.html", "price.created_by"),
    },
}
THE_ROWS_OWN = {"id", "created_at", "updated_at"}


@pytest.mark.parametrize("model", READ_BY)
def test_each_column_is_read(model: str) -> None:
    columns = {field.name for field in apps.get_model("subscriptions", model)._meta.concrete_fields} - THE_ROWS_OWN
    assert columns == set(READ_BY[model]), "a column that nothing reads is asked of people for nothing"
    unread = [
        f"{column}: {words} in {file}"
        for column, (file, words) in READ_BY[model].items()
        if not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", (ROOT / file).read_text())
    ]
    assert unread == []
