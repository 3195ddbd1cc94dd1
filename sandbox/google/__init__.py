"""The pretend Google: six of its APIs and the token endpoint as one WSGI app, with a control endpoint beside them.

Written from the vendor's published facts (discovery documents, Admin SDK guides): no path of one API is another's, so
that one server stands in for all hosts. The control endpoint is at /sandbox/control, the customer's first sign-in,
which real Google shows at admin.google.com, at /console.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.control import Served
from sandbox.faults import answered
from sandbox.google import customers, directory, licensing, subscriptions, verification
from sandbox.google.console import answer_console
from sandbox.google.control import Control
from sandbox.google.errors import GoogleError, TokenError, missing, no_token, refused
from sandbox.google.faults import Voice, own
from sandbox.google.tokens import answer_token
from sandbox.google.world import World
from sandbox.store import Store
from sandbox.wsgi import BadJsonError, Request, Response, Router, json_answer

# Below which path an API stands, and which scopes each open it; the second of a pair for reads alone.
APIS = {
    "/apps/reseller/": ("apps.order", "apps.order.readonly"),
    "/admin/directory/": ("admin.directory.user",),
    "/admin/reports/": ("admin.reports.usage.readonly",),
    "/apps/licensing/": ("apps.licensing",),
    "/siteVerification/": ("siteverification", "siteverification.verify_only"),
}
WEB_RESOURCE = f"{verification.ROOT}/webResource/"
# POSTs that only ask.
ASKING = ("/token", f"{verification.ROOT}/token")


class Google(Control, Served):
    """One pretend Google; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = World(Store(state, vendor="google"))
        self.world.ensure_demo()
        self._voice = Voice()
        self._router = Router(
            [
                *customers.ROUTES,
                *subscriptions.ROUTES,
                *directory.ROUTES,
                *licensing.ROUTES,
                *verification.ROUTES,
            ]
        )
        super().__init__(self.world)

    def serve(self, request: Request) -> Response:
        """See Served."""
        if request.path == "/console":
            return answer_console(self.world, request)
        return answered(
            self.world.faults.meet(request),
            self._voice,
            lambda: self._told(request),
            note=lambda status: self._note(request, status),
            own=own,
        )

    def _note(self, request: Request, status: int | None) -> None:
        changing = request.method != "GET" and request.path not in ASKING
        body = request.body.decode("utf-8", "replace") if request.path != "/token" else ""
        self.world.note(request, status=status, at=self.world.now(), changing=changing, body=body)

    def _told(self, request: Request) -> Response:
        try:
            with self.world.store.transaction():
                if request.path == "/token" and request.method == "POST":
                    return answer_token(self.world, request)
                told = self._handler(request)(self.world, request)
        except TokenError as error:
            return no_token(error)
        except GoogleError as error:
            return refused(error)
        except BadJsonError:
            return refused(GoogleError(400, "parseError", "Parse Error"))
        return told if isinstance(told, Response) else json_answer(200, told)

    def _handler(self, request: Request) -> Callable[[World, Request], Any]:
        """Return what answers a request that may ask it. Raises GoogleError."""
        found = self._router.find(request.method, request.path)
        if request.method == "GET" and request.path.startswith(WEB_RESOURCE):
            found = (verification.get, {})
        if found is None:
            raise missing("Not Found")
        self._check_token(request)
        handler, values = found
        return lambda world, asked: handler(world, asked, **values)

    def _check_token(self, request: Request) -> None:
        """Raise GoogleError where the caller is not signed in, lacks the API's scope, or calls too often."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        scopes = self.world.granted(token.strip()) if scheme.lower() == "bearer" else None
        if scopes is None:
            raise GoogleError(401, "authError", "Invalid Credentials")
        opening = next(names for path, names in APIS.items() if request.path.lower().startswith(path.lower()))
        usable = [name for name in opening if request.method == "GET" or not name.endswith(".readonly")]
        if not set(usable) & set(scopes):
            text = "Request had insufficient authentication scopes."
            raise GoogleError(403, "insufficientPermissions", text)
        if not self.world.switch("api_enabled"):
            raise GoogleError(403, "accessNotConfigured", "The API is not enabled.", domain="usageLimits")
        limit, since = self.world.switch("calls_a_day"), self.world.now() - 86_400
        if limit is not None and sum(one.get("at", 0) > since for one in self.requests_seen()) >= int(limit):
            raise GoogleError(403, "dailyLimitExceeded", "Daily Limit Exceeded", domain="usageLimits")

    def changing_calls(self) -> int:
        """Return how many calls that change something were made, refused ones included."""
        return sum(entry["changing"] for entry in self.world.requests_seen())
