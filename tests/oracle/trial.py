"""One random history before the judge: runs an implementation and the oracle, and tells the shortest difference."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.oracle.comparison import days_charged_wrongly, differences
from tests.oracle.minimize import minimized
from tests.oracle.vendor import world_of


def faults(history: dict, answer: dict) -> list[str]:
    """List where an answer departs from the oracle's, and the days that are charged twice or not at all."""
    world = world_of(history)
    world.live_through(history)
    found = differences(world.books(), answer)
    if any(world.awaits(name) for name in world.subscriptions):
        return found  # what is kept aside for the vendor is charged for no day yet
    return found + days_charged_wrongly(world, answer)


def assert_agrees_with_oracle(history: dict, simulate: Callable[[dict], dict]) -> dict:
    """Fail with a minimal history and its faults where `simulate` does not give what the oracle gives; else return it.

    What is returned is the answer of `simulate`, for whoever asks more of it.
    """
    answer = simulate(history)
    if faults(history, answer):
        shortest = minimized(history, lambda shorter: bool(faults(shorter, simulate(shorter))))
        listed = "\n".join(faults(shortest, simulate(shortest)))
        raise AssertionError(f"differs from the oracle:\n{json.dumps(shortest)}\n{listed}")
    return answer
