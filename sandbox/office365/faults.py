"""Troubles on demand: which call meets which fault, and what the caller then sees."""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.wsgi import ConnectionDroppedError, Request, Response, html_answer, json_answer

KINDS = {
    "throttle": "429 with Retry-After: `seconds` (57), or `retry_after` as it is, before acting",
    "unavailable": "503 with an HTML page, before acting; `retry_after` seconds if given",
    "error_before": "`status` (500) with `code` (800003) and `description`, before acting",
    "error_after": "the same after everything was done and kept",
    "drop_before": "the connection is lost before acting",
    "drop_after": "the connection is lost after everything was done and kept",
    "unreadable_after": "a page of HTML with the status of the answer, after everything was done and kept",
    "truncated_after": "the first half of the answer's JSON, after everything was done and kept",
    "odd_after": "JSON `body` ({}) with the status of the answer, after everything was done and kept",
    "timeout_before": "408 with an HTML page, before acting",
    "timeout_after": "the same after everything was done and kept",
    "gateway_before": "`status` (403) with the HTML page (or JSON `body`) of something in between, before acting",
    "gateway_after": "the same after everything was done and kept",
    "redirect_after": "302 to a `location` (http://) that is no address, after everything was done and kept",
    "anothers_after": "the answer with every text in it another one, after everything was done and kept",
    "conflict": "`status` (409: also 423, 425) without a code, before acting",
    "not_found": "404 with `code` (20003), before acting: a server that has not heard yet of what another one made",
    "slow_before": "waits `seconds` (1), then acts and answers",
    "slow": "acts, then waits `seconds` (1) before answering",
    "answer": "any `status` (400) and `body`, before acting; `headers` as an object",
    "raw": "any `status` (200) and `text`, before acting",
    "odd_token": "the token endpoint's answer with `members` put in and those of the list `without` left out",
    "accepted": "PATCH of a subscription answers 202 with a Location; done after `reads` (1) further reads of it",
    "stale_etag": "400 with code 2055, before acting",
    "token_error": "the token endpoint answers the AADSTS class `aadsts`",
}

# Where a kind makes sense at one place only, its calls are counted there unless told otherwise.
PLACES = {
    "odd_token": ("POST", "/oauth2(/v2.0)?/token$"),
    "token_error": ("POST", "/oauth2(/v2.0)?/token$"),
    "not_found": ("GET", "/(customers|orders|subscriptions)/[^/?]+"),
    "accepted": ("PATCH", "/subscriptions/[^/]+$"),
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
    """The faults that wait for their call. They live in memory: a restarted sandbox is healthy."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()

    def add(
        self, kind: str, *, method: str = "*", path: str = ".*", nth: int = 1, times: int = 1, **details: Any
    ) -> Fault:
        """Arrange a trouble and return it; raise ValueError for a kind that is not in KINDS."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fault {kind!r}; there are {', '.join(KINDS)}")
        if (method, path) == ANYWHERE:
            method, path = PLACES.get(kind, ANYWHERE)
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


def before_acting(fault: Fault, *, bom: bool = True) -> Response | None:
    """Do what the fault does before the call is acted on: wait, drop the connection, or return the answer.

    `bom` is false for the login service, which sends no byte order mark and fails with HTML pages.
    """
    if fault.kind == "drop_before":
        raise ConnectionDroppedError
    if fault.kind == "slow_before":
        time.sleep(fault.seconds(1))
    if fault.kind == "throttle":
        return throttled(round(fault.seconds(57)), retry_after=fault.details.get("retry_after"), bom=bom)
    if fault.kind == "unavailable":
        answer = html_answer(503, UNAVAILABLE_PAGE)
        if "retry_after" in fault.details:
            answer.headers.append(("Retry-After", str(fault.details["retry_after"])))
        return answer
    return _early_answer(fault, bom=bom)


