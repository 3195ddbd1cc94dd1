"""Renewing by hand, and switching automatic renewal: what is refused, what waits, what a vendor does."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge, Payment
from notifications.models import Notification
from subscriptions.catalogue.products import Timers
from subscriptions.models import Order, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.night.required import required_funds
from subscriptions.people.failures import cancel_failed_order, retry
from subscriptions.people.opening import OrderWaits
from subscriptions.people.ordering import cancel_order
from subscriptions.people.quantities import QuantityNotAllowed
from subscriptions.people.renewal import NothingToRenew, RenewalNotOpen, auto_renew, renew
from subscriptions.people.stopping import stop
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import refuse, work
from tests.subscriptions.holding import ORDERED_ON, again
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import ConnectionState, VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db
END, AHEAD = date(2018, 9, 20), date(2018, 9, 10)


@pytest.fixture
def term(acme: Account) -> Subscription:
    """Five seats for a month, until 20 September, and money for the next."""
    plan = make.plan(months=1, timers=Timers(billing_day=1, grace_period=5, auto_renew_point=7, manual_renew_point=15))
    top_up(account=acme, amount="500", today=ORDERED_ON)
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)


@pytest.fixture
def at_vendor(acme: Account, example: VendorConnection) -> Subscription:
    """The same at a vendor who renews terms."""
    example.state = ConnectionState.GRANTED
    example.save(update_fields=["state"])
    plan = make.plan(connection=example, months=1, timers=Timers(billing_day=1, grace_period=5))
    top_up(account=acme, amount="500", today=ORDERED_ON)
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    work()
    return again(subscription)


def test_a_key_makes_two_renewals_one_and_a_second_one_is_refused(term: Subscription) -> None:
    wish = {"actor": SYSTEM, "subscription": term, "today": AHEAD, "pay_from_balance": True}
    first = renew(**wish, idempotency_key="a")
    assert renew(**wish, idempotency_key="a") == first
    assert (first.type, first.status, first.total) == ("renewal", "waiting_for_provisioning", Decimal("18.330"))
    with pytest.raises(OrderWaits):
        renew(**wish)
    item = first.items.get()
    assert (item.quantity_before, item.quantity_after, item.amount) == (5, 5, Decimal("18.330"))
    assert audit(today=AHEAD) == []
    run_billing_day(today=END)
    term = again(term)
    assert (term.status, term.expiration_date, term.due_on) == ("active", date(2018, 10, 20), date(2018, 10, 1))
    assert Notification.objects.filter(event="subscription_renewed").exists()


def test_a_paid_renewal_that_waits_is_cancelled_and_its_money_is_available_again(
    acme: Account, term: Subscription
) -> None:
    order = renew(actor=SYSTEM, subscription=term, today=AHEAD, pay_from_balance=True)
    before = funds_of(acme).available
    cancel_order(actor=SYSTEM, order=order, today=AHEAD)
    assert funds_of(acme).available == before + Decimal("18.33")
    run_billing_day(today=END)
    assert again(term).status == "graced"
    assert audit(today=END) == []


def test_an_unpaid_one_is_cancelled_in_its_night_and_the_letter_says_how_to_pay(acme: Account) -> None:
    acme.account_class.cancel_unpaid_order_in = 3
    acme.account_class.save()
    top_up(account=acme, amount="40", today=ORDERED_ON)
    seats = make.subscription(account=acme, plan=make.plan(months=1), today=ORDERED_ON)
    order = renew(actor=SYSTEM, subscription=seats, today=AHEAD)
    assert Payment.objects.get(order=order).amount == Decimal("18.330")
    assert Notification.objects.filter(event="order_placed", path__contains=f"/orders/{order.pk}/").exists()
    run_billing_day(today=date(2018, 9, 13))
    order.refresh_from_db()
    assert (order.status, Payment.objects.get(order=order).status) == ("cancelled", "cancelled")
    assert not Charge.objects.filter(order=order).exclude(status="deleted").exists()


def test_what_is_refused_says_why(acme: Account, term: Subscription) -> None:
    endless = make.subscription(account=acme, plan=make.plan(), today=ORDERED_ON)
    with pytest.raises(NothingToRenew):
        renew(actor=SYSTEM, subscription=endless, today=AHEAD)
    with pytest.raises(NothingToRenew):
        auto_renew(actor=SYSTEM, subscription=endless, on=True, today=AHEAD)
    with pytest.raises(RenewalNotOpen, match="5 Sep"):
        renew(actor=SYSTEM, subscription=term, today=date(2018, 9, 4))
    term.plan.status = "inactive"
    term.plan.save()
    with pytest.raises(RenewalNotOpen, match="not sold"):
        renew(actor=SYSTEM, subscription=term, today=AHEAD)
    term.plan.status = "active"
    term.plan.save()
    with pytest.raises(QuantityNotAllowed) as no:
        renew(actor=SYSTEM, subscription=term, today=AHEAD, quantities={"chairs": 1})
    assert no.value.field == "quantities.chairs"


def test_ordered_ahead_of_itself_and_not_any_more_once_it_is_switched_off(acme: Account, term: Subscription) -> None:
    auto_renew(actor=SYSTEM, subscription=term, on=True, today=AHEAD)
    assert again(term).due_on == date(2018, 9, 13)
    assert required_funds(acme, day=END) == 0  # no billing day
    run_billing_day(today=date(2018, 9, 13))
    order = Order.objects.get(type="renewal")
    assert (order.automatic, order.status, order.placed_on) == (True, "waiting_for_payment", date(2018, 9, 13))
    auto_renew(actor=SYSTEM, subscription=term, on=False, today=date(2018, 9, 14))
    order.refresh_from_db()
    assert order.status == "cancelled"
    run_billing_day(today=END)
    assert again(term).status == "graced"
    assert audit(today=END) == []


def test_the_billing_day_on_which_a_term_ends_needs_what_the_next_costs(acme: Account) -> None:
    first = date(2018, 9, 1)
    top_up(account=acme, amount="60", today=first)
    seats = make.subscription(account=acme, plan=make.plan(months=1), today=first)
    auto_renew(actor=SYSTEM, subscription=seats, on=True, today=first)
    assert required_funds(acme, day=date(2018, 10, 1)) == Decimal("50.00")


def test_a_vendor_renews_first_and_what_it_renews_late_is_charged_from_the_end_on(
    acme: Account, at_vendor: Subscription
) -> None:
    auto_renew(actor=SYSTEM, subscription=at_vendor, on=True, today=ORDERED_ON)
    run_billing_day(today=END)
    assert again(at_vendor).status == "renewing"
    assert audit(today=END) == []
    operation = VendorOperation.objects.get(action="renew")
    assert operation.payload["term"] == {"months": 1, "trial": False, "expires_on": "2018-10-20"}
    late = date(2018, 10, 3)
    work(late)
    seats = again(at_vendor)
    assert (seats.status, seats.expiration_date) == ("active", date(2018, 10, 20))
    lines = Charge.objects.filter(order__type="renewal").order_by("operate_from").values_list("status", "amount")
    assert list(lines) == [("closed", Decimal("18.330")), ("blocked", Decimal("30.650"))]
    assert Order.objects.get(type="renewal").status == "completed"
    assert audit(today=late) == []


def test_what_the_vendor_refuses_is_tried_again_or_given_up(
    acme: Account, at_vendor: Subscription, example_vendor: ExampleVendor
) -> None:
    refuse(example_vendor)
    order = renew(actor=SYSTEM, subscription=at_vendor, today=AHEAD, pay_from_balance=True)
    run_billing_day(today=END)
    work(END)
    order.refresh_from_db()
    assert (again(at_vendor).status, order.status) == ("renewing_failed", "provisioning_failed")
    retry(actor=SYSTEM, subscription=at_vendor, today=END, now=make.noon(END))
    work(END)
    before = funds_of(acme).available
    cancel_failed_order(actor=SYSTEM, order=order, today=END)
    assert (again(at_vendor).status, funds_of(acme).available - before) == ("graced", Decimal("18.33"))
    assert audit(today=END) == []


def test_a_stopped_one_runs_again_at_its_vendor_once_it_is_renewed(
    at_vendor: Subscription, example_vendor: ExampleVendor
) -> None:
    run_billing_day(today=date(2018, 9, 26))
    work(date(2018, 9, 26))
    assert again(at_vendor).status == "stopped"
    day = date(2018, 10, 5)
    with pytest.raises(QuantityNotAllowed):
        renew(actor=SYSTEM, subscription=at_vendor, today=day, quantities={"seats": 6})
    renew(actor=SYSTEM, subscription=at_vendor, today=day, pay_from_balance=True)
    work(day)
    work(day)
    seats = again(at_vendor)
    assert (seats.status, seats.expiration_date, seats.term_anchor) == ("active", date(2018, 11, 5), day)
    assert sorted(VendorOperation.objects.values_list("action", flat=True)) == [
        "provision", "renew", "resume", "suspend",
    ]  # fmt: skip
    assert audit(today=day) == []


def test_a_stop_gives_a_renewal_up(acme: Account, term: Subscription) -> None:
    order = renew(actor=SYSTEM, subscription=term, today=AHEAD, pay_from_balance=True)
    stop(actor=SYSTEM, subscription=term, today=AHEAD)
    order.refresh_from_db()
    assert (order.status, funds_of(acme).blocked) == ("cancelled", 0)
