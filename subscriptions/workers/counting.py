"""Units that no vendor measures: our own books count them by the day, and what they come to is told as usage.

A unit that was in service at any moment of a day is paid for that whole day (decision 49). What a day comes to is told
on the day itself, so that it counts in its own billing period; each part of it under a key of its own, so that telling
it again changes nothing.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, QuerySet

from billing.engine.rules import Metered
from billing.engine.types import TYPES
from billing.models import Usage
from core.errors import Refused
from subscriptions.models import HeldUnits, Subscription
from subscriptions.workers.usage import NOT_THERE, Measured, record_usage
from vendors.capabilities import CountsUnits
from vendors.registry import plugins_with

logger = logging.getLogger(__name__)

HOURS_A_DAY = Decimal(24)
# So far back what was told is looked through again: books may be kept of a day that is over.
LOOKED_THROUGH = timedelta(days=7)


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
    slugs = [plugin.slug for plugin in plugins_with(CountsUnits)]
    metered = [key for key, rules in TYPES.items() if isinstance(rules, Metered)]
    there = Subscription.objects.exclude(status__in=NOT_THERE)
    return there.filter(plan__template__connection__plugin__in=slugs, plan__billing_type__in=metered)


def count_units(*, today: date) -> int:
    """Tell what our books have in service, for every counted subscription up to today; return how much was new.

    Each subscription for itself, in the order of their accounts. May be killed at any line and run again.
    """
    told = 0
    for number in counted().order_by("account_id", "pk").values_list("pk", flat=True):
        row = counted().filter(pk=number).first()
        if row is None:
            continue
        try:
            told += count_units_of(row, today=today)
        except Refused as refusal:
            logger.warning("subscription %s: what it used is not told: %s", number, refusal.code)
    return told


def count_units_of(subscription: Subscription, *, today: date) -> int:
    """Tell what a counted subscription has used up to today, today with it; return how much was new.

    Raises UsageRefused where nothing can be used any more.
    """
    if not counted().filter(pk=subscription.pk).exists():
        return 0
    latest = Usage.objects.filter(subscription=subscription).aggregate(day=Max("day"))["day"]
    measured = list(_measured(subscription, latest, today))
    return record_usage(subscription=subscription, measured=measured, today=today) if measured else 0


def _measured(subscription: Subscription, latest: date | None, today: date) -> Iterator[Measured]:
    for key, levels in _levels(subscription).items():
        first = max(min(level.day for level in levels), subscription.start_date or today)
        if latest is not None:
            first = max(first, latest - LOOKED_THROUGH)
        for day, name, units in unit_days(levels, first, today):
            yield Measured(resource=key, quantity=units * HOURS_A_DAY, day=day, key=f"units:{name}")


def _levels(subscription: Subscription) -> dict[str, list[Level]]:
    rows = (
        HeldUnits.objects.filter(subscription_resource__subscription=subscription)
        .order_by("pk")
        .values_list("subscription_resource__plan_resource__resource__key", "pk", "day", "units")
    )
    levels: dict[str, list[Level]] = {}
    for key, number, day, units in rows:
        levels.setdefault(key, []).append(Level(number, day, units))
    return levels
