"""From when on other units hold, and what is charged until then: next day (G-D12), billing day, with the term."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.night.required import required_funds
from subscriptions.people.changes import OrderWaits, change_quantities
from subscriptions.people.failures import cancel_failed_order
from subscriptions.people.opening import VendorIsWorking
from subscriptions.people.ordering import cancel_order
from subscriptions.people.stopping import delete, stop
from subscriptions.told.upkeep import upkeep_of
from subscriptions.workers.provisioning import unfinished_work
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON, refuse, work
from tests.vendors.example.vendor import ExampleVendor

pytestmark = pytest.mark.django_db
AUG25, AUG26, AUG27, AUG28, AUG29, AUG31 = (date(2018, 8, day) for day in (25, 26, 27, 28, 29, 31))
SEP1, SEP2, OCT1 = date(2018, 9, 1), date(2018, 9, 2), date(2018, 10, 1)
ORDERED = ("blocked", "20 Aug", "01 Sep", 5, "19.35")


def ruled(plan: Plan, rule: str) -> None:
    """Have the vendor's contract about the plan's product say when seats change."""
    plan.template.settings = {"seats_change": rule}
    plan.template.save(update_fields=["settings"])


def told(*, gone: bool = False) -> list[tuple[str, str, str, int, str]]:
    charges = Charge.objects.order_by("pk")
    if not gone:
        charges = charges.exclude(status__in=("deleted", "refunded"))
    return [
        (c.status, f"{c.operate_from:%d %b}", f"{c.operate_to:%d %b}", c.quantity, f"{c.amount:.2f}") for c in charges
    ]


def night(day: date) -> None:
    """Run the night of a day, then the vendor's part; the books agree before and after."""
    run_billing_day(today=day)
    assert audit(today=day) == []
    work(day)
    assert audit(today=day) == []


def changed(subscription: Subscription, seats: int, today: date, *, at_once: bool = True) -> Order:
    return change_quantities(
        actor=SYSTEM,
        subscription=subscription,
        quantities={"seats": seats},
        today=today,
        now=make.noon(today),
        pay_from_balance=at_once,
    )


@pytest.fixture
def nightly(running: Subscription, acme: Account) -> Subscription:
    """Five seats since 20 August; other numbers take effect on the next day. 100.00 are on the balance besides."""
    ruled(running.plan, "nightly")
    top_up(account=acme, amount="100", today=ORDERED_ON)
    return running


@pytest.fixture
def monthly(running: Subscription) -> Subscription:
    """Five seats since 20 August; fewer of them from the next billing day on."""
    ruled(running.plan, "monthly")
    return running


def test_a_raise_of_the_next_day_is_charged_from_it(nightly: Subscription, example_vendor: ExampleVendor) -> None:
    """G-D12: the vendor is told on 25 August, the old charge includes that day, the new units count from the 26th."""
    order = changed(nightly, 8, AUG25)
    assert (order.total, order.status, order.effective_on) == (Decimal("5.81"), "provisioning", AUG26)
    work(AUG25)
    assert example_vendor.services["1"]["seats"] == 8
    # The sweep leaves it until its day.
    assert list(unfinished_work(now=make.noon(AUG25))) == []
    assert told() == [ORDERED, ("blocked", "26 Aug", "01 Sep", 3, "5.81")]
    assert audit(today=AUG25) == []
    night(AUG26)
    order.refresh_from_db()
    nightly.refresh_from_db()
    assert (order.status, order.provisioned_on, nightly.status) == ("completed", AUG26, "active")
    night(SEP1)
    assert told() == [
        ("closed", "20 Aug", "01 Sep", 5, "19.35"),
        ("closed", "26 Aug", "01 Sep", 3, "5.81"),
        ("blocked", "01 Sep", "01 Oct", 8, "80.00"),
    ]


