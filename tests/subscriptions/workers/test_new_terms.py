"""Operators are told of a term that has begun otherwise than it was arranged."""

from datetime import date

import pytest

from notifications.models import Notification
from subscriptions.models import Subscription
from subscriptions.workers.new_terms import look_at_term
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.vendors.test_renewed import AFTER, BEFORE
from vendors.commitments import Commitment, State

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 10)


@pytest.fixture
def seats() -> Subscription:
    """Five seats of a plan, and a manager who hears of it."""
    cast.manager()
    return make.subscription(account=cast.account(), plan=make.plan(), today=date(2026, 3, 10))


def told(subscription: Subscription, after: Commitment, today: date = TODAY) -> int:
    look_at_term(subscription, BEFORE, after, today)
    return Notification.objects.filter(event="service_alarm").count()


def test_it_is_told_once_for_each_term(seats: Subscription) -> None:
    assert told(seats, AFTER) == 0
    fewer = Commitment(**{**vars(AFTER), "quantity": 5})
    assert told(seats, fewer, date(2027, 3, 9)) == 0, "within its term it was changed by somebody"
    first = told(seats, fewer)
    assert first
    assert told(seats, fewer) == first
    assert "5 units instead of 8" in Notification.objects.filter(event="service_alarm").latest("pk").body_text


def test_what_we_have_deleted_may_end(seats: Subscription) -> None:
    seats.status = "deleted"
    assert told(seats, Commitment(**{**vars(AFTER), "state": State.ENDED})) == 0
