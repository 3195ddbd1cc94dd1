"""Letters before something is decided of itself: a window at the vendor closes, a term there ends."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.resellers import MOST_WINDOW_LETTER_DAYS
from notifications.announce import announce
from subscriptions.contract.handover import start_of
from subscriptions.contract.next_terms import day_of, next_prices
from subscriptions.models import (
    WINDOWS,
    CommitmentDate,
    CommitmentState,
    DateKind,
    HeldCommitment,
    SubscriptionStatus,
    TermEnd,
)

# So many days before the next term begins, the last first.
MARKS = (7, 30)
# A term of a month (ISO 8601, as vendors write it) has hardly begun 30 days before its end: it is told once.
A_MONTH = "P1M"


def tell_of_windows(*, now: datetime) -> int:
    """Tell what can be given back or cancelled for only so many days more as the reseller says; return the letters.

    Once for each window, however often it runs; one that opens later than that is told as soon as it is known.
    """
    rows = _upcoming().filter(kind__in=WINDOWS, at__gt=now, at__lte=now + timedelta(days=MOST_WINDOW_LETTER_DAYS))
    closing = [row for row in rows if row.at - now <= timedelta(days=row.reseller.window_letter_days)]
    told = 0
    for (pk, until), windows in _by(
        closing, lambda row: (row.subscription_id, row.at.replace(second=0, microsecond=0))
    ):
        told += _tell("window_is_closing", windows, f"{pk}:{until.isoformat()}", until=until)
    return told


def tell_of_renewals(*, today: date, now: datetime) -> int:
    """Tell of terms that end: 30 and 7 days before the next begins, those of a month 7 days before; return the letters.

    Once for each day and mark, however often it runs: whoever comes later hears the mark that has passed last.
    """
    upcoming = _upcoming().exclude(kind__in=WINDOWS)
    rows = list(upcoming.filter(at__gt=start_of(today), at__lt=start_of(today + timedelta(days=max(MARKS) + 1))))
    marked = [row for row in rows if _mark(row, today) is not None]
    prices, told = next_prices(marked), 0
    windows = _upcoming().filter(subscription__in={row.subscription_id for row in marked}, kind__in=WINDOWS, at__gt=now)
    still_open = dict(_by(windows, lambda row: row.subscription_id))
    for (pk, day, mark), ends in _by(marked, lambda row: (row.subscription_id, day_of(row), _mark(row, today))):
        terms = [_said(row) | {"price": prices.get(row.pk), "currency": row.subscription.currency} for row in ends]
        told += _tell(
            "commitment_renews_soon", ends, f"{pk}:{day}:{mark}",
            day=day, last=day - timedelta(days=1), terms=terms, windows=[_said(row) for row in still_open.get(pk, ())],
            choice=_choice([row.commitment for row in ends]),
        )  # fmt: skip
    return told


def _upcoming() -> QuerySet[CommitmentDate]:
    """Return the dates of what people still have, the soonest first of each subscription."""
    rows = CommitmentDate.objects.exclude(subscription__status=SubscriptionStatus.DELETED)
    related = ("commitment", "subscription__account__reseller", "subscription__account__manager", "reseller")
    return rows.select_related(*related).order_by("subscription", "at", "pk")


def _mark(row: CommitmentDate, today: date) -> int | None:
    left = (day_of(row) - today).days
    marks = MARKS[:1] if row.commitment.term == A_MONTH else MARKS
    return next((mark for mark in marks if left <= mark), None)


def _choice(ending: Sequence[HeldCommitment]) -> str:
    """Return what can be decided of terms until they end, as the letter says it.

    "activate" what is stopped, "switch" a trial, "renew" what is to end, "keep_or_end" what is to go on by the month,
    "lower" what is renewed.
    """
    if all(one.state == CommitmentState.SUSPENDED for one in ending):
        return "activate"
    if all(one.is_trial for one in ending):
        return "switch"
    planned = {one.at_end for one in ending if one.state != CommitmentState.SUSPENDED}
    if TermEnd.RENEWS in planned:
        return "lower"
    return "renew" if planned == {TermEnd.ENDS} else "keep_or_end"


def _by(rows: Iterable[CommitmentDate], key: Any) -> Iterator[tuple[Any, list[CommitmentDate]]]:
    for found, group in groupby(sorted(rows, key=key), key=key):
        yield found, list(group)


def _said(row: CommitmentDate) -> dict[str, object]:
    """Return a date as letters say it, each reader's in the own language."""
    return {
        "resource": row.commitment.name,
        "what": DateKind(row.kind).label,
        "kind": row.kind,
        "units": row.units,
        "until": row.at,
    }


@transaction.atomic
def _tell(event: str, rows: list[CommitmentDate], key: str, **context: object) -> int:
    """Write the letters of dates of one subscription that are told together; return how many are new."""
    subscription = rows[0].subscription
    if "windows" not in context:
        context["windows"] = [_said(row) for row in rows]
    new = announce(
        event,
        account=subscription.account,
        about=("commitment", subscription.pk),
        key=key,
        context={"subscription": subscription.name, "account": subscription.account.name, **context},
    )
    return len(new)
