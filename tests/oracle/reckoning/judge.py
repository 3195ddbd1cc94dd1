"""A history before the judge: the shortest history that still differs, and where it differs."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.oracle.minimize import minimized
from tests.oracle.reckoning.compare import differences, reckoned


def assert_reckoned(history: dict, books: dict, run: Callable[[dict], dict], *, holds: bool = True) -> None:
    """Fail with a minimal history and its differences where `run` does not give the `books` that were reckoned."""
    if not differences(books, run(history)):
        return

    def faults(shorter: dict) -> list[str]:
        return differences(reckoned(shorter, holds=holds), run(shorter))

    shortest = minimized(history, lambda shorter: bool(faults(shorter)))
    raise AssertionError(f"differs from the reckoning:\n{json.dumps(shortest)}\n" + "\n".join(faults(shortest)))