def test_a_lowering_of_the_next_day_is_charged_until_it_leaves(
    nightly: Subscription, example_vendor: ExampleVendor
) -> None:
    order = changed(nightly, 2, AUG25)
    work(AUG25)
    assert example_vendor.services["1"]["seats"] == 2
    assert told() == [ORDERED]
    nightly.refresh_from_db()
    assert (nightly.quantity, nightly.status) == (5, "updating")
    night(AUG26)
    assert told(gone=True) == [
        ("deleted", "20 Aug", "01 Sep", 5, "19.35"),
        ("closed", "20 Aug", "26 Aug", 5, "9.68"),
        ("blocked", "26 Aug", "01 Sep", 2, "3.87"),
        ("refunded", "26 Aug", "01 Sep", 3, "5.80"),
    ]
    order.refresh_from_db()
    nightly.refresh_from_db()
    assert (order.status, nightly.quantity, nightly.status) == ("completed", 2, "active")
    night(SEP1)
    assert told()[-1] == ("blocked", "01 Sep", "01 Oct", 2, "20.00")


@pytest.mark.parametrize(
    ("seats", "due", "september"),
    [
        (8, "30.00", [("blocked", "01 Sep", "01 Oct", 3, "30.00"), ("blocked", "01 Sep", "01 Oct", 5, "50.00")]),
        (2, "0.00", [("blocked", "01 Sep", "01 Oct", 2, "20.00")]),
    ],
)
def test_a_change_on_the_last_day_of_a_period_holds_for_all_of_the_next(
    nightly: Subscription, seats: int, due: str, september: list
) -> None:
    assert changed(nightly, seats, AUG31).total == Decimal(due)
    work(AUG31)
    night(SEP1)
    assert told() == [("closed", "20 Aug", "01 Sep", 5, "19.35"), *september]


def test_of_a_plan_of_months_later_months_change_too(acme: Account, backup_plan: Plan) -> None:
    plan = make.plan(months=2, connection=backup_plan.template.connection)
    ruled(plan, "nightly")
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="200", today=ORDERED_ON)
    work()
    changed(subscription, 8, AUG31)
    work(AUG31)
    night(SEP1)
    assert told()[1:] == [
        ("blocked", "01 Sep", "01 Oct", 5, "50.00"),
        ("blocked", "01 Sep", "01 Oct", 3, "30.00"),
        ("opened", "01 Oct", "20 Oct", 8, "49.03"),
    ]
    subscription.refresh_from_db()
    changed(subscription, 4, SEP1)
    work(SEP1)
    night(SEP2)
    assert told()[-1] == ("opened", "01 Oct", "20 Oct", 4, "24.52")


def test_paid_later_it_holds_from_the_day_after_the_payment(nightly: Subscription) -> None:
    order = changed(nightly, 8, AUG25, at_once=False)
    assert (order.status, order.total) == ("waiting_for_payment", Decimal("5.81"))
    assert told()[-1] == ("new", "26 Aug", "01 Sep", 3, "5.81")
    pay(order=order, today=AUG28)
    assert told()[-1] == ("blocked", "29 Aug", "01 Sep", 3, "2.90")
    work(AUG28)
    night(AUG29)
    assert told() == [ORDERED, ("blocked", "29 Aug", "01 Sep", 3, "2.90")]


def test_accepted_later_it_holds_from_the_day_after_that(nightly: Subscription, example_vendor: ExampleVendor) -> None:
    order = changed(nightly, 8, AUG25)
    example_vendor.trouble = ("throttle", 1)
    work(AUG25)
    assert example_vendor.services["1"]["seats"] == 5
    work(AUG27)
    order.refresh_from_db()
    assert (example_vendor.services["1"]["seats"], order.effective_on) == (8, AUG28)
    night(AUG28)
    assert told() == [ORDERED, ("blocked", "28 Aug", "01 Sep", 3, "3.87")]


def test_until_its_day_nothing_else_is_done_and_refused_it_leaves_no_trace(
    nightly: Subscription, example_vendor: ExampleVendor
) -> None:
    changed(nightly, 2, AUG25)
    with pytest.raises(VendorIsWorking, match="takes effect on 26 Aug 2018"):
        stop(actor=SYSTEM, subscription=nightly, today=AUG25)
    refuse(example_vendor)
    work(AUG25)
    order = Order.objects.latest("pk")
    assert order.status == "provisioning_failed"
    cancel_failed_order(actor=SYSTEM, order=order, today=AUG25)
    nightly.refresh_from_db()
    assert (nightly.status, nightly.quantity, told(gone=True)) == ("active", 5, [ORDERED])
    assert audit(today=AUG25) == []


