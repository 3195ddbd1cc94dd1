"""The calendar's words and conditions, of both panels' lists."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Q

from accounts.actors import SYSTEM
from core.lists.listing import Asker
from subscriptions.models import CommitmentDate, Plan, Subscription
from subscriptions.queries import commitment_dates_visible_to
from subscriptions.told.calendar import QUICK, when, when_text, with_prices
from tests.factories import accounts as cast
from tests.factories import commitments as bound
from tests.factories import subscriptions as make
from vendors.commitments import Returnable

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)
NOW = make.noon(TODAY)


@pytest.fixture
def held(plan: Plan) -> Subscription:
    """Five seats with a window that closes this afternoon, another in six days, and a renewal in a month."""
    subscription = make.subscription(account=cast.account(), plan=plan, today=TODAY)
    soon = Returnable(2, NOW + timedelta(hours=3))
    bound.commitment(subscription=subscription, now=NOW, returnable=(soon, Returnable(3, NOW + timedelta(days=8))))
    return subscription


def kinds(quick: str) -> list[tuple[str, int]]:
    condition = next(one for one in QUICK if one.name == quick).q(Asker(SYSTEM, TODAY))
    assert isinstance(condition, Q)
    rows = commitment_dates_visible_to(SYSTEM).filter(condition).order_by("at", "kind")
    return [(row.kind, row.units) for row in rows]


def test_quick_filters_are_today_this_week_windows_and_ends(held: Subscription) -> None:
    assert kinds("today") == [("units", 2)]
    assert kinds("week") == [("units", 2), ("cancel", 5)]
    assert kinds("windows") == [("units", 2), ("cancel", 5), ("units", 3)]
    assert kinds("ends") == [("renews", 5)]


def test_windows_close_at_a_moment_and_terms_begin_on_a_day(held: Subscription) -> None:
    window = CommitmentDate.objects.filter(kind="units").earliest("at")
    renewal = CommitmentDate.objects.get(kind="renews")
    assert isinstance(when(window), datetime)
    assert when(renewal) == TODAY + timedelta(days=30)
    assert when_text(renewal) == "29 Dec 2026"
    assert when_text(window).startswith("29 Nov 2026")
    rows = list(CommitmentDate.objects.select_related("commitment", "subscription"))
    with_prices(rows)
    assert [(row.kind, row.monthly is not None) for row in rows if row.kind in ("renews", "cancel")] == [
        ("cancel", False), ("renews", True),
    ]  # fmt: skip
