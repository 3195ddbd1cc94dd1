"""The switchboard that every pretend vendor has: the same verbs for tests in the process and, as JSON, over HTTP."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from sandbox.world import VendorWorld
from sandbox.wsgi import BadJsonError, Environ, Request, Response, Stream, json_answer


class Switchboard:
    """What a test may do to any pretend vendor, and ask of it; a vendor's own verbs are methods of its subclass."""

    def __init__(self, world: VendorWorld) -> None:
        self._world = world

    def fail(
        self, kind: str, *, method: str = "*", path: str = ".*", nth: int = 1, times: int = 1, **details: Any
    ) -> dict[str, Any]:
        """Arrange a fault for the nth call from now that matches, and `times` - 1 after it."""
        fault = self._world.faults.add(kind, method=method, path=path, nth=nth, times=times, **details)
        return {"number": fault.number}

    def heal(self) -> None:
        """Forget all faults that still wait for their call."""
        self._world.faults.clear()

    def behave(self, **switches: Any) -> dict[str, Any]:
        """Set switches and return how all stand."""
        return self._world.behave(**switches)

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock forward."""
        self._world.advance(days=days, seconds=seconds)

    def set_clock(self, *, at: str, stopped: bool = False) -> None:
        """Set the clock to a moment (ISO 8601, UTC where it names no zone); `stopped` lets only `advance` move it."""
        moment = datetime.fromisoformat(at)
        self._world.set_clock((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp(), stopped=stopped)

    def requests_seen(self, *, method: str | None = None, path: str | None = None) -> list[dict[str, Any]]:
        """Return what was asked, the oldest first, of one method or with `path` in the path where given."""
        return self._world.requests_seen(method=method, path=path)

    def forget_requests(self) -> None:
        """Begin the list of what was asked anew."""
        self._world.forget_requests()

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind of thing that the vendor keeps."""
        return {}

    def reset(self) -> None:
        """Forget everything that is kept: things, switches, faults, requests."""
        self._world.store.clear()
        self._world.faults.clear()
        self._world.forget_requests()


def verbs_of(kind: type[Switchboard]) -> tuple[str, ...]:
    """Return the verbs that a switchboard of this class knows."""
    return tuple(name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_"))


def answer_control(control: Switchboard, request: Request, *, kind: type[Switchboard]) -> Response:
    """Answer GET with what there is, and POST {"do": verb, ...} with what a verb of `kind` returns."""
    world, verbs = control._world, verbs_of(kind)
    if request.method == "GET":
        state = {
            "verbs": {name: inspect.getdoc(getattr(kind, name)) for name in verbs},
            "kinds_of_fault": dict(world.kinds_of_fault),
            "switches": world.switches(),
            "switches_by_default": dict(world.switches_by_default),
            "faults": world.faults.listed(),
            "counts": control.counts(),
            "now": world.now(),
            "requests": control.requests_seen(),
        }
        return json_answer(200, state)
    try:
        order = request.json()
        if not isinstance(order, dict) or order.get("do") not in verbs:
            raise ValueError(f'POST {{"do": verb, ...}} with one of {", ".join(verbs)}')
        verb = getattr(control, order.pop("do"))
        return json_answer(200, {"result": verb(**order)})
    except (BadJsonError, ValueError, TypeError) as error:
        return json_answer(400, {"error": str(error)})


class Served(Switchboard, ABC):
    """A pretend vendor as one WSGI app, with its control endpoint and a health check beside what it serves.

    It stands behind the vendor's own switchboard, which `verbs` names: class Eset(Control, Served).
    """

    verbs: ClassVar[type[Switchboard]]

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.answer(Request.from_environ(environ))(environ, start_response)

    def answer(self, request: Request) -> Response | Stream:
        """Return the answer to one request."""
        if request.path == "/sandbox/control":
            return answer_control(self, request, kind=self.verbs)
        if request.path == "/health":
            return json_answer(200, {"status": "ok"})
        return self.serve(request)

    @abstractmethod
    def serve(self, request: Request) -> Response | Stream:
        """Return the answer to a request for what the vendor serves."""

    def close(self) -> None:
        """Close the state file, if there is one."""
        self._world.store.close()


def nothing_served() -> Response:
    """Return the answer at an address of which the vendor has none."""
    return json_answer(404, {"error": "nothing is served here"})
