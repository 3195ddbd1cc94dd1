"""When a vendor takes other quantities, and from when on they are there: what a plugin declares, the platform holds."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Effective(StrEnum):
    """From when on other units are there.

    NEXT_DAY: the vendor is told at once, and its part is done on the day after it has accepted. END_OF_PERIOD: we hold
    the change, and tell the vendor on the billing day. END_OF_TERM: only a renewal brings other units.
    """

    AT_ONCE = "at_once"
    NEXT_DAY = "next_day"
    END_OF_PERIOD = "end_of_period"
    END_OF_TERM = "end_of_term"


@dataclass(frozen=True)
class ChangeRule:
    """How often a vendor takes other quantities of one service, and from when on they hold.

    `a_day` changes on each day of the time zone `zone`; None is as many as anybody likes. Raises ValueError for what no
    platform could keep: fewer than one a day, a zone that does not exist, a raise that waits for a billing day.
    """

    a_day: int | None = None
    zone: str = "UTC"
    raise_from: Effective = Effective.AT_ONCE
    lower_from: Effective = Effective.AT_ONCE

    def __post_init__(self) -> None:
        """Refuse what no platform could keep."""
        if self.a_day is not None and self.a_day < 1:
            raise ValueError(f"{self.a_day} changes a day: say Support(change=False)")
        if self.raise_from not in (Effective.AT_ONCE, Effective.NEXT_DAY):
            raise ValueError(f"a raise is there at once or on the next day, not {self.raise_from}")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError) as unknown:  # ZoneInfoNotFoundError is a KeyError
            raise ValueError(f"there is no time zone {self.zone!r}") from unknown

    def day_begins(self, moment: datetime, *, days: int = 0) -> datetime:
        """Return when the vendor's day of `moment` begins; with `days`, one that many later."""
        day = moment.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=days)
        return datetime.combine(day, time.min, tzinfo=ZoneInfo(self.zone))
