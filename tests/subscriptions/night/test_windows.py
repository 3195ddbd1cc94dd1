"""Letters before a window closes and before a term at the vendor ends: each once, to customers and managers."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AccessLevel, Reseller
from notifications.models import Notification
from subscriptions.models import CommitmentDate, Plan, Subscription
from subscriptions.night.windows import tell_of_renewals, tell_of_windows
from tests.factories import accounts as cast
from tests.factories import commitments as at_vendor
from tests.factories import subscriptions as make
from tests.subscriptions.bound import Bound
from vendors.commitments import AtEnd, NextTerm, Returnable, State

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
NOW = make.noon(TODAY)
# What the next term is for, and how its end is told.
A_YEAR = {"term": "P1Y", "ends_on": TODAY + timedelta(days=40)}


@pytest.fixture
def held(plan: Plan) -> Subscription:
    """Five seats of an account with an owner who reads Russian and a manager who reads English."""
    manager = cast.manager(language="en", email="manager@example.com")
    account = cast.account(name="Acme", manager=manager)
    cast.customer_user(account=account, access_level=AccessLevel.OWNER, language="ru", email="owner@example.com")
    return make.subscription(account=account, plan=plan, today=TODAY)


def told(event: str, email: str) -> list[Notification]:
    return list(Notification.objects.filter(event=event, email=email).order_by("pk"))


def days(count: float) -> datetime:
    return NOW + timedelta(days=count)


def test_a_window_is_told_once_so_many_days_before_as_the_reseller_says(held: Subscription) -> None:
    at_vendor.commitment(subscription=held, now=NOW, returnable=(Returnable(1, days(6)), Returnable(3, days(4))))
    assert tell_of_windows(now=days(1.9)) == 0
    assert tell_of_windows(now=days(2)) == 2
    assert tell_of_windows(now=days(2.5)) == 0, "the same is told once"
    (letter,) = told("window_is_closing", "manager@example.com")
    assert "Seats: 3 units can be given back until 05 Nov 2026" in " ".join(letter.body_text.split())
    assert letter.path == f"/operator/subscriptions/{held.pk}/commitment/"
    (letter,) = told("window_is_closing", "owner@example.com")
    assert letter.language == "ru"
    assert letter.path == f"/subscriptions/{held.pk}/commitment/"
    assert tell_of_windows(now=days(4.5)) == 2, "the second window, with what can be cancelled until then"
    letter = told("window_is_closing", "manager@example.com")[-1]
    assert "it can be cancelled as a whole until" in letter.body_text
    assert "Seats: 1 unit can be given back until" in letter.body_text
    assert tell_of_windows(now=days(6)) == 0, "it has closed"


def test_a_window_that_opens_late_is_told_as_soon_as_it_is_known_and_nobody_is_told_of_none(
    held: Subscription,
) -> None:
    Reseller.objects.update(window_letter_days=10)
    at_vendor.commitment(subscription=held, now=NOW)
    assert tell_of_windows(now=NOW) == 2
    Notification.objects.all().delete()
    Reseller.objects.update(window_letter_days=0)
    assert tell_of_windows(now=days(5.9)) == 0
    Reseller.objects.update(window_letter_days=2)
    Subscription.objects.filter(pk=held.pk).update(status="deleted")
    assert tell_of_windows(now=days(5.9)) == 0


def test_a_worker_that_died_between_two_windows_tells_the_rest_when_run_again(
    held: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_vendor.commitment(subscription=held, now=NOW, returnable=(Returnable(1, days(5)), Returnable(3, days(4))))
    assert tell_of_windows(now=days(3.5)) == 4
    Notification.objects.filter(pk__in=[row.pk for row in told("window_is_closing", "owner@example.com")[1:]]).delete()
    assert tell_of_windows(now=days(3.5)) == 1


def test_a_renewal_is_told_30_and_7_days_before_with_units_price_and_what_can_be_decided(held: Subscription) -> None:
    at_vendor.commitment(subscription=held, now=NOW, next_term=NextTerm(4), **A_YEAR)
    assert tell_of_renewals(today=TODAY + timedelta(days=9), now=days(9)) == 0
    for day, letters in ((10, 2), (11, 0), (32, 0), (33, 2), (39, 0), (40, 0)):
        assert tell_of_renewals(today=TODAY + timedelta(days=day), now=days(day)) == letters, day
    first, _second = told("commitment_renews_soon", "manager@example.com")
    text = " ".join(first.body_text.split())
    assert "at its vendor ends on 10 Dec 2026" in text
    assert "Seats: 4 units are renewed for another term. A unit costs $10.00 a month then, all together $40.00." in text
    assert "Until 10 Dec 2026 you can choose fewer units, or that it ends." in text
    assert "11 Dec 2026" in first.subject


@pytest.mark.parametrize(
    ("commitment", "words", "choice"),
    [
        ({"at_end": AtEnd.ENDS}, "5 units end with the term", "you can choose that it is renewed after all."),
        (
            {"at_end": AtEnd.EXTENDS},
            "5 units go on by the month in the extended term",
            "you can choose that it is renewed for another term, or that it ends.",
        ),
        (
            {"at_end": AtEnd.ENDS, "state": State.SUSPENDED},
            "5 units end with the term",
            "It is stopped, and ends with its term. Until 10 Dec 2026 it can be activated",
        ),
        (
            {"at_end": AtEnd.ENDS, "is_trial": True},
            "5 units end with the term",
            "the trial can be switched to a paid plan.",
        ),
    ],
)
def test_what_comes_at_the_end_and_what_can_be_decided_is_said(
    held: Subscription, commitment: dict[str, Any], words: str, choice: str
) -> None:
    at_vendor.commitment(subscription=held, now=NOW, **A_YEAR, **commitment)
    assert tell_of_renewals(today=TODAY + timedelta(days=35), now=days(2)) == 2
    (letter,) = told("commitment_renews_soon", "manager@example.com")
    for text in (words, choice):
        assert text in " ".join(letter.body_text.split())
    assert "fewer units" not in letter.body_text
    assert "it can be cancelled as a whole until" in letter.body_text, "a window that is still open"


def test_a_term_of_a_month_is_told_7_days_before_only(held: Subscription) -> None:
    at_vendor.commitment(subscription=held, now=NOW)
    assert tell_of_renewals(today=TODAY + timedelta(days=1), now=days(1)) == 0
    assert tell_of_renewals(today=TODAY + timedelta(days=23), now=days(23)) == 2
    Subscription.objects.filter(pk=held.pk).update(status="deleted")
    Notification.objects.all().delete()
    assert tell_of_renewals(today=TODAY + timedelta(days=24), now=days(24)) == 0


def test_windows_of_microsoft_are_told_by_its_clock(bound: Bound) -> None:
    """What is told, and when, is what the vendor says and not what we would compute."""
    bound.refresh()
    closes = CommitmentDate.objects.filter(kind="cancel").get().at
    assert tell_of_windows(now=bound.now) == 0
    bound.advance(days=5.5)
    assert closes - bound.now < timedelta(days=2)
    assert tell_of_windows(now=bound.now) > 0
    assert tell_of_windows(now=bound.now) == 0
    bound.advance(days=3)
    assert not CommitmentDate.objects.filter(kind__in=("cancel", "units")).exists()
