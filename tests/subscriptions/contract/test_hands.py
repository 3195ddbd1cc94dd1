"""The hands of the night write what they say."""

from datetime import date

import pytest

from accounts.models import Account
from billing.models import Payment, PaymentStatus
from subscriptions.contract.hands import ROWS
from subscriptions.contract.terms import contract_of
from subscriptions.models import Order, OrderStatus
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_a_renewal_is_placed_asked_for_and_paid_from_the_balance(acme: Account) -> None:
    plan = make.plan(months=1)
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    contract, day = contract_of(seats, date(2018, 9, 20)), date(2018, 9, 20)
    order, placed = ROWS.place(contract, day)
    assert placed.add
    ROWS.ask(contract, order)
    ROWS.paid(order, day, from_balance=True)
    kept = Order.objects.get(pk=order.pk)
    assert (kept.paid_on, kept.items.count()) == (day, 1)
    assert Payment.objects.get(order=order).status == PaymentStatus.PAID_FROM_BALANCE
    ROWS.cancel([order.pk], day)
    assert Order.objects.get(pk=order.pk).status == OrderStatus.CANCELLED
