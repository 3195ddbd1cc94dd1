"""A stretch of days, half-open: it holds its start and not its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# No timer (grace, stop, a negative balance, an unpaid order) is longer, in days: ten years. A day that people enter
# lies so far ahead at most, in years: every day that is counted from one of them is a day of the calendar.
LONGEST_TIMER = 3_650
FARTHEST_YEARS = 200
_LENGTH = re.compile(r"P([0-9]{1,3})([MY])")


def months_in(length: str) -> int | None:
    """Return the months of a length in whole months or years (ISO 8601: P1M, P3Y); None for what is none."""
    found = _LENGTH.fullmatch(length)
    return None if found is None else int(found[1]) * (12 if found[2] == "Y" else 1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, and without, `end`; at least one day, in the operator's time zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period of no days: nothing is charged for it, so nobody may carry one about."""
        if self.start >= self.end:
            raise ValueError(f"a period of no days: [{self.start}, {self.end})")

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """Return whether the day lies in the period; the end does not."""
        return self.start <= day < self.end

    def covers(self, other: Period) -> bool:
        """Return whether every day of the other period lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Period) -> Period | None:
        """Return the days in both periods, None where there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def split(self, day: date) -> tuple[Period | None, Period | None]:
        """Return the days before `day` and the days from it on; None for a part without days."""
        if day <= self.start:
            return None, self
        if day >= self.end:
            return self, None
        return Period(self.start, day), Period(day, self.end)

    def __iter__(self) -> Iterator[date]:
        """Yield each day."""
        for offset in range(self.days):
            yield self.start + timedelta(days=offset)

    def __str__(self) -> str:
        return f"[{self.start}, {self.end})"
