"""One random history before the judge: runs an implementation and the oracle, and tells the shortest difference."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.oracle.comparison import days_charged_wrongly, differences
from tests.oracle.minimize import minimized
from tests.oracle.oracle import World


def faults(history: dict, answer: dict) -> list[str]:
    """List where an answer departs from the oracle's, and the days that are charged twice or not at all."""
    world = World(history)
    world.live_through(history)
    return differences(world.books(), answer) + days_charged_wrongly(world, answer)


def assert_agrees_with_oracle(history: dict, simulate: Callable[[dict], dict]) -> None:
    """Fail with a minimal history and its faults where `simulate` does not give what the oracle gives."""
    if faults(history, simulate(history)):
        shortest = minimized(history, lambda shorter: bool(faults(shorter, simulate(shorter))))
        listed = "\n".join(faults(shortest, simulate(shortest)))
        raise AssertionError(f"differs from the oracle:\n{json.dumps(shortest)}\n{listed}")
