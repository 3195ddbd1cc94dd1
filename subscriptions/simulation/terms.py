"""What a billing history says of a term as JSON: its timers, whether it is renewed of itself, whether it is a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.engine.periods import RENEW_ALWAYS
from core.period import LONGEST_TIMER
from subscriptions.simulation.reading import BadHistory, flag, members, whole


@dataclass(frozen=True, slots=True)
class Timers:
    """The service term: days of grace, days until the deletion (None for never), renew points."""

    grace_days: int
    stop_days: int | None
    renew_point: int
    manual_renew_point: int


def read_timers(given: Any) -> Timers:
    """Return the service term that the JSON value describes. Raises BadHistory."""
    read = members(given, "service_term", {"grace_days", "stop_days", "renew_point", "manual_renew_point"})

    def days(name: str, usual: int, lowest: int = 0) -> int:
        return whole(read.get(name, usual), f"service_term.{name}", lowest, LONGEST_TIMER)

    return Timers(
        grace_days=days("grace_days", 0),
        stop_days=None if read.get("stop_days") is None else days("stop_days", 0),
        renew_point=days("renew_point", 0),
        manual_renew_point=days("manual_renew_point", RENEW_ALWAYS, RENEW_ALWAYS),
    )


def read_auto_renew(top: Mapping[str, Any], months: int | None, usual: bool) -> bool:
    """Return whether the option is on from the order on; `usual` where left out. Raises BadHistory for endless."""
    on = flag(top.get("auto_renew", usual), "auto_renew")
    if on and months is None:
        raise BadHistory("auto_renew: must be false with an endless period, which is not renewed")
    return on
