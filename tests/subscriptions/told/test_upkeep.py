"""What a subscription costs each month: with its lines, its end, and nothing while it rests."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from subscriptions.models import Plan, Subscription
from subscriptions.people.stopping import stop
from subscriptions.told.upkeep import upkeep_of
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_units_times_price_from_the_next_billing_day_on(acme: Account, plan: Plan) -> None:
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    make.reprice(plan=plan, fee="12", today=date(2018, 9, 1))
    upkeep = upkeep_of(seats, ORDERED_ON)
    assert (upkeep.day, upkeep.amount, upkeep.until, upkeep.is_last) == (date(2018, 9, 1), Decimal(60), None, False)
    assert [(line.quantity, line.unit_price, line.amount) for line in upkeep.lines] == [(5, 12, 60)]


def test_of_an_order_as_if_it_were_paid(acme: Account) -> None:
    order = make.order(account=acme, plan=make.plan(months=1), today=ORDERED_ON)
    upkeep = upkeep_of(order.subscription, ORDERED_ON)
    assert (upkeep.amount, upkeep.until, upkeep.is_last) == (Decimal("31.67"), date(2018, 9, 20), False)


def test_nothing_while_it_is_stopped(acme: Account, plan: Plan) -> None:
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 26))
    upkeep = upkeep_of(Subscription.objects.get(pk=seats.pk), date(2018, 8, 26))
    assert (upkeep.amount, upkeep.lines, upkeep.day) == (0, (), date(2018, 9, 1))
