"""Units that no vendor measures: our own books count them by the day, and what they come to is told as usage.

A unit that was in service at any moment of a day is paid for that whole day (decision 49). What a day comes to is told
on the day itself, so that it counts in its own billing period; each part of it under a key of its own, so that telling
it again changes nothing.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, QuerySet

from billing.models import Usage
from subscriptions.models import HeldUnits, Subscription
from subscriptions.workers.usage import Measured, Recorded, metered_at, record_usage_of_many
from vendors.capabilities import CountsUnits

logger = logging.getLogger(__name__)

HOURS_A_DAY = Decimal(24)
# So far back what was told is looked through again: books may be kept of a day that is over.
LOOKED_THROUGH = timedelta(days=7)
# So many accounts are locked at once.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Level:
    """From `day` on, so many units are in service; `number` is the row's, in the order of writing."""

    number: int
    day: date
    units: int


def unit_days(levels: Sequence[Level], first: date, last: date) -> Iterator[tuple[date, str, int]]:
    """Yield what each day from `first` to `last` comes to, as (day, key, units): its start, then each rise above it.

    The levels are in the order of writing: what was written later holds from its own day on. A key is the same however
    often and on whichever later day it is asked for.
    """
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        before = max((one for one in levels if one.day < day), key=lambda one: one.number, default=None)
        peak = before.units if before else 0
        if peak:
            yield day, f"{day.isoformat()}", peak
        for level in levels:
            later = before is None or level.number > before.number
            if level.day == day and later and level.units > peak:
                yield day, f"{day.isoformat()}+{level.number}", level.units - peak
                peak = level.units


def counted() -> QuerySet[Subscription]:
    """Return the subscriptions whose units we count: their vendor reports none, their plan charges what was used."""
    return metered_at(CountsUnits)


def count_units(*, today: date) -> int:
    """Tell what our books have in service, for every counted subscription up to today; return how much was new.

    A batch of accounts in one transaction and the same number of statements, however many subscriptions it has. May be
    killed at any line and run again.
    """
    fresh, last = 0, 0
    while accounts := _next_accounts(last):
        fresh += _count(counted().filter(account__in=accounts), today).fresh
        last = accounts[-1]
    return fresh


def count_units_of(subscription: Subscription, *, today: date) -> int:
    """Tell what a counted subscription has used up to today, today with it; return how much was new.

    Raises UsageRefused where nothing can be used any more.
    """
    recorded = _count(counted().filter(pk=subscription.pk), today)
    for refusal in recorded.refused.values():
        raise refusal
    return recorded.fresh


def _next_accounts(last: int) -> list[int]:
    after = counted().filter(account__gt=last).order_by("account")
    return list(after.values_list("account", flat=True).distinct()[:BATCH])


def _count(rows: QuerySet[Subscription], today: date) -> Recorded:
    started = dict(rows.values_list("pk", "start_date"))
    told = {number: list(lines) for number, lines in _measured(started, today).items()}
    if not told:
        return Recorded()
    recorded = record_usage_of_many(told, today=today)
    for number, refusal in recorded.refused.items():
        logger.warning("subscription %s: what it used is not told: %s", number, refusal.code)
    return recorded


def _measured(started: Mapping[int, date | None], today: date) -> dict[int, list[Measured]]:
    """Return what each subscription's units come to and was not told yet, by subscription. Three statements."""
    before = Usage.objects.filter(subscription__in=started)
    latest = dict(before.order_by().values_list("subscription").annotate(day=Max("day")))
    coming: dict[tuple[int, str], Measured] = {}
    owners: dict[int, int] = {}
    for (owner, number, key), levels in _levels(started).items():
        first = max(min(level.day for level in levels), started[owner] or today)
        if owner in latest:
            first = max(first, latest[owner] - LOOKED_THROUGH)
        owners[number] = owner
        for day, name, units in unit_days(levels, first, today):
            one = Measured(resource=key, quantity=units * HOURS_A_DAY, day=day, key=f"units:{name}")
            coming[number, one.key] = one
    since = today - LOOKED_THROUGH if not coming else min(one.day for one in coming.values())
    told = set(before.filter(day__gte=since, key__startswith="units:").values_list("subscription_resource", "key"))
    measured: dict[int, list[Measured]] = {}
    for (number, name), one in coming.items():
        if (number, name) not in told:
            measured.setdefault(owners[number], []).append(one)
    return measured


def _levels(subscription_ids: Collection[int]) -> dict[tuple[int, int, str], list[Level]]:
    """Return the levels of each resource, by its subscription, row and key."""
    of = "subscription_resource"
    columns = (f"{of}__subscription", of, f"{of}__plan_resource__resource__key", "pk", "day", "units")
    rows = HeldUnits.objects.filter(subscription_resource__subscription__in=subscription_ids).order_by("pk")
    levels: dict[tuple[int, int, str], list[Level]] = {}
    for owner, number, key, row, day, units in rows.values_list(*columns):
        levels.setdefault((owner, number, key), []).append(Level(row, day, units))
    return levels
