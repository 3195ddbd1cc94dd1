"""Names made of others: no placeholder that nothing fills, none cut in silence, none too long for its column."""

import pytest

from accounts.actors import SYSTEM
from billing.models import Charge, LedgerEntry
from subscriptions.catalogue.plans import PLACEHOLDERS, Information, PlanNotAllowed, change_plan
from subscriptions.models import Plan, PlanResource, SubscriptionResource
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def with_template(plan: Plan, template: str) -> Plan:
    information = Information(
        name=plan.name, template=plan.template, service_term=plan.service_term, subscription_name_template=template
    )
    return change_plan(actor=SYSTEM, plan=plan, information=information)


@pytest.mark.parametrize(
    "template",
    ["{{plan.nmae}}", "{{ plan.name }}", "{{}}", "{{plan.name}", "plan.name}}", "{{{{plan.name}}}}", "", " \u200b ",
     "{{plan.name}} {{account.password}}"],
)  # fmt: skip
def test_a_placeholder_that_nothing_fills_is_refused_at_the_plan(plan: Plan, template: str) -> None:
    """It was kept, and every subscription was called “{{plan.nmae}}”."""
    with pytest.raises(PlanNotAllowed) as refusal:
        with_template(plan, template)
    assert refusal.value.field == "subscription_name_template"
    assert "{{account.name}}" in str(refusal.value)


@pytest.mark.parametrize("template", [*PLACEHOLDERS, "Plain", " and ".join(PLACEHOLDERS), "{one} {{plan.id}}"])
def test_what_is_known_is_taken(plan: Plan, template: str) -> None:
    with_template(plan, template)
    order = make.order(account=cast.account(), plan=plan, today=ORDERED_ON)
    assert order.subscription.name
    assert "{{" not in order.subscription.name


def test_a_name_that_is_too_long_ends_in_an_ellipsis(plan: Plan) -> None:
    """It was cut at 300 characters, in the middle of a word, with no sign of it."""
    Plan.objects.filter(pk=plan.pk).update(name="P" * 200)
    plan.refresh_from_db()
    with_template(plan, "{{plan.name}} {{account.name}}")
    order = make.order(account=cast.account(name="A" * 200), plan=plan, today=ORDERED_ON)
    assert order.subscription.name == "P" * 200 + " " + "A" * 98 + "…"


def test_what_a_name_brings_along_is_no_placeholder(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(name="{{account.name}}")
    plan.refresh_from_db()
    with_template(plan, "{{plan.name}}!")
    order = make.order(account=cast.account(name="Acme"), plan=plan, today=ORDERED_ON)
    assert order.subscription.name == "{{account.name}}!"


def test_a_charge_of_a_long_resource_is_described_with_an_ellipsis(plan: Plan) -> None:
    PlanResource.objects.filter(plan=plan).update(name="R" * 200)
    make.subscription(account=cast.account(), plan=plan, today=ORDERED_ON)
    charge = Charge.objects.get()
    shortened = charge.description.removeprefix(f"{plan.name}, ")
    assert shortened.startswith("R" * 150)
    assert "R…: 5, " in shortened
    assert len(charge.description) <= 300
    SubscriptionResource.objects.update(name="S" * 200)
    assert all(len(text) <= 300 for text in LedgerEntry.objects.values_list("description", flat=True))