def _early_answer(fault: Fault, *, bom: bool) -> Response | None:
    """Return what the fault answers in place of acting, None where it does not."""
    if fault.kind == "answer":
        answer = json_answer(int(fault.details.get("status", 400)), fault.details.get("body", {}), bom=bom)
        answer.headers.extend((name, str(value)) for name, value in fault.details.get("headers", {}).items())
        return answer
    if fault.kind == "raw":
        headers = [("Content-Type", "application/json; charset=utf-8")]
        return Response(int(fault.details.get("status", 200)), str(fault.details.get("text", "")).encode(), headers)
    if fault.kind == "conflict":
        return json_answer(int(fault.details.get("status", 409)), {}, bom=bom)
    if fault.kind == "not_found":
        code = fault.details.get("code", 20003)
        return json_answer(404, {"code": code, "description": "Not found.", "data": [], "source": "PartnerFD"}, bom=bom)
    if fault.kind in PAGES and fault.kind.endswith("_before"):
        return _page(fault)
    return _failure(fault, bom=bom) if fault.kind == "error_before" else None


def after_acting(fault: Fault, answer: Response, *, bom: bool = True) -> Response:
    """Do what the fault does once the call is done and kept, and return what the caller gets to see."""
    if fault.kind == "drop_after":
        raise ConnectionDroppedError
    if fault.kind == "slow":
        time.sleep(fault.seconds(1))
    if fault.kind in SPOILT:
        return SPOILT[fault.kind](fault, answer, bom)
    if fault.kind == "odd_token" and answer.status == 200:
        members = {**json.loads(answer.body), **fault.details.get("members", {})}
        kept = {name: value for name, value in members.items() if name not in fault.details.get("without", ())}
        return json_answer(200, kept)
    if fault.kind in PAGES and fault.kind.endswith("_after"):
        return _page(fault)
    return _failure(fault, bom=bom) if fault.kind == "error_after" else answer


def _anothers(value: Any) -> Any:
    """Return an answer's shape with every text in it another one."""
    if isinstance(value, dict):
        return {name: _anothers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_anothers(inner) for inner in value]
    return f"another-{value}" if isinstance(value, str) else value


# What becomes of the answer to a call that was carried out.
SPOILT: dict[str, Callable[[Fault, Response, bool], Response]] = {
    "unreadable_after": lambda _fault, answer, _bom: html_answer(answer.status, GATEWAY_PAGE),
    "truncated_after": lambda _fault, answer, _bom: Response(
        answer.status, answer.body[: len(answer.body) // 2], answer.headers
    ),
    "odd_after": lambda fault, answer, bom: json_answer(answer.status, fault.details.get("body", {}), bom=bom),
    "redirect_after": lambda fault, _answer, _bom: Response(
        302, b"", [("Location", str(fault.details.get("location", "http://")))]
    ),
    "anothers_after": lambda _fault, answer, bom: json_answer(
        answer.status, _anothers(json.loads(answer.body.decode("utf-8-sig") or "{}")), bom=bom
    ),
}


def _page(fault: Fault) -> Response:
    status = int(fault.details.get("status", PAGES[fault.kind]))
    if "body" in fault.details:
        return json_answer(status, fault.details["body"])
    return html_answer(status, GATEWAY_PAGE)


def throttled(seconds: int, *, retry_after: object = None, bom: bool = True) -> Response:
    """Return the gateway's 429, whose members are not those of the service's own errors.

    `retry_after` is written into the header as it is, however strange; None is the seconds.
    """
    message = f"Rate limit is exceeded. Try again in {seconds} seconds."
    answer = json_answer(429, {"statusCode": 429, "message": message}, bom=bom)
    answer.headers.append(("Retry-After", str(seconds if retry_after is None else retry_after)))
    return answer


def _failure(fault: Fault, *, bom: bool) -> Response:
    status = int(fault.details.get("status", 500))
    if not bom:
        return html_answer(status, UNAVAILABLE_PAGE)
    body = {
        "code": fault.details.get("code", 800003),
        "description": fault.details.get("description", "Internal server error"),
        "data": [],
        "source": "PartnerFD",
    }
    return json_answer(status, body, bom=bom)
