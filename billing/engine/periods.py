"""Billing days and the billing periods between them, expiry, and when a renewal may be ordered."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from core.period import Period

RENEW_ALWAYS = -1
RENEW_NEVER = 0


def billing_day_on(year: int, month: int, billing_day: int) -> date:
    """Return the billing day of that month: 1 to 31, clamped to the last day of shorter months (decision 13)."""
    if billing_day <= 28:
        return date(year, month, billing_day)
    return date(year, month, min(billing_day, monthrange(year, month)[1]))


def next_billing_day(day: date, billing_day: int) -> date:
    """Return the first billing day after `day`, never `day` itself."""
    this_month = billing_day_on(day.year, day.month, billing_day)
    if this_month > day:
        return this_month
    if day.month == 12:
        return billing_day_on(day.year + 1, 1, billing_day)
    return billing_day_on(day.year, day.month + 1, billing_day)


def last_billing_day(day: date, billing_day: int) -> date:
    """Return the latest billing day not after `day`."""
    this_month = billing_day_on(day.year, day.month, billing_day)
    if this_month <= day:
        return this_month
    if day.month == 1:
        return billing_day_on(day.year - 1, 12, billing_day)
    return billing_day_on(day.year, day.month - 1, billing_day)


def is_billing_day(day: date, billing_day: int) -> bool:
    """Return whether `day` is the billing day of its month."""
    return day == billing_day_on(day.year, day.month, billing_day)


def billing_period_of(day: date, billing_day: int) -> Period:
    """Return the billing period that holds `day`: the denominator of every share in it (decision 1)."""
    return Period(last_billing_day(day, billing_day), next_billing_day(day, billing_day))


def billing_periods(start: date, end: date, billing_day: int) -> Iterator[tuple[Period, Period]]:
    """Yield the stretches of [start, end) cut at the billing days, each with the billing period it lies in.

    Yields nothing where `end` is not after `start`.
    """
    while start < end:
        whole = billing_period_of(start, billing_day)
        yield Period(start, min(whole.end, end)), whole
        start = whole.end


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, clamped to the length of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def expiry(day: date, months: int) -> date:
    """Return the first day no longer served of a subscription that starts on `day` and runs `months` months.

    Counted from the original day, so 31 January plus 1, 2 and 3 months is 28 February, 31 March and 30 April.
    """
    if months < 1:
        raise ValueError(f"not a number of months: {months}")
    return add_months(day, months)


def renewal_open(expires_on: date, renew_point: int, day: date) -> bool:
    """Return whether the manual renewal may be ordered on `day`.

    `renew_point` is the service term's: -1 always, 0 never, otherwise from that many days before expiry on
    (activeplatform.com/renewal-points; service term pages of the operator guide 3.3).
    """
    if renew_point < RENEW_ALWAYS:
        raise ValueError(f"not a renew point: {renew_point}")
    if renew_point == RENEW_ALWAYS:
        return True
    if renew_point == RENEW_NEVER:
        return False
    return day >= expires_on - timedelta(days=renew_point)
