"""Paying an order: at once, later, from the balance; the rest is told in test_payments.py and test_changes.py."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import AccessLevel, Account
from billing.funds import funds_of
from billing.models import Charge, Payment
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.paying import FundsShort, OrderIsNotWaiting, carry_out_paid_order, pay_order_from_balance
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(acme: Account, plan: Plan) -> Order:
    """An order of 19.35, placed on 20 August."""
    return make.order(account=acme, plan=plan, today=ORDERED_ON)


def test_available_funds_pay_an_order(acme: Account, order: Order) -> None:
    top_up(account=acme, amount="20", today=ORDERED_ON)
    paid = pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    assert (paid.status, paid.paid_on) == ("completed", ORDERED_ON)
    assert Payment.objects.get(order=order).status == "paid_from_balance"
    assert funds_of(acme).available == Decimal("0.65")


def test_short_funds_say_what_is_missing(acme: Account, order: Order) -> None:
    top_up(account=acme, amount="19", today=ORDERED_ON)
    with pytest.raises(FundsShort) as refusal:
        pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    assert str(refusal.value) == "$0.35 more are needed. Top up the balance first."


def test_paid_later_it_costs_the_days_from_then(acme: Account, order: Order) -> None:
    top_up(account=acme, amount="20", today=ORDERED_ON)
    pay_order_from_balance(actor=SYSTEM, order=order, today=date(2018, 8, 25))
    assert [(charge.status, charge.amount) for charge in Charge.objects.order_by("pk")] == [
        ("deleted", Decimal("19.35")),
        ("blocked", Decimal("11.29")),
    ]
    assert Subscription.objects.get().start_date == date(2018, 8, 25)


def test_the_expiry_counts_from_the_day_of_payment(acme: Account) -> None:
    """G-I12, paid on the 25th instead of the 20th."""
    order = make.order(account=acme, plan=make.plan(months=12), today=ORDERED_ON)
    pay(order=order, today=date(2018, 8, 25))
    subscription = Subscription.objects.get()
    assert subscription.expiration_date == date(2019, 8, 25)
    live = Charge.objects.exclude(status="deleted")
    assert sum(charge.amount for charge in live) == Decimal("600.00")
    assert live.filter(status="opened").count() == 12


def test_an_order_is_paid_once(acme: Account, order: Order) -> None:
    pay(order=order, today=ORDERED_ON)
    for verb in (pay_order_from_balance, carry_out_paid_order):
        with pytest.raises(OrderIsNotWaiting):
            verb(actor=SYSTEM, order=order, today=ORDERED_ON)


def test_who_may_not_order_may_not_pay(acme: Account, order: Order) -> None:
    with pytest.raises(Forbidden):
        pay_order_from_balance(
            actor=cast.customer_actor(account=acme, access_level=AccessLevel.USER), order=order, today=ORDERED_ON
        )
