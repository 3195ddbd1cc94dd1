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

    def differs(shorter: dict) -> bool:
        """A shorter history that is none any more, or that breaks elsewhere, says nothing of this difference."""
        try:
            return bool(faults(shorter))
        except Exception:  # noqa: BLE001 - whatever it is, the longer history did not end so
            return False

    shortest = minimized(history, differs)
    raise AssertionError(f"differs from the reckoning:\n{json.dumps(shortest)}\n" + "\n".join(faults(shortest)))
