"""The pretend Kaspersky: Subscriptions v2.0 of its License Management Portal, and a control endpoint beside it.

Kaspersky publishes no documentation: paths, members and enums are those that independent public clients agree on
(shared/samples/kaspersky), rules those that are published of the older service. What is a guess is a switch of
world.py. Callers are known by their certificate (tls.py); over plain HTTP a switch says whose they are taken to have.
"""

from pathlib import Path

from sandbox.control import Served
from sandbox.faults import answered
from sandbox.kaspersky.answers import RefusedError, Voice, no_route, refusal
from sandbox.kaspersky.control import Control
from sandbox.kaspersky.subscriptions import CALLS, getdetails
from sandbox.kaspersky.world import World
from sandbox.store import Store
from sandbox.wsgi import BadJsonError, Request, Response, json_answer

API = "/subscriptions/v2.0/api/subscription/"
DETAILS = "getdetails"


class Kaspersky(Control, Served):
    """One pretend Kaspersky; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = World(Store(state, vendor="kaspersky"))
        self.world.ensure_demo_partner()
        self._voice = Voice(self.world)
        super().__init__(self.world)

    def serve(self, request: Request) -> Response:
        """See Served."""
        return answered(
            self.world.faults.meet(request),
            self._voice,
            lambda: self._kept(request),
            note=lambda status: self.world.note(request, status=status),
            own=lambda fault: self._voice.own(fault, request.path),
        )

    def _kept(self, request: Request) -> Response:
        with self.world.store.transaction():
            return self._act(request)

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
