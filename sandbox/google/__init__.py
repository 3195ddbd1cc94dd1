"""The pretend Google: six of its APIs and the token endpoint as one WSGI app, with a control endpoint beside them.

Written from the vendor's published facts (discovery documents, Admin SDK guides): no path of one API is another's, so
that one server stands in for all hosts. The control endpoint is at /sandbox/control, the customer's first sign-in,
which real Google shows at admin.google.com, at /console.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox.control import answer_control
from sandbox.faults import after_acting, before_acting
from sandbox.google import customers, directory, licensing, subscriptions, verification
from sandbox.google.console import answer_console
from sandbox.google.control import Control
from sandbox.google.errors import GoogleError, TokenError, missing, no_token, refused
from sandbox.google.faults import Voice, own
from sandbox.google.tokens import answer_token
from sandbox.google.world import World
from sandbox.store import Store
from sandbox.wsgi import BadJsonError, ConnectionDroppedError, Environ, Request, Response, Router, json_answer

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


class Google(Control):
    """One pretend Google; the verbs of Control are its methods."""

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

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.answer(Request.from_environ(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request."""
        if request.path == "/sandbox/control":
            return answer_control(self, request, kind=Control)
        if request.path == "/console":
            return answer_console(self.world, request)
        if request.path == "/health":
            return json_answer(200, {"status": "ok"})
        fault = self.world.faults.meet(request)
        answer: Response | None = None
        try:
            if fault is not None:
                answer = own(fault) or before_acting(fault, self._voice)
            if answer is None:
                answer = self._told(request)
                if fault is not None:
                    answer = after_acting(fault, answer, self._voice)
        except ConnectionDroppedError:
            self._note(request, None)
            raise
        self._note(request, answer.status)
        return answer

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

    def close(self) -> None:
        """Close the state file, if there is one."""
        self.world.store.close()
