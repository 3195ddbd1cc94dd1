"""Days and rounding: billing periods, terms and the pieces of a term, found by walking along the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

ONE_DAY = timedelta(days=1)
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3, "IQD": 3}


@cache
def is_billing_day(day: date, billing_day: int) -> bool:
    """Tell whether `day` is its month's billing day, the last day standing in where the month is too short."""
    return day.day == min(billing_day, monthrange(day.year, day.month)[1])


@cache
def period_of(day: date, billing_day: int) -> tuple[date, date]:
    """Return the billing period that `day` lies in: its first day, and the first day of the next one."""
    first = day
    while not is_billing_day(first, billing_day):
        first -= ONE_DAY
    end = day + ONE_DAY
    while not is_billing_day(end, billing_day):
        end += ONE_DAY
    return first, end


@cache
def pieces(first: date, end: date, billing_day: int) -> tuple[tuple[date, date], ...]:
    """Cut `[first, end)` at the billing days."""
    cut = []
    while first < end:
        to = min(period_of(first, billing_day)[1], end)
        cut.append((first, to))
        first = to
    return tuple(cut)


@cache
def months_later(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def half_up(exact: Fraction, digits: int) -> Fraction:
    """Round to `digits` decimals, a half going away from zero."""
    scaled = abs(exact) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return Fraction(whole if exact >= 0 else -whole, 10**digits)
