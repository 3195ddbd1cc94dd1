"""The billing day is coming."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from notifications.models import Notification
from subscriptions.models import Plan
from subscriptions.night.reminding import next_needs, remind_of_billing_day
from subscriptions.people.stopping import stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
THREE_DAYS_BEFORE = date(2018, 8, 29)


def test_the_required_funds_are_told_three_days_before(acme: Account, plan: Plan) -> None:
    """G-I16: what is Active needs its next month, what is Stopped needs nothing."""
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stopped = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=stopped, today=date(2018, 8, 25))
    assert remind_of_billing_day(today=date(2018, 8, 28)) == 0
    assert remind_of_billing_day(today=THREE_DAYS_BEFORE) == 1
    told = Notification.objects.get(event="billing_day_is_coming")
    assert told.email == acme.email
    assert "50.00" in told.body_text
    assert "Top up at least" in told.body_text
    assert remind_of_billing_day(today=THREE_DAYS_BEFORE) == 0


def test_nothing_is_missing_where_the_balance_suffices(acme: Account, plan: Plan) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="50", today=ORDERED_ON)
    remind_of_billing_day(today=THREE_DAYS_BEFORE)
    told = Notification.objects.get(event="billing_day_is_coming")
    assert "Nothing has to be done" in told.body_text


def test_whoever_has_nothing_to_renew_hears_nothing(acme: Account, plan: Plan) -> None:
    make.order(account=acme, plan=plan, today=ORDERED_ON)
    make.subscription(account=cast.account(), plan=make.plan(prices={"seats": "0"}), today=ORDERED_ON)
    assert remind_of_billing_day(today=THREE_DAYS_BEFORE) == 0


def test_the_next_billing_day_and_its_needs(acme: Account, plan: Plan) -> None:
    assert next_needs(acme) is None
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    assert next_needs(acme) == (date(2018, 9, 1), Decimal("50.00"))
