"""Charging starts when the vendor has provided (decision 22): what waits meanwhile, what goes on, what it becomes."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge, LedgerEntry
from notifications.models import Notification
from subscriptions.models import ApplicationResource, Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.night.required import required_funds
from subscriptions.people.failures import cancel_failed_order, retry
from subscriptions.people.stopping import activate, delete, stop
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON, change, refuse, work
from tests.vendors.example.vendor import ExampleVendor

pytestmark = [pytest.mark.django_db, pytest.mark.prove]
# In `make prove` each day's books are audited.
EVERY_DAY = bool(os.environ.get("PROVE"))
AUG25, SEP1, SEP5, OCT1 = date(2018, 8, 25), date(2018, 9, 1), date(2018, 9, 5), date(2018, 10, 1)


def told(*, gone: bool = False) -> list[tuple[str, str, str, int, str]]:
    """Return the charges, Deleted and Refunded ones only where asked for."""
    charges = Charge.objects.order_by("pk")
    if not gone:
        charges = charges.exclude(status__in=("deleted", "refunded"))
    return [
        (c.status, f"{c.operate_from:%d %b}", f"{c.operate_to:%d %b}", c.quantity, f"{c.amount:.2f}") for c in charges
    ]


def nights(start: date, end: date) -> None:
    """Run the nights of these days; the books are audited where a month begins and on the last, each with its past."""
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        day = date.fromordinal(ordinal)
        run_billing_day(today=day)
        if day.day == 1 or day == end or EVERY_DAY:
            assert audit(today=day) == []


def test_an_order_refused_for_weeks_is_charged_from_the_day_it_is_provided(failed: Subscription, acme: Account) -> None:
    """Ordered on 20 August, refused until 5 September."""
    top_up(account=acme, amount="500", today=ORDERED_ON)
    nights(ORDERED_ON, SEP5)
    assert told() == [("blocked", "20 Aug", "01 Sep", 5, "19.35")]
    ApplicationResource.objects.filter(vendor_reference="unheard-of").update(vendor_reference="backup")
    retry(actor=SYSTEM, subscription=failed, today=SEP5, now=make.noon(SEP5))
    work(SEP5)
    failed.refresh_from_db()
    assert (failed.status, failed.start_date, failed.next_billing_day) == ("active", SEP5, OCT1)
    assert told(gone=True) == [
        ("deleted", "20 Aug", "01 Sep", 5, "19.35"),
        ("blocked", "05 Sep", "01 Oct", 5, "43.33"),
    ]
    assert funds_of(acme).balance == Decimal("519.35")
    nights(SEP5, OCT1)
    assert told() == [("closed", "05 Sep", "01 Oct", 5, "43.33"), ("blocked", "01 Oct", "01 Nov", 5, "50.00")]
    written_off = LedgerEntry.objects.filter(book="account", amount__lt=0)
    assert [(entry.day, entry.amount) for entry in written_off] == [(OCT1, Decimal("-43.33"))]


def test_provided_some_days_later_the_rest_stays_on_the_balance(ordered: Subscription, acme: Account) -> None:
    work(AUG25)
    assert told() == [("blocked", "25 Aug", "01 Sep", 5, "11.29")]
    assert funds_of(acme).available == Decimal("8.06")
    assert audit(today=AUG25) == []


def test_provided_on_the_day_it_is_paid_nothing_is_made_anew(running: Subscription) -> None:
    assert told(gone=True) == [("blocked", "20 Aug", "01 Sep", 5, "19.35")]


def test_a_period_of_months_counts_from_the_day_it_is_provided(acme: Account, backup_plan: Plan) -> None:
    plan = of_months(backup_plan, 2)
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    assert subscription.expiration_date == date(2018, 10, 20)
    nights(ORDERED_ON, SEP5)
    work(SEP5)
    subscription.refresh_from_db()
    assert subscription.expiration_date == date(2018, 11, 5)
    assert told() == [
        ("blocked", "05 Sep", "01 Oct", 5, "43.33"),
        ("opened", "01 Oct", "01 Nov", 5, "50.00"),
        ("opened", "01 Nov", "05 Nov", 5, "6.67"),
    ]
    nights(SEP5, OCT1)


def test_provided_in_a_dearer_month_than_was_paid_for_it_is_stopped(ordered: Subscription, acme: Account) -> None:
    """19.35 were paid, 43.33 are needed: as the billing day in between would have stopped it."""
    nights(ORDERED_ON, SEP5)
    work(SEP5)
    ordered.refresh_from_db()
    assert (ordered.status, ordered.stop_reason, ordered.stopped_on) == ("stopping", "funds_short", SEP5)
    work(SEP5)
    ordered.refresh_from_db()
    assert ordered.status == "stopped"
    assert told() == [("opened", "05 Sep", "01 Oct", 5, "43.33")]
    assert funds_of(acme).available == funds_of(acme).balance == Decimal("19.35")
    assert Notification.objects.filter(event="subscription_stopped_funds_short").exists()
    nights(SEP5, OCT1)
    top_up(account=acme, amount="500", today=OCT1)
    activate(actor=SYSTEM, subscription=ordered, today=OCT1)
    work(OCT1)
    assert told() == [("blocked", "01 Oct", "01 Nov", 5, "50.00")]
    assert audit(today=OCT1) == []


def of_months(like: Plan, months: int, **fields: object) -> Plan:
    """Return a plan for so many months of the same vendor."""
    return make.plan(months=months, connection=like.template.connection, **fields)


def raised_late(running: Subscription, acme: Account) -> Order:
    """Return the order of a raise 5 > 8, paid on 25 August, which the vendor has not provided by 5 September."""
    order = change(running, 8, AUG25)
    pay(order=order, today=AUG25)
    top_up(account=acme, amount="500", today=AUG25)
    assert required_funds(acme, day=SEP1) == Decimal("50.00")
    nights(AUG25, SEP5)
    assert told() == [
        ("closed", "20 Aug", "01 Sep", 5, "19.35"),
        ("blocked", "25 Aug", "01 Sep", 3, "6.77"),
        ("blocked", "01 Sep", "01 Oct", 5, "50.00"),
    ]
    return order


def test_of_a_raise_only_the_added_units_wait(running: Subscription, acme: Account) -> None:
    raised_late(running, acme)
    work(SEP5)
    running.refresh_from_db()
    assert (running.status, running.quantity) == ("active", 8)
    assert told() == [
        ("closed", "20 Aug", "01 Sep", 5, "19.35"),
        ("blocked", "01 Sep", "01 Oct", 5, "50.00"),
        ("blocked", "05 Sep", "01 Oct", 3, "26.00"),
    ]
    nights(SEP5, OCT1)
    assert told()[-1] == ("blocked", "01 Oct", "01 Nov", 8, "80.00")


def test_a_raise_that_is_refused_and_given_up_costs_nothing(
    running: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    refuse(example_vendor)
    order = raised_late(running, acme)
    work(SEP5)
    assert Subscription.objects.get().status == "updating_failed"
    cancel_failed_order(actor=SYSTEM, order=order, today=SEP5)
    assert told() == [("closed", "20 Aug", "01 Sep", 5, "19.35"), ("blocked", "01 Sep", "01 Oct", 5, "50.00")]
    nights(SEP5, OCT1)


def test_later_periods_of_a_raise_wait_too(acme: Account, backup_plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=of_months(backup_plan, 2), today=ORDERED_ON)
    work()
    pay(order=change(subscription, 8, AUG25), today=AUG25)
    top_up(account=acme, amount="500", today=AUG25)
    nights(AUG25, SEP5)
    assert [charge[3] for charge in told() if charge[1] == "01 Oct"] == [5]
    work(SEP5)
    assert told() == [
        ("closed", "20 Aug", "01 Sep", 5, "19.35"),
        ("blocked", "01 Sep", "01 Oct", 5, "50.00"),
        ("blocked", "05 Sep", "01 Oct", 3, "26.00"),
        ("opened", "01 Oct", "20 Oct", 8, "49.03"),
    ]
    nights(SEP5, date(2018, 10, 21))


def test_a_night_without_funds_while_units_are_raised_stops_it_once_the_vendor_has_answered(
    running: Subscription, acme: Account
) -> None:
    pay(order=change(running, 8, AUG25), today=AUG25)
    nights(AUG25, SEP5)
    running.refresh_from_db()
    assert (running.status, running.stop_reason, running.stopped_on) == ("updating", "funds_short", SEP1)
    assert Notification.objects.filter(event="subscription_stopped_funds_short").exists()
    work(SEP5)
    running.refresh_from_db()
    assert (running.status, running.quantity) == ("stopping", 8)
    work(SEP5)
    assert told() == [("closed", "20 Aug", "01 Sep", 5, "19.35")]
    assert funds_of(acme).available == Decimal("6.77")
    top_up(account=acme, amount="500", today=SEP5)
    running.refresh_from_db()
    activate(actor=SYSTEM, subscription=running, today=SEP5)
    work(SEP5)
    assert told()[-1] == ("blocked", "05 Sep", "01 Oct", 8, "69.33")
    nights(SEP5, OCT1)


@pytest.mark.parametrize(("grace", "status"), [(0, "stopping"), (10, "graced")])
def test_a_period_that_ends_while_units_are_raised_ends_on_its_day(
    acme: Account, backup_plan: Plan, grace: int, status: str
) -> None:
    timers = make.Timers(billing_day=1, grace_period=grace)
    subscription = make.subscription(
        account=acme,
        plan=of_months(backup_plan, 1, timers=timers),
        today=ORDERED_ON,
    )
    work()
    top_up(account=acme, amount="500", today=AUG25)
    pay(order=change(subscription, 8, date(2018, 9, 18)), today=date(2018, 9, 18))
    nights(date(2018, 9, 18), date(2018, 9, 22))
    work(date(2018, 9, 22))
    subscription.refresh_from_db()
    assert subscription.status == status
    assert told() == [("closed", "20 Aug", "01 Sep", 5, "19.35"), ("closed", "01 Sep", "20 Sep", 5, "31.67")]
    nights(date(2018, 9, 22), date(2018, 10, 2))


def test_an_activation_is_charged_from_the_day_the_vendor_carries_it_out(running: Subscription, acme: Account) -> None:
    """A sibling of decision 22: days in which the vendor provided nothing are not charged."""
    top_up(account=acme, amount="500", today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=running, today=AUG25)
    work(AUG25)
    activate(actor=SYSTEM, subscription=running, today=date(2018, 8, 28))
    nights(date(2018, 8, 28), SEP5)
    work(SEP5)
    running.refresh_from_db()
    assert (running.status, running.next_billing_day) == ("active", OCT1)
    assert told() == [("closed", "20 Aug", "25 Aug", 5, "8.06"), ("blocked", "05 Sep", "01 Oct", 5, "43.33")]
    nights(SEP5, OCT1)


@pytest.mark.parametrize("verb", [stop, delete])
def test_an_activation_that_failed_is_not_charged(
    running: Subscription, acme: Account, example_vendor: ExampleVendor, verb: Callable[..., Subscription]
) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=running, today=AUG25)
    work(AUG25)
    refuse(example_vendor)
    activate(actor=SYSTEM, subscription=running, today=date(2018, 8, 28))
    work(date(2018, 8, 28))
    assert Subscription.objects.get().status == "activating_failed"
    example_vendor.refusing = False
    verb(actor=SYSTEM, subscription=running, today=date(2018, 8, 30))
    work(date(2018, 8, 30))
    used, *rest = told()
    assert used == ("closed", "20 Aug", "25 Aug", 5, "8.06")
    assert rest == ([("opened", "28 Aug", "01 Sep", 5, "6.45")] if verb is stop else [])
    nights(date(2018, 8, 30), SEP5)
    assert told() == [used]


def test_a_stop_and_a_deletion_count_from_their_day_however_late_the_vendor_is(
    running: Subscription, acme: Account
) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=running, today=AUG25)
    nights(AUG25, SEP5)
    work(SEP5)
    assert told() == [("closed", "20 Aug", "25 Aug", 5, "8.06"), ("opened", "25 Aug", "01 Sep", 5, "11.29")]
    nights(SEP5, SEP5)
    assert told() == [("closed", "20 Aug", "25 Aug", 5, "8.06")]


def test_a_lowering_given_up_after_a_billing_day_is_charged_for_every_day(
    running: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    """The vendor refused to take two units back: they were there all the time, in the new month too."""
    refuse(example_vendor)
    top_up(account=acme, amount="500", today=AUG25)
    order = change(running, 3, AUG25)
    work(AUG25)
    nights(AUG25, SEP5)
    cancel_failed_order(actor=SYSTEM, order=order, today=SEP5)
    assert told() == [
        ("closed", "20 Aug", "25 Aug", 5, "8.06"),
        ("closed", "25 Aug", "01 Sep", 3, "6.77"),
        ("blocked", "01 Sep", "01 Oct", 3, "30.00"),
        ("closed", "25 Aug", "01 Sep", 2, "4.52"),
        ("blocked", "01 Sep", "01 Oct", 2, "20.00"),
    ]
    nights(SEP5, OCT1)
    assert told()[-1] == ("blocked", "01 Oct", "01 Nov", 5, "50.00")
    assert funds_of(acme).balance == Decimal("450.00")


def test_a_lowering_of_months_given_up_after_a_billing_day(
    acme: Account, backup_plan: Plan, example_vendor: ExampleVendor
) -> None:
    subscription = make.subscription(account=acme, plan=of_months(backup_plan, 2), today=ORDERED_ON)
    work()
    refuse(example_vendor)
    top_up(account=acme, amount="500", today=AUG25)
    order = change(subscription, 3, AUG25)
    work(AUG25)
    nights(AUG25, SEP5)
    cancel_failed_order(actor=SYSTEM, order=order, today=SEP5)
    units = {}
    for status, start, end, quantity, _amount in told():
        units.setdefault((start, end), []).append((status, quantity))
    assert units == {
        ("20 Aug", "25 Aug"): [("closed", 5)],
        ("25 Aug", "01 Sep"): [("closed", 3), ("closed", 2)],
        ("01 Sep", "01 Oct"): [("blocked", 3), ("blocked", 2)],
        ("01 Oct", "20 Oct"): [("opened", 5)],
    }
    nights(SEP5, date(2018, 10, 21))
    assert funds_of(acme).balance == Decimal("519.35") - sum(
        Charge.objects.filter(status="closed").values_list("amount", flat=True)
    )
