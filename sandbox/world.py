"""What every pretend vendor knows: its clock, its switches, its troubles, and what was asked of it."""

import time
from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.faults import KINDS, Faults
from sandbox.store import Store
from sandbox.wsgi import Request


class VendorWorld:
    """The state of one pretend vendor; several may live in one process."""

    # Each switch with how it stands by default.
    switches_by_default: ClassVar[Mapping[str, Any]] = {}
    kinds_of_fault: ClassVar[Mapping[str, str]] = KINDS
    # Where the calls of a kind are counted, for kinds that make sense at one place only.
    places_of_faults: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # Headers that are a secret, left out of what is remembered of a request.
    secret_headers: ClassVar[frozenset[str]] = frozenset({"authorization"})

    def __init__(self, store: Store) -> None:
        self.store = store
        self.faults = Faults(self.kinds_of_fault, places=self.places_of_faults)
        self._seen: deque[dict[str, Any]] = deque(maxlen=10_000)

    # the clock

    def now(self) -> float:
        """Return the sandbox's time in seconds since 1970: the machine's, moved by what `advance` added, or stopped."""
        clock = self._setting("clock")
        return float(clock["stopped"]) if "stopped" in clock else time.time() + float(clock.get("offset", 0.0))

    def wall_clock(self) -> float:
        """Return the machine's time, which token claims carry because clients compare them with their own clock."""
        return time.time()

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock forward: tokens age, carts run out."""
        clock = self._setting("clock")
        name = "stopped" if "stopped" in clock else "offset"
        self.store.put("setting", "clock", {name: clock.get(name, 0.0) + days * 86400 + seconds})

    def set_clock(self, moment: float, *, stopped: bool = False) -> None:
        """Set the clock to a moment (seconds since 1970), from which it goes on, or where it stands until moved."""
        clock = {"stopped": moment} if stopped else {"offset": moment - time.time()}
        self.store.put("setting", "clock", clock)

    def is_listed(self, created: float) -> bool:
        """Say whether what was made at the moment stands in lists by now; read by its id it is there at once."""
        return self.now() - created >= float(self.switch("list_lag_seconds"))

    # the switches

    def switch(self, name: str) -> Any:
        """Return how a switch stands."""
        return self._setting("switches").get(name, self.switches_by_default[name])

    def behave(self, **switches: Any) -> dict[str, Any]:
        """Set switches and return all of them; raise ValueError for one that does not exist."""
        unknown = set(switches) - set(self.switches_by_default)
        if unknown:
            known = ", ".join(self.switches_by_default)
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}; there are {known}")
        self.store.put("setting", "switches", {**self._setting("switches"), **switches})
        return self.switches()

    def switches(self) -> dict[str, Any]:
        """Return how all switches stand."""
        return {**self.switches_by_default, **self._setting("switches")}

    def _setting(self, key: str) -> dict[str, Any]:
        return self.store.get("setting", key) or {}

    # what was asked

    def note(self, request: Request, *, status: int | None, **more: Any) -> None:
        """Remember a request and its outcome; status None means that the connection was dropped."""
        self._seen.append(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query_string,
                "headers": {name: value for name, value in request.headers.items() if name not in self.secret_headers},
                "status": status,
                **more,
            }
        )

    def requests_seen(self, *, method: str | None = None, path: str | None = None) -> list[dict[str, Any]]:
        """Return what was asked, the oldest first, of one method or with `path` in the path where given."""
        return [
            entry
            for entry in list(self._seen)
            if (method is None or entry["method"] == method.upper())
            and (path is None or path.lower() in entry["path"].lower())
        ]

    def forget_requests(self) -> None:
        """Begin the list of what was asked anew."""
        self._seen.clear()
