"""Example Backup's pretend servers: one small HTTP application with troubles on demand."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from sandbox.wsgi import ConnectionDroppedError, Environ, Request, Response, Router, json_answer

API_KEY = "example-api-key-1"
PRODUCTS = (("backup", "Backup"),)


class ExampleVendor:
    """Holds services; knows neither request ids nor us."""

    def __init__(self) -> None:
        self.services: dict[str, dict[str, Any]] = {}
        self.changing_calls = 0
        self.trouble: tuple[str, int] | None = None
        self.before_acting: Callable[[], None] = lambda: None
        self._numbers = count(1)
        self._guard = threading.Lock()
        self._router = Router(
            [
                ("GET", "/company", lambda _request: {"name": "Sandbox Partner"}),
                ("GET", "/products", lambda _request: [{"id": product, "name": name} for product, name in PRODUCTS]),
                ("GET", "/services", self._find),
                ("POST", "/services", self._create),
                ("GET", "/services/{number}", lambda _request, number: self.services[number]),
                ("PUT", "/services/{number}", self._change),
                ("POST", "/services/{number}/add", self._add),
            ]
        )

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        request = Request.from_environ(environ)
        with self._guard:
            answer = self._answer(request)
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        trouble = self._met(request)
        self.before_acting()
        if trouble == "drop_before":
            raise ConnectionDroppedError
        if trouble == "throttle":
            answer = json_answer(429, {"error": "slow down"})
            answer.headers.append(("Retry-After", "7"))
            return answer
        if trouble == "error_before":
            return json_answer(500, {"error": "out of order"})
        if request.headers.get("x-api-key") != API_KEY:
            return json_answer(401, {"error": "wrong key"})
        found = self._router.find(request.method, request.path)
        if found is None:
            return json_answer(404, {"error": "nothing is served here"})
        handler, values = found
        try:
            answer = json_answer(200, handler(request, **values))
        except KeyError as unknown:
            answer = json_answer(400, {"error": f"unknown {unknown.args[0]}"})
        if trouble == "drop_after":
            raise ConnectionDroppedError
        return json_answer(500, {"error": "out of order"}) if trouble == "error_after" else answer

    def _met(self, request: Request) -> str:
        """Return the trouble that this call meets: the n-th changing one from the moment it was arranged."""
        if request.method == "GET":
            return ""
        self.changing_calls += 1
        if self.trouble is None:
            return ""
        kind, left = self.trouble
        self.trouble = None if left == 1 else (kind, left - 1)
        return kind if left == 1 else ""

    def _find(self, request: Request) -> list[dict[str, Any]]:
        wanted = request.query["reference"]
        return [service for service in self.services.values() if service["reference"] == wanted]

    def _create(self, request: Request) -> dict[str, Any]:
        body = request.json()
        if body["product"] not in dict(PRODUCTS):
            raise KeyError(body["product"])
        number = str(next(self._numbers))
        self.services[number] = {"id": number, "state": "running", **body}
        return self.services[number]

    def _change(self, request: Request, number: str) -> dict[str, Any]:
        self.services[number] |= request.json()
        return self.services[number]

    def _add(self, request: Request, number: str) -> dict[str, Any]:
        self.services[number]["seats"] += request.json()["seats"]
        return self.services[number]