def test_what_is_stopped_on_its_day_keeps_what_the_vendor_holds(running: Subscription) -> None:
    """Without the funds for September the night stops it: the vendor has lowered meanwhile, and the books follow."""
    ruled(running.plan, "nightly")
    changed(running, 2, AUG31)
    work(AUG31)
    night(SEP1)
    running.refresh_from_db()
    assert (running.quantity, running.stop_reason) == (2, "funds_short")
    work(SEP1)
    running.refresh_from_db()
    assert (running.status, told()) == ("stopped", [("closed", "20 Aug", "01 Sep", 5, "19.35")])
    assert audit(today=SEP1) == []


def test_fewer_units_from_the_billing_day_on(
    monthly: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    """With what they cost and no more: five seats would have been stopped."""
    order = changed(monthly, 2, AUG25)
    assert (order.status, order.total, order.effective_on) == ("scheduled", 0, SEP1)
    assert told() == [ORDERED]
    monthly.refresh_from_db()
    assert (monthly.status, monthly.quantity) == ("active", 5)
    upkeep = upkeep_of(monthly, AUG25)
    assert upkeep is not None
    assert (upkeep.amount, required_funds(acme, day=SEP1)) == (20, 20)
    top_up(account=acme, amount="20", today=AUG26)
    work(AUG26)
    assert example_vendor.services["1"]["seats"] == 5
    run_billing_day(today=SEP1)
    assert told() == [("closed", "20 Aug", "01 Sep", 5, "19.35"), ("blocked", "01 Sep", "01 Oct", 2, "20.00")]
    assert audit(today=SEP1) == []
    work(SEP1)
    order.refresh_from_db()
    monthly.refresh_from_db()
    assert (order.status, monthly.status, monthly.quantity) == ("completed", "active", 2)
    assert example_vendor.services["1"]["seats"] == 2
    assert monthly.next_billing_day == OCT1
    assert audit(today=SEP1) == []


def test_it_is_cancelled_before_its_day_and_no_other_is_ordered_beside_it(monthly: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="100", today=AUG25)
    order = changed(monthly, 2, AUG25)
    with pytest.raises(OrderWaits, match="cancel it first"):
        changed(monthly, 8, AUG26)
    cancel_order(actor=SYSTEM, order=order, today=AUG26)
    assert changed(monthly, 8, AUG26).status == "provisioning"
    work(AUG26)
    night(SEP1)
    assert told()[-1] == ("blocked", "01 Sep", "01 Oct", 8, "80.00")


@pytest.mark.parametrize("verb", [stop, delete])
def test_a_stop_and_a_deletion_give_it_up(monthly: Subscription, verb: Callable[..., object]) -> None:
    order = changed(monthly, 2, AUG25)
    verb(actor=SYSTEM, subscription=monthly, today=AUG26)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert audit(today=AUG26) == []


@pytest.mark.parametrize("months", [None, 2])
def test_refused_on_the_billing_day_the_units_are_charged_again(
    acme: Account, backup_plan: Plan, example_vendor: ExampleVendor, months: int | None
) -> None:
    plan = make.plan(months=months, connection=backup_plan.template.connection)
    ruled(plan, "monthly")
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="200", today=ORDERED_ON)
    work()
    order = changed(subscription, 2, AUG25)
    refuse(example_vendor)
    night(SEP1)
    september = [charge for charge in told() if charge[1] == "01 Sep"]
    assert september == [("blocked", "01 Sep", "01 Oct", 2, "20.00")]
    order.refresh_from_db()
    cancel_failed_order(actor=SYSTEM, order=order, today=SEP1)
    assert audit(today=SEP1) == []
    september = [charge[3:] for charge in told() if charge[1] == "01 Sep"]
    assert sorted(september) == [(2, "20.00"), (3, "30.00")]
    night(OCT1)
    october = [charge[3:] for charge in told() if charge[1] == "01 Oct"]
    assert october == ([(5, "50.00")] if months is None else [(5, "30.65")])
    assert funds_of(acme).available >= 0
