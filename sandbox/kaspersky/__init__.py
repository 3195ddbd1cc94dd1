"""The pretend Kaspersky: Subscriptions v2.0 of its License Management Portal, and a control endpoint beside it.

Kaspersky publishes no documentation: paths, members and enums are those that independent public clients agree on
(shared/samples/kaspersky), rules those that are published of the older service. What is a guess is a switch of
world.py. Callers are known by their certificate (tls.py); over plain HTTP a switch says whose they are taken to have.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox.control import answer_control
from sandbox.faults import after_acting, before_acting
from sandbox.kaspersky.answers import RefusedError, Voice, no_route, refusal
from sandbox.kaspersky.control import Control
from sandbox.kaspersky.subscriptions import CALLS, getdetails
from sandbox.kaspersky.world import World
from sandbox.store import Store
from sandbox.wsgi import BadJsonError, ConnectionDroppedError, Environ, Request, Response, json_answer

API = "/subscriptions/v2.0/api/subscription/"
DETAILS = "getdetails"


class Kaspersky(Control):
    """One pretend Kaspersky; the verbs of Control are its methods."""

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = World(Store(state, vendor="kaspersky"))
        self.world.ensure_demo_partner()
        self._voice = Voice(self.world)
        super().__init__(self.world)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.answer(Request.from_environ(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request."""
        if request.path == "/sandbox/control":
            return answer_control(self, request, kind=Control)
        if request.path == "/health":
            return json_answer(200, {"status": "ok"})
        fault = self.world.faults.meet(request)
        answer: Response | None = None
        try:
            if fault is not None:
                answer = self._voice.own(fault, request.path) or before_acting(fault, self._voice)
            if answer is None:
                with self.world.store.transaction():
                    answer = self._act(request)
                if fault is not None:
                    answer = after_acting(fault, answer, self._voice)
        except ConnectionDroppedError:
            self.world.note(request, status=None)
            raise
        self.world.note(request, status=answer.status)
        return answer

    def _act(self, request: Request) -> Response:
        name = request.path.lower().removeprefix(API).rstrip("/")
        if not request.path.lower().startswith(API) or not (name == DETAILS or name in CALLS):
            return no_route(request.path)
        partner = self.world.partner(request)
        if partner is None:
            return refusal(self.world, "A client certificate of a partner is required.", status=403, code=601)
        if request.method != "POST" and not (name == DETAILS and request.method == "GET"):
            return refusal(self.world, "The requested resource does not support this method.", status=405)
        try:
            return self._told(name, partner, request)
        except RefusedError as no:
            return refusal(self.world, str(no), status=no.status, code=no.code)

    def _told(self, name: str, partner: str, request: Request) -> Response:
        try:
            body = request.json()
        except BadJsonError as fault:
            raise RefusedError("The request is invalid.", code=602) from fault
        sent = body if isinstance(body, dict) else {}
        if name == DETAILS:
            asked = {"SubscriptionId": request.query.get("subscriptionid", sent.get("SubscriptionId", ""))}
            return json_answer(200, getdetails(self.world, partner, asked))
        told = CALLS[name](self.world, partner, sent)
        empty = self.world.switch("empty_success") and name != "create"
        return Response(200) if empty else json_answer(200, told)

    def changing_calls(self) -> int:
        """Return how many calls that change something were asked, refused ones included."""
        return sum(entry["path"].lower().removeprefix(API).rstrip("/") in CALLS for entry in self.world.requests_seen())

    def close(self) -> None:
        """Close the state file, if there is one."""
        self.world.store.close()
