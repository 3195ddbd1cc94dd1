"""Pay in full over a vendor: provided late, refused, given up; and what its confirmations say."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge
from subscriptions.models import HeldUnits, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import TypeKeepsQuantities, change_quantities
from subscriptions.people.failures import cancel_failed_order
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.told.preview import preview
from subscriptions.told.proposals import propose_stop
from subscriptions.told.upkeep import upkeep_of
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, refuse, work
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db
SEP5 = date(2018, 9, 5)


@pytest.fixture
def backup(acme: Account, example: VendorConnection, example_vendor: ExampleVendor) -> Subscription:
    """Five seats for three months at a vendor, on 5 September; 1,000.00 on the balance."""
    VendorConnection.objects.update(state=ConnectionState.GRANTED)
    example.refresh_from_db()
    top_up(account=acme, amount="1000.00", today=ORDERED_ON)
    plan = make.plan(connection=example, billing_type="pay_in_full", months=3)
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    work()
    run_billing_day(today=SEP5)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.expiration_date) == ("active", date(2018, 12, 1))
    return subscription


def change(subscription: Subscription, seats: int, day: date = SEP5):
    return change_quantities(
        actor=SYSTEM,
        subscription=Subscription.objects.get(pk=subscription.pk),
        quantities={"seats": seats},
        today=day,
        now=make.noon(day),
        pay_from_balance=True,
    )


def live() -> list[tuple[str, int, int]]:
    charges = Charge.objects.filter(status__in=["opened", "blocked"]).order_by("operate_from", "block")
    return [(charge.status, charge.operate_from.month, charge.quantity) for charge in charges]


def test_what_the_vendor_refuses_leaves_the_months_as_they_were(
    backup: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    before = live()
    refuse(example_vendor)
    for seats in (8, 2):
        order = change(backup, seats)
        work(SEP5)
        assert live() != before
        assert audit(today=SEP5) == []
        cancel_failed_order(actor=SYSTEM, order=order, today=SEP5)
        assert live() == before == [("blocked", 9, 5), ("opened", 10, 5), ("opened", 11, 5)]
        assert (funds_of(acme).blocked, audit(today=SEP5)) == (Decimal("50.00"), [])


def test_a_month_that_an_earlier_activation_charged_stays_charged_where_a_later_one_fails(
    backup: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    def act(verb: Callable[..., Subscription], day: date) -> None:
        verb(actor=SYSTEM, subscription=Subscription.objects.get(), today=day)
        work(day)

    act(stop, date(2018, 9, 20))
    act(activate, date(2018, 10, 20))
    act(stop, date(2018, 10, 22))
    refuse(example_vendor)
    act(activate, date(2018, 10, 25))
    assert Subscription.objects.get().status == "activating_failed"
    charged = [("blocked", 10, 5), ("opened", 11, 5)]
    example_vendor.refusing = False
    act(stop, date(2018, 10, 26))
    assert (Subscription.objects.get().status, live()) == ("stopped", charged), "October was served from the 20th"
    refuse(example_vendor)
    act(activate, date(2018, 10, 27))
    example_vendor.refusing = False
    act(delete, date(2018, 10, 28))
    assert (live(), funds_of(acme).balance) == ([], Decimal("900.00")), "September and October"
    assert audit(today=date(2018, 10, 28)) == []


def test_an_activation_that_never_was_carried_out_costs_nothing(
    backup: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    stop(actor=SYSTEM, subscription=backup, today=date(2018, 9, 20))
    work(date(2018, 9, 20))
    for verb, day in ((activate, 20), (stop, 21), (activate, 22), (delete, 23)):
        example_vendor.refusing = verb is activate
        verb(actor=SYSTEM, subscription=Subscription.objects.get(), today=date(2018, 10, day))
        work(date(2018, 10, day))
        assert (("blocked", 10, 5) in live()) is (verb is activate)
    assert (live(), funds_of(acme).balance) == ([], Decimal("950.00")), "September alone"


def test_a_raise_below_the_most_of_the_month_is_held_once_the_vendor_has_provided_it(backup: Subscription) -> None:
    for seats in (8, 4, 7):
        change(backup, seats)
        work(SEP5)
    assert live() == [
        ("blocked", 9, 5), ("blocked", 9, 3), ("opened", 10, 4), ("opened", 10, 3),
        ("opened", 11, 4), ("opened", 11, 3),
    ]  # fmt: skip
    assert HeldUnits.objects.latest("pk").units == 7
    assert audit(today=SEP5) == []


def test_a_raise_provided_in_the_next_month_is_charged_from_then(backup: Subscription) -> None:
    change(backup, 8)
    day = date(2018, 10, 5)
    run_billing_day(today=day)
    work(day)
    assert live() == [("blocked", 10, 5), ("blocked", 10, 3), ("opened", 11, 5), ("opened", 11, 3)]
    assert audit(today=day) == []


def test_its_confirmations_say_what_a_month_costs(acme: Account) -> None:
    plan = make.plan(billing_type="pay_in_full", months=3)
    seen = preview(lambda: make.order(account=acme, plan=plan, today=ORDERED_ON), account=acme, today=ORDERED_ON)
    assert (seen.due, seen.reserved, len(seen.added)) == (0, 0, 3)
    assert seen.upkeep is not None
    assert (seen.upkeep.day, seen.upkeep.amount, seen.upkeep.until) == (
        date(2018, 9, 1), Decimal("50.00"), date(2018, 12, 1),
    )  # fmt: skip
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    with pytest.raises(TypeKeepsQuantities, match="are free"):
        change(subscription, 8, date(2018, 8, 25))
    asked = propose_stop(actor=SYSTEM, subscription=subscription, today=ORDERED_ON)
    assert asked.question.startswith(f"Stop {subscription.name}? A month that has begun stays charged")
    assert upkeep_of(subscription, ORDERED_ON) is not None
