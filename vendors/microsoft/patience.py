"""How long a worker stands and waits for Microsoft before it leaves the rest to a later attempt."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How often, and after how many seconds each, a worker looks again before it leaves the rest to a later attempt."""

    times: int = 5
    pause: float = 1.0

    def until(self, look: Callable[[], bool]) -> bool:
        """Return whether `look` became true in time."""
        for turn in range(self.times):
            if turn:
                time.sleep(self.pause)
            if look():
                return True
        return False
