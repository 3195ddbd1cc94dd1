"""Example Backup's pretend servers: one small HTTP application with troubles on demand."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.wsgi import ConnectionDroppedError, Environ, Request, Response, Router, html_answer, json_answer

API_KEY = "example-api-key-1"
# Example Backup's own word for how many seconds its list may be behind.
LAG = 4 * 60
PAGE = "<html>Request blocked</html>"
FORBIDDEN = {"message": "Forbidden"}
SOMEBODY_ELSES = {"id": "999", "state": "running", "seats": 1, "reference": "another"}
NO_SERVICE = json_answer(404, {"error": "no such service"})
UNTOUCHED = object()
LINES_A_PAGE = 2
UNITS = {"seats", "archives"}
SITES = {"north": ["N1", "N2"]}
PRODUCTS = (("backup", "Backup"), ("archive", "Archive"))
# Where its contracts count the days.
ZONE = ZoneInfo("Europe/Bratislava")
METERED = ("traffic",)


def _is_raw(reads: Any) -> bool:
    """Return whether the text is to be sent as it is: no JSON of it could be made."""
    return isinstance(reads, str) and reads.startswith("[[")


def _throttled(retry_after: str) -> Response:
    answer = json_answer(429, {"error": "slow down"})
    answer.headers.append(("Retry-After", retry_after))
    return answer


# What is answered before anything is done, and in place of the answer after it.
EARLY: dict[str, Callable[[], Response]] = {
    "throttle": lambda: _throttled("7"),
    "strange_throttle": lambda: _throttled("Wed, 28 Nov 2029 12:00:00"),
    "error_before": lambda: json_answer(500, {"error": "out of order"}),
    "timeout_before": lambda: html_answer(408, PAGE),
    "gateway_before": lambda: html_answer(403, PAGE),
    "conflict": lambda: json_answer(409, {"error": "busy"}),
    "gateway_json_before": lambda: json_answer(403, FORBIDDEN),
    "empty_before": lambda: json_answer(200, {}),
}
LATE: dict[str, Callable[[Response], Response]] = {
    "error_after": lambda _answer: json_answer(500, {"error": "out of order"}),
    "unreadable_after": lambda answer: html_answer(answer.status, PAGE),
    "truncated_after": lambda answer: Response(answer.status, answer.body[: len(answer.body) // 2], answer.headers),
    "timeout_after": lambda _answer: html_answer(408, PAGE),
    "gateway_after": lambda _answer: html_answer(403, PAGE),
    "gateway_json_after": lambda _answer: json_answer(403, FORBIDDEN),
    "empty_after": lambda answer: json_answer(answer.status, {}),
    "redirect_after": lambda _answer: Response(302, b"", [("Location", "http://")]),
    "anothers_after": lambda answer: json_answer(answer.status, SOMEBODY_ELSES),
}


class ExampleVendor:
    """Holds services; knows neither request ids nor us."""

    def __init__(self) -> None:
        self.services: dict[str, dict[str, Any]] = {}
        self.changing_calls = self.letters = 0
        # A kind, the how manieth changing call from now meets it, and how many after that.
        self.trouble: tuple[str, int] | tuple[str, int, int] | None = None
        self.raw = Response(200)
        # What every read is answered with in place of what was asked for.
        self.reads: Any = UNTOUCHED
        self.clock = 0.0
        # How many changes of a service's units it takes on one of its days; None is any number.
        self.a_day: int | None = None
        # For how many looks a new service is still being prepared.
        self.looks = 0
        self.began = datetime.now(UTC)
        self._changed: list[tuple[str, date]] = []
        self.lag = 0.0
        self.before_acting: Callable[[], None] = lambda: None
        self.astray = self.refusing = False
        # Lines of usage by the day of the report; from which page on a day is not ready; machines that run, by service.
        self.usage: dict[str, list[dict[str, str]]] = {}
        self.not_ready_from: dict[str, int] = {}
        self.machines: dict[str, str] = {}
        # Lines of its price lists, by market: offer;price;currency;first day;first day without it.
        self.prices: dict[str, list[str]] = {}
        self._numbers = count(1)
        self._guard = threading.Lock()
        self._router = Router(
            [
                ("GET", "/company", lambda _request: {"name": "Sandbox Partner"}),
                ("GET", "/products", lambda _request: [{"id": product, "name": name} for product, name in PRODUCTS]),
                ("GET", "/sites/{site}", lambda _request, site: {"rooms": SITES.get(site, [])}),
                ("GET", "/services", self._find),
                ("POST", "/services", self._create),
                ("GET", "/services/{number}", self._look),
                ("GET", "/services/{number}/load", self._load),
                ("GET", "/usage", self._report),
                ("GET", "/prices/{market}", self._price_list),
                ("PUT", "/services/{number}", self._change),
                ("POST", "/services/{number}/add", self._add),
                ("POST", "/services/{number}/resend", self._resend),
                (
                    "POST",
                    "/services/{number}/sign_in",
                    lambda _request, number: {"url": f"https://backup.example/{number}"},
                ),
                ("POST", "/services/{number}/report", lambda _request, number: {"report": f"service;{number}"}),
            ]
        )

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        request = Request.from_environ(environ)
        with self._guard:
            answer = html_answer(404, "<h1>Not Found</h1>") if self.astray else self._answer(request)
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        trouble = self._met(request)
        self.before_acting()
        if trouble == "drop_before":
            raise ConnectionDroppedError
        if trouble in EARLY or trouble.startswith("throttle "):
            return EARLY[trouble]() if trouble in EARLY else _throttled(trouble.removeprefix("throttle "))
        if request.headers.get("x-api-key") != API_KEY:
            return json_answer(401, {"error": "wrong key"})
        found = self._router.find(request.method, request.path)
        if found is None:
            return json_answer(404, {"error": "nothing is served here"})
        handler, values = found
        if request.method == "GET" and self.reads is not UNTOUCHED:
            return json_answer(200, self.reads) if not _is_raw(self.reads) else Response(200, self.reads.encode())
        try:
            known = values.get("number", "") in {"", *self.services}
            answer = handler(request, **values) if known else NO_SERVICE
            answer = answer if isinstance(answer, Response) else json_answer(200, answer)
        except KeyError as unknown:
            answer = json_answer(400, {"error": f"unknown {unknown.args[0]}"})
        if trouble == "raw_after":
            return self.raw
        if trouble == "drop_after":
            raise ConnectionDroppedError
        return LATE[trouble](answer) if trouble in LATE else answer

    def approve(self) -> None:
        """Let somebody press the button in the vendor's letter: what waits for it runs."""
        for service in self.services.values():
            service["state"] = "running" if service["state"] == "awaiting" else service["state"]

    def _met(self, request: Request) -> str:
        """Return the trouble that this call meets: the n-th changing one from the moment it was arranged."""
        if request.method == "GET":
            return ""
        self.changing_calls += 1
        if self.trouble is None:
            return ""
        kind, left, times = (*self.trouble, 1)[:3]
        if left > 1:
            self.trouble = (kind, left - 1, times)
            return ""
        self.trouble = (kind, 1, times - 1) if times > 1 else None
        return kind

    def _find(self, request: Request) -> list[dict[str, Any]]:
        wanted = request.query["reference"]
        listed = [service for service in self.services.values() if self.clock - service["made"] >= self.lag]
        return [service for service in listed if service["reference"] == wanted]

    def _load(self, _request: Request, number: str) -> dict[str, Any]:
        return {"machines": self.machines.get(number, "0")}

    def _report(self, request: Request) -> Response:
        """Answer a page of a day's lines; 204 from the page on that is not ready."""
        day, page = request.query["day"], int(request.query["page"])
        lines = self.usage.get(day, [])
        if page >= self.not_ready_from.get(day, page + 1):
            return Response(204, b"", [("Retry-After", "60")])
        shown = lines[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]
        more = page + 1 if page * LINES_A_PAGE < len(lines) else 0
        return json_answer(200, {"items": shown, "next": more})

    def _price_list(self, _request: Request, market: str) -> Response:
        return Response(200, "".join(f"{line}\n" for line in self.prices.get(market, ())).encode())

    def _look(self, _request: Request, number: str) -> dict[str, Any]:
        service = self.services[number]
        if service["state"] == "preparing":
            service["looks"] -= 1
            service["state"] = "running" if service["looks"] <= 0 else "preparing"
        return service

    def _create(self, request: Request) -> dict[str, Any]:
        body = request.json()
        waits = body.pop("approval", False)
        if body["product"] not in (*dict(PRODUCTS), *METERED):
            raise KeyError(body["product"])
        number = str(next(self._numbers))
        state = "awaiting" if waits else "running"
        self.services[number] = {"id": number, "state": state, "made": self.clock, **body}
        if self.looks and not waits:
            self.services[number] |= {"state": "preparing", "looks": self.looks}
        return {**self.services[number], **({"approval": True} if waits else {})}

    def _change(self, request: Request, number: str) -> dict[str, Any]:
        if self.refusing:
            raise KeyError("wish")
        if UNITS & request.json().keys():
            today = (self.began + timedelta(seconds=self.clock)).astimezone(ZONE).date()
            self._changed.append((number, today))
            if self.a_day is not None and self._changed.count((number, today)) > self.a_day:
                raise KeyError("day for another change")
        self.services[number] |= request.json()
        return self.services[number]

    def _resend(self, _request: Request, number: str) -> dict[str, Any]:
        self.letters += 1
        return {"id": number, "email": "office@acme.example"}

    def _add(self, request: Request, number: str) -> dict[str, Any]:
        self.services[number]["seats"] += request.json()["seats"]
        return self.services[number]
