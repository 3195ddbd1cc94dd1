"""Troubles on demand that can befall any vendor: which call meets which, and what the caller then sees.

What a vendor says in its own words (throttling, errors, not found) is its Voice; kinds that only one vendor has stand
in its own folder and are handed to Faults.
"""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sandbox.wsgi import ConnectionDroppedError, Request, Response, html_answer, json_answer

KINDS = {
    "throttle": "429 with Retry-After: `seconds` (57), or `retry_after` as it is, before acting",
    "unavailable": "503 with an HTML page, before acting; `retry_after` seconds if given",
    "error_before": "`status` (500), and in the vendor's words `code` and `description`, before acting",
    "error_after": "the same after everything was done and kept",
    "drop_before": "the connection is lost before acting",
    "drop_after": "the connection is lost after everything was done and kept",
    "unreadable_after": "a page of HTML with the status of the answer, after everything was done and kept",
    "truncated_after": "the first half of the answer, after everything was done and kept",
    "odd_after": "JSON `body` ({}) with the status of the answer, after everything was done and kept",
    "timeout_before": "408 with an HTML page, before acting",
    "timeout_after": "the same after everything was done and kept",
    "gateway_before": "`status` (403) with the HTML page (or JSON `body`) of something in between, before acting",
    "gateway_after": "the same after everything was done and kept",
    "redirect_after": "302 to a `location` (http://) that is no address, after everything was done and kept",
    "anothers_after": "the answer with every text in it another one, after everything was done and kept",
    "conflict": "`status` (409: also 423, 425) without a code, before acting",
    "not_found": "404 with `code`, before acting: a server that has not heard yet of what another one made",
    "slow_before": "waits `seconds` (1), then acts and answers",
    "slow": "acts, then waits `seconds` (1) before answering",
    "answer": "any `status` (400) and `body`, before acting; `headers` as an object",
    "raw": "any `status` (200) and `text`, before acting",
}
ANYWHERE = ("*", ".*")

UNAVAILABLE_PAGE = (
    "<!DOCTYPE html><html><head><title>Service Unavailable</title></head>"
    "<body><h2>Our services aren't available right now</h2></body></html>"
)
GATEWAY_PAGE = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Request blocked</h1></body></html>"
# The kinds that answer with that page, and with which status.
PAGES = {"timeout_before": 408, "timeout_after": 408, "gateway_before": 403, "gateway_after": 403}


@dataclass
class Fault:
    """One trouble for the `nth` matching call from now and `times` - 1 following ones."""

    number: int
    kind: str
    method: str = "*"
    path: str = ".*"
    nth: int = 1
    times: int = 1
    details: dict[str, Any] = field(default_factory=dict)
    seen: int = 0

    def matches(self, request: Request) -> bool:
        """Say whether the request is one of those meant."""
        wanted = self.method.upper() in ("*", request.method)
        return wanted and re.search(self.path, request.path, re.IGNORECASE) is not None

    def seconds(self, default: float) -> float:
        """Return the fault's `seconds`."""
        return float(self.details.get("seconds", default))


