"""The term that would follow, as a confirmation names it."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from core.period import Period
from subscriptions.people.stopping import stop
from subscriptions.told.coming import Coming, coming_term
from subscriptions.told.proposals import propose_auto_renewal, propose_renewal
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.holding import ORDERED_ON, again

pytestmark = pytest.mark.django_db
DAY = date(2018, 9, 10)


def test_its_days_its_sum_and_how_they_are_said(acme: Account) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    seats = make.subscription(account=acme, plan=make.plan(months=1), today=ORDERED_ON)
    assert coming_term(seats, DAY) == Coming(Period(date(2018, 9, 20), date(2018, 10, 20)), Decimal("18.33"))
    wish = {"actor": SYSTEM, "subscription": seats, "today": DAY}
    renewal = propose_renewal(**wish, pay_from_balance=True)
    assert "20 Sep 2018 to 20 Oct 2018" in renewal.question
    assert "48.98" in renewal.question
    assert "18.33" in renewal.submit
    assert "18.33" in propose_renewal(**wish).submit
    switched = propose_auto_renewal(**wish, on=True)
    assert "20 Sep 2018" in switched.question
    assert "18.33" in switched.question
    assert "end on 20 Sep 2018" in propose_auto_renewal(**wish, on=False).question


def test_nothing_follows_what_has_no_end_is_stopped_ahead_of_it_or_a_trial(acme: Account) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    endless = make.subscription(account=acme, plan=make.plan(), today=ORDERED_ON)
    seats = make.subscription(account=acme, plan=make.plan(months=1), today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=seats, today=DAY)
    assert coming_term(endless, DAY) is None
    assert coming_term(again(seats), DAY) is None
    seats.status, seats.trial = "active", True
    assert coming_term(seats, DAY) is None
