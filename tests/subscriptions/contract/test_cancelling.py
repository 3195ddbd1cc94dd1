"""A waiting order is given up."""

import pytest

from accounts.models import Account
from billing.engine.lines import LineStatus
from billing.models import Payment
from subscriptions.contract.cancelling import close_orders, give_up, is_waiting
from subscriptions.contract.terms import contract_of
from subscriptions.models import Order, Plan
from tests.factories import subscriptions as make
from tests.factories.billing import pay
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_an_order_waits_until_it_is_paid(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    assert is_waiting(order)
    pay(order=order, today=ORDERED_ON)
    order.refresh_from_db()
    assert not is_waiting(order)
    assert not is_waiting(None)


def test_giving_up_takes_the_new_lines_and_the_order_away(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    contract = contract_of(order.subscription)
    changes = give_up(contract)
    assert [move.status for move in changes.move] == [LineStatus.DELETED]
    assert (contract.lines, contract.waiting) == ([], None)


def test_orders_are_closed_with_their_payments(acme: Account, plan: Plan) -> None:
    orders = [make.order(account=acme, plan=plan, today=ORDERED_ON) for _ in range(2)]
    close_orders(order_ids=[orders[0].pk], day=ORDERED_ON)
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "waiting_for_payment"]
    assert list(Payment.objects.order_by("pk").values_list("status", flat=True)) == [
        "cancelled",
        "waiting_for_payment",
    ]
