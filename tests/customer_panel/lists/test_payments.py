"""The customer's list of payments that are done with."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, actor_of
from accounts.models import Account, User
from billing.payments import cancel_payment, open_top_up
from customer_panel.lists.payments import closed_payments_visible_to
from subscriptions.models import Plan
from subscriptions.people.paying import pay_order_from_balance
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def test_completed_and_cancelled_payments_are_listed_and_no_others(
    acme: Account, owner: User, plan: Plan, today: date
) -> None:
    done = money.top_up(account=acme, amount="100.00", today=today)
    cancelled = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    cancel_payment(actor=SYSTEM, payment=cancelled, today=today)
    pay_order_from_balance(actor=SYSTEM, order=make.order(account=acme, plan=plan, today=today), today=today)
    open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    money.top_up(account=cast.account(), amount="1.00", today=today)
    assert list(closed_payments_visible_to(actor_of(owner)).order_by("pk")) == [done, cancelled]
