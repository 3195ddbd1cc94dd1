"""Raising and lowering."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import AccessLevel, Account
from billing.funds import funds_of
from billing.models import Charge, Payment
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.changes import NothingToChange, OrderWaits, PayOrLowerFirst, change_quantities
from subscriptions.people.opening import NotInThisStatus
from subscriptions.people.paying import FundsShort
from subscriptions.people.quantities import QuantityNotAllowed
from subscriptions.people.stopping import stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
CHANGED_ON = date(2018, 8, 25)


@pytest.fixture
def seats(acme: Account, plan: Plan) -> Subscription:
    """Five seats, ordered and paid on 20 August: 19.35 are reserved."""
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)


def change(subscription: Subscription, today: date = CHANGED_ON, **fields: object) -> Order:
    """Return the order of a change."""
    return change_quantities(
        actor=SYSTEM,
        subscription=subscription,
        today=today,
        now=make.noon(today),
        **{"quantities": {"seats": 8}, **fields},
    )


def test_a_raise_waits_for_its_payment(seats: Subscription) -> None:
    """G-I2."""
    order = change(seats)
    assert (order.status, order.total) == ("waiting_for_payment", Decimal("6.77"))
    assert Payment.objects.get(order=order).amount == Decimal("6.77")
    seats.refresh_from_db()
    assert (seats.quantity, seats.status) == (5, "active")

    pay(order=order, today=CHANGED_ON)
    seats.refresh_from_db()
    assert (seats.quantity, seats.resources.get().quantity) == (8, 8)
    assert [(c.status, c.amount) for c in Charge.objects.order_by("pk")] == [
        ("blocked", Decimal("19.35")),
        ("blocked", Decimal("6.77")),
    ]


def test_a_raise_is_paid_from_the_balance(seats: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="6.77", today=CHANGED_ON)
    order = change(seats, pay_from_balance=True)
    assert order.status == "completed"
    assert Payment.objects.get(order=order).status == "paid_from_balance"
    assert funds_of(acme).available == 0


def test_a_raise_without_funds_leaves_nothing(seats: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="6.76", today=CHANGED_ON)
    with pytest.raises(FundsShort) as refusal:
        change(seats, pay_from_balance=True)
    assert refusal.value.missing == Decimal("0.01")
    assert str(refusal.value) == "$0.01 more are needed. Top up the balance first."
    assert Order.objects.count() == Charge.objects.count() == 1


def test_a_lowering_takes_effect_at_once(seats: Subscription, acme: Account) -> None:
    """G-I3."""
    order = change(seats, quantities={"seats": 2})
    assert (order.status, order.total) == ("completed", 0)
    assert [(c.status, c.amount, c.quantity) for c in Charge.objects.order_by("pk")] == [
        ("deleted", Decimal("19.35"), 5),
        ("closed", Decimal("8.06"), 5),
        ("blocked", Decimal("4.52"), 2),
        ("refunded", Decimal("6.77"), 3),
    ]
    assert Charge.objects.get(status="deleted").superseded_by == order
    funds = funds_of(acme)
    assert (funds.balance, funds.available) == (Decimal("11.29"), Decimal("6.77"))
    seats.refresh_from_db()
    assert seats.quantity == 2


def test_a_change_of_nothing_is_refused(seats: Subscription) -> None:
    with pytest.raises(NothingToChange):
        change(seats, quantities={"seats": 5})


def test_a_second_change_waits_for_the_first(seats: Subscription) -> None:
    order = change(seats)
    with pytest.raises(OrderWaits) as refusal:
        change(seats, quantities={"seats": 9})
    assert str(refusal.value) == f"Pay or cancel the order {order.number} first."


def test_a_stopped_subscription_does_not_change(seats: Subscription) -> None:
    stop(actor=SYSTEM, subscription=seats, today=CHANGED_ON)
    with pytest.raises(NotInThisStatus) as refusal:
        change(seats)
    assert refusal.value.code == "subscription_is_stopped"
    assert str(refusal.value) == (
        "The subscription is “Stopped”. Quantities change only while a subscription is Active: activate it first."
    )


def test_bounds_of_the_plan_hold_for_changes(acme: Account) -> None:
    bounded = make.plan(bounds={"seats": {"minimum": 2, "limit": 7}})
    seats = make.subscription(account=acme, plan=bounded, today=ORDERED_ON)
    for count in (1, 8):
        with pytest.raises(QuantityNotAllowed):
            change(seats, quantities={"seats": count})
    with pytest.raises(QuantityNotAllowed):
        change(seats, quantities={"chairs": 1})


def test_the_same_key_is_the_same_change(seats: Subscription) -> None:
    first = change(seats, idempotency_key="click")
    assert change(seats, idempotency_key="click") == first
    assert Order.objects.count() == 2


def test_the_night_comes_before_the_change(seats: Subscription, acme: Account) -> None:
    """A change in October brings the books up to date first: August is closed, and September had no funds."""
    with pytest.raises(NotInThisStatus) as refusal:
        change(seats, today=date(2018, 10, 5))
    assert refusal.value.code == "subscription_is_stopped"
    top_up(account=acme, amount="500", today=date(2018, 8, 21))
    change(seats, today=date(2018, 10, 5))
    assert [c.status for c in Charge.objects.order_by("pk")] == ["closed", "closed", "blocked", "new"]


def test_included_units_change_without_charge(acme: Account) -> None:
    plan = make.plan(bounds={"seats": {"included": 10}})
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON, quantities={"seats": 4})
    order = change(seats, quantities={"seats": 8})
    seats.refresh_from_db()
    assert (order.status, seats.quantity, Charge.objects.count()) == ("completed", 8, 0)


@pytest.fixture
def mixed(acme: Account) -> Subscription:
    """Five seats and four disks."""
    plan = make.plan(prices={"seats": "10.00", "disks": "2.00"})
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON, quantities={"seats": 5, "disks": 4})


def test_a_mixed_change_lowers_at_once_and_raises_when_paid(mixed: Subscription) -> None:
    order = change(mixed, quantities={"seats": 2, "disks": 6})
    assert order.total == Decimal("0.90")
    assert [r.quantity for r in mixed.resources.order_by("pk")] == [2, 4]
    assert not Charge.objects.filter(status="waiting_for_refund").exists()
    pay(order=order, today=CHANGED_ON)
    assert [r.quantity for r in mixed.resources.order_by("pk")] == [2, 6]


def test_a_mixed_change_is_paid_by_what_it_frees(mixed: Subscription, acme: Account) -> None:
    order = change(mixed, quantities={"seats": 2, "disks": 6}, pay_from_balance=True)
    assert order.status == "completed"
    assert funds_of(acme).available == Decimal("6.77") - Decimal("0.90")


def test_a_mixed_change_at_a_vendor_is_paid_at_once(acme: Account, example: object, backup_plan: Plan) -> None:
    two = make.plan(prices={"seats": "10.00", "disks": "2.00"}, connection=example)
    subscription = make.subscription(account=acme, plan=two, today=ORDERED_ON, quantities={"seats": 5, "disks": 4})
    Subscription.objects.filter(pk=subscription.pk).update(status="active", awaited_operation="")
    Order.objects.update(status="completed")
    with pytest.raises(PayOrLowerFirst):
        change(Subscription.objects.get(pk=subscription.pk), quantities={"seats": 2, "disks": 6})


def test_rights_and_sight(seats: Subscription, acme: Account) -> None:
    for stranger in (
        cast.customer_actor(account=acme, access_level=AccessLevel.USER),
        cast.customer_actor(account=cast.account()),
        cast.manager_actor(reseller=cast.reseller()),
    ):
        with pytest.raises(Forbidden):
            change_quantities(
                actor=stranger,
                subscription=seats,
                quantities={"seats": 8},
                today=CHANGED_ON,
                now=make.noon(CHANGED_ON),
            )
