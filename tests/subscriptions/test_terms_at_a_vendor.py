"""What is bought for a term, provided later or not at all (decisions 22, 51): the books of each type stay right."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.failures import cancel_failed_order
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON, change, refuse, work
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db
AUG25, SEP1, SEP5, OCT1 = date(2018, 8, 25), date(2018, 9, 1), date(2018, 9, 5), date(2018, 10, 1)
MONTHS = {"reservation": 3, "csp_annual": 3, "non_refund": 12, "gsuite": 1}


def bought(account: Account, example: VendorConnection, billing_type: str) -> Subscription:
    """Return five seats, paid on 20 August and not yet at the vendor; the account has money for more."""
    example.state = ConnectionState.GRANTED
    example.save(update_fields=["state"])
    top_up(account=account, amount="3000", today=ORDERED_ON)
    plan: Plan = make.plan(connection=example, billing_type=billing_type, months=MONTHS[billing_type])
    if billing_type == "reservation":
        fees = Fees(recurring_fee=Decimal(10), setup_fee=Decimal(1))
        set_price(actor=SYSTEM, plan_resource=plan.resources.get(), fees=fees, valid_from=ORDERED_ON, today=ORDERED_ON)
    return make.subscription(account=account, plan=plan, today=ORDERED_ON)


def live() -> list[tuple[str, date, Decimal]]:
    charges = Charge.objects.filter(status__in=("opened", "blocked", "closed"), type="recurring_fee").order_by("pk")
    return list(charges.values_list("status", "operate_from", "amount"))


@pytest.mark.parametrize("billing_type", MONTHS)
def test_provided_later_the_term_begins_on_that_day(
    acme: Account, example: VendorConnection, billing_type: str
) -> None:
    subscription = bought(acme, example, billing_type)
    run_billing_day(today=SEP1)
    assert all(status != "closed" for status, _from, _amount in live()), "nothing is charged that nobody has provided"
    work(SEP5)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.start_date) == ("active", SEP5)
    first, second = live()[:2]
    assert first == ("closed" if billing_type == "non_refund" else "blocked", SEP5, Decimal("43.33"))
    assert second[1] == OCT1
    run_billing_day(today=OCT1)
    assert audit(today=OCT1) == []


@pytest.mark.parametrize("billing_type", MONTHS)
def test_a_raise_that_is_refused_leaves_nothing(
    acme: Account, example: VendorConnection, example_vendor: ExampleVendor, billing_type: str
) -> None:
    subscription = bought(acme, example, billing_type)
    work()
    before, available = live(), funds_of(acme).available
    refuse(example_vendor)
    order = change(subscription, 8, AUG25)
    due = order.total
    pay(order=order, today=AUG25)
    work(AUG25)
    run_billing_day(today=SEP1)
    order.refresh_from_db()
    cancel_failed_order(actor=SYSTEM, order=order, today=SEP1)
    assert [one[1:] for one in live()] == [one[1:] for one in before], "the charges are those of the five seats"
    assert Charge.objects.filter(type="setup_fee", status="closed").count() == (billing_type == "reservation")
    begun = {"non_refund": Decimal(50), "gsuite": Decimal("31.67")}.get(billing_type, Decimal(0))  # of September
    assert funds_of(acme).available == available + due - begun
    assert audit(today=SEP1) == []