class Faults:
    """The faults that wait for their call. They live in memory: a restarted sandbox is healthy.

    `places` names, for a kind that makes sense at one place only, where its calls are counted unless told otherwise.
    """

    def __init__(
        self, kinds: Mapping[str, str] = KINDS, *, places: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        self.kinds = kinds
        self._places = places or {}
        self._waiting: list[Fault] = []
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()

    def add(
        self, kind: str, *, method: str = "*", path: str = ".*", nth: int = 1, times: int = 1, **details: Any
    ) -> Fault:
        """Arrange a trouble and return it; raise ValueError for a kind that is not one of `kinds`."""
        if kind not in self.kinds:
            raise ValueError(f"unknown kind of fault {kind!r}; there are {', '.join(self.kinds)}")
        if (method, path) == ANYWHERE:
            method, path = self._places.get(kind, ANYWHERE)
        fault = Fault(next(self._numbers), kind, method, path, nth, times, details)
        with self._guard:
            self._waiting.append(fault)
        return fault

    def meet(self, request: Request) -> Fault | None:
        """Return the fault that this call meets, if any; every fault counts the calls it matches."""
        met = None
        with self._guard:
            for fault in list(self._waiting):
                if not fault.matches(request):
                    continue
                fault.seen += 1
                if fault.seen >= fault.nth + fault.times - 1:
                    self._waiting.remove(fault)
                if met is None and fault.seen >= fault.nth:
                    met = fault
        return met

    def clear(self) -> None:
        """Forget all troubles."""
        with self._guard:
            self._waiting.clear()

    def listed(self) -> list[dict[str, Any]]:
        """Return the waiting faults as plain values."""
        with self._guard:
            return [asdict(fault) for fault in self._waiting]


class Voice(Protocol):
    """How one vendor says what every vendor may have to say."""

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """Return the answer to a call too many; `retry_after` goes into the header as it is, None is the seconds."""

    def failure(self, fault: Fault) -> Response:
        """Return the answer of a server that broke."""

    def not_found(self, fault: Fault) -> Response:
        """Return the answer to a question about what this server does not know."""

    def json(self, status: int, value: Any) -> Response:
        """Return a JSON answer as the vendor writes them."""

    def anothers(self, answer: Response) -> Response:
        """Return the answer with every text in it another one."""


def answered(
    fault: Fault | None,
    voice: Voice,
    act: Callable[[], Response],
    *,
    note: Callable[[int | None], None],
    own: Callable[[Fault], Response | None] = lambda _fault: None,
) -> Response:
    """Return the answer to a call that meets the fault, if any; `own` are the vendor's own troubles in place of acting.

    `note` is told the status that the caller sees, None where the connection is lost.
    """
    try:
        early = None if fault is None else own(fault) or before_acting(fault, voice)
        answer = early or act()
        if fault is not None and early is None:
            answer = after_acting(fault, answer, voice)
    except ConnectionDroppedError:
        note(None)
        raise
    note(answer.status)
    return answer


def before_acting(fault: Fault, voice: Voice) -> Response | None:
    """Do what the fault does before the call is acted on: wait, drop the connection, or return the answer."""
    if fault.kind == "drop_before":
        raise ConnectionDroppedError
    if fault.kind == "slow_before":
        time.sleep(fault.seconds(1))
    if fault.kind in PAGES and fault.kind.endswith("_before"):
        return _page(fault)
    early = EARLY.get(fault.kind)
    return early(fault, voice) if early else None


def after_acting(fault: Fault, answer: Response, voice: Voice) -> Response:
    """Do what the fault does once the call is done and kept, and return what the caller gets to see."""
    if fault.kind == "drop_after":
        raise ConnectionDroppedError
    if fault.kind == "slow":
        time.sleep(fault.seconds(1))
    if fault.kind in PAGES and fault.kind.endswith("_after"):
        return _page(fault)
    late = LATE.get(fault.kind)
    return late(fault, answer, voice) if late else answer


def _unavailable(fault: Fault, _voice: Voice) -> Response:
    answer = html_answer(503, UNAVAILABLE_PAGE)
    if "retry_after" in fault.details:
        answer.headers.append(("Retry-After", str(fault.details["retry_after"])))
    return answer


def _answer(fault: Fault, voice: Voice) -> Response:
    answer = voice.json(int(fault.details.get("status", 400)), fault.details.get("body", {}))
    answer.headers.extend((name, str(value)) for name, value in fault.details.get("headers", {}).items())
    return answer


def _raw(fault: Fault, _voice: Voice) -> Response:
    headers = [("Content-Type", "application/json; charset=utf-8")]
    return Response(int(fault.details.get("status", 200)), str(fault.details.get("text", "")).encode(), headers)


# What is answered in place of acting.
EARLY: dict[str, Callable[[Fault, Voice], Response]] = {
    "throttle": lambda fault, voice: voice.throttled(round(fault.seconds(57)), fault.details.get("retry_after")),
    "unavailable": _unavailable,
    "answer": _answer,
    "raw": _raw,
    "conflict": lambda fault, voice: voice.json(int(fault.details.get("status", 409)), {}),
    "not_found": lambda fault, voice: voice.not_found(fault),
    "error_before": lambda fault, voice: voice.failure(fault),
}
# What becomes of the answer to a call that was carried out.
LATE: dict[str, Callable[[Fault, Response, Voice], Response]] = {
    "unreadable_after": lambda _fault, answer, _voice: html_answer(answer.status, GATEWAY_PAGE),
    "truncated_after": lambda _fault, answer, _voice: Response(
        answer.status, answer.body[: len(answer.body) // 2], answer.headers
    ),
    "odd_after": lambda fault, answer, voice: voice.json(answer.status, fault.details.get("body", {})),
    "redirect_after": lambda fault, _answer, _voice: Response(
        302, b"", [("Location", str(fault.details.get("location", "http://")))]
    ),
    "anothers_after": lambda _fault, answer, voice: voice.anothers(answer),
    "error_after": lambda fault, _answer, voice: voice.failure(fault),
}


def _page(fault: Fault) -> Response:
    status = int(fault.details.get("status", PAGES[fault.kind]))
    if "body" in fault.details:
        return json_answer(status, fault.details["body"])
    return html_answer(status, GATEWAY_PAGE)


def anothers(value: Any) -> Any:
    """Return a value's shape with every text in it another one."""
    if isinstance(value, dict):
        return {name: anothers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [anothers(inner) for inner in value]
    return f"another-{value}" if isinstance(value, str) else value


def anothers_json(answer: Response) -> Any:
    """Return what a JSON answer says, with every text in it another one."""
    return anothers(json.loads(answer.body.decode("utf-8-sig") or "{}"))
