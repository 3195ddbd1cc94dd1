"""A renewal ordered of itself ahead of the end waits for its payment, and is ordered anew where it was given up."""

from datetime import date

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.charging import record
from billing.models import Charge, Payment
from subscriptions.catalogue.products import Timers
from subscriptions.contract.ahead import order_ahead, order_anew
from subscriptions.contract.cancelling import cancel_waiting
from subscriptions.contract.terms import contract_of
from subscriptions.models import OrderStatus, Subscription
from subscriptions.people.renewal import auto_renew
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

POINT = date(2018, 9, 13)


@pytest.mark.django_db
def test_waits_for_its_payment_and_is_ordered_anew(acme: Account) -> None:
    plan = make.plan(months=1, timers=Timers(billing_day=1, auto_renew_point=7))
    term = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    auto_renew(actor=SYSTEM, subscription=term, on=True, today=ORDERED_ON)
    contract = contract_of(Subscription.objects.get(pk=term.pk), POINT)
    order, placed = order_ahead(contract, POINT)
    assert placed.add
    assert order.status == OrderStatus.WAITING_FOR_PAYMENT
    assert Payment.objects.get(order=order).amount == order.total
    record([contract.booking(placed, POINT, order)])
    contract = contract_of(contract.subscription, POINT)
    cancel_waiting(contract, order, POINT)
    order_anew(contract, POINT)
    assert contract.waiting is not None
    assert contract.waiting.pk != order.pk
    assert Charge.objects.filter(order=contract.waiting, status="new").exists()
