"""Terms that are over are looked after until the next is there; what was not arranged is told, once."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from subscriptions.workers.renewed import follow_renewals
from tests.factories import accounts as cast
from tests.subscriptions.bound import Bound

pytestmark = pytest.mark.django_db


def alarms() -> list[str]:
    """Return what operators were told, each once however many read it."""
    rows = Notification.objects.filter(event="service_alarm").order_by("pk")
    return list(dict.fromkeys(row.body_text for row in rows))


def to_the_end(bound: Bound) -> datetime:
    """Go to the first moment after the term, and return it; what is held was asked for a day before."""
    ends = bound.held.ends_on
    assert ends is not None
    moment = datetime(ends.year, ends.month, ends.day, tzinfo=UTC)
    while bound.now < moment - timedelta(days=80):  # a grant lives for ninety days
        bound.advance(days=60)
    bound.advance(days=(moment - bound.now).total_seconds() / 86_400 - 0.5)
    after = moment + timedelta(hours=1)
    bound.microsoft.advance(seconds=(after - bound.now).total_seconds())
    bound.now = after
    return after


def test_the_next_term_is_waited_for_and_as_arranged_nothing_is_told(bound: Bound) -> None:
    cast.manager()
    bound.refresh()
    before = bound.held.ends_on
    to_the_end(bound)
    assert follow_renewals(now=bound.now) == 0, "the end of the term waits in Microsoft's queue"
    assert bound.held.ends_on == before
    bound.microsoft.advance(days=0.5)
    bound.now += timedelta(days=0.5)
    assert follow_renewals(now=bound.now) == 1
    assert bound.held.ends_on > before
    assert follow_renewals(now=bound.now) == 0
    assert alarms() == []


def test_what_has_not_begun_within_a_day_and_what_has_ended_is_told_once(bound: Bound) -> None:
    cast.manager()
    bound.refresh()
    to_the_end(bound)
    bound.microsoft.behave(term_end_queue_seconds=2 * 86_400)
    bound.now += timedelta(days=1)
    bound.microsoft.advance(days=1)
    follow_renewals(now=bound.now)
    follow_renewals(now=bound.now + timedelta(hours=1))
    assert len(alarms()) == 1
    assert "has not done so for a day" in alarms()[0]
    bound.microsoft.alter_subscription(subscription_id=bound.held.vendor_id, status="deleted")
    follow_renewals(now=bound.now + timedelta(hours=2))
    assert len(alarms()) == 2
    assert "the vendor has ended it" in alarms()[1]
