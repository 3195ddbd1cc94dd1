"""The envelope of EMA 2: tokens, finding the call, troubles on demand, JSON."""

from collections.abc import Callable
from typing import Any

from sandbox.eset import companies, licences
from sandbox.eset.asked import Asked
from sandbox.eset.errors import EsetError, invalid, maintenance, no_page, no_rights
from sandbox.eset.reports import REPORTS
from sandbox.eset.world import Document, EsetWorld
from sandbox.faults import Fault, anothers_json, answered
from sandbox.wsgi import Request, Response, Router, html_answer, json_answer

PAGE = "<html><head><title>{status}</title></head><body><h1>Server Error</h1></body></html>"
STATES = {"0": "Error", "1": "Normal", "2": "Obsolete", "3": "Suspended", "4": "Warning"}
# Calls that are about licences: an account without rights gets 500 for each.
OF_LICENCES = ("/api/license/", "/api/search/licenses")


def states(_world: EsetWorld, _asked: Asked) -> list[Document]:
    """List the states of a licence."""
    return [{"id": int(number), "name": name} for number, name in STATES.items()]


CALLS: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/api/User/Current", companies.current),
    ("POST", "/api/Company/Children", companies.children),
    ("POST", "/api/Company/Detail", companies.detail),
    ("POST", "/api/Company/Create/customer", companies.create),
    ("POST", "/api/Company/Update/customer", companies.update),
    ("POST", "/api/Company/Suspend", companies.suspend),
    ("POST", "/api/Company/Unsuspend", companies.unsuspend),
    ("GET", "/api/Operation/{identity}", companies.operation),
    ("POST", "/api/Search/Companies", companies.search),
    ("POST", "/api/Search/Licenses", licences.search),
    ("POST", "/api/License/Order", licences.order),
    ("POST", "/api/License/UpdateQuantity", licences.update_quantity),
    ("POST", "/api/License/Suspend", licences.suspend),
    ("POST", "/api/License/Unsuspend", licences.unsuspend),
    ("POST", "/api/License/Detail", licences.detail),
    ("POST", "/api/License/ChangeProduct", licences.change_product),
    ("POST", "/api/License/ConvertToFull", licences.convert),
    ("POST", "/api/License/ExtendTrial", licences.extend_trial),
    ("POST", "/api/License/Remove", licences.remove),
    ("POST", "/api/License/GetHistory", licences.history),
    ("GET", "/api/Enum/LicenseStates", states),
    *(("POST", f"/api/UsageReport/{name}/products", report) for name, report in REPORTS),
)


class EsetVoice:
    """How ESET says it: refusals are JSON with numbers, a server that broke is a page."""

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """See Voice: EMA 2 publishes no rate limit, what stands before it may have one."""
        answer = json_answer(429, {"message": "Too many requests"})
        answer.headers.append(("Retry-After", str(seconds if retry_after is None else retry_after)))
        return answer

    def failure(self, fault: Fault) -> Response:
        """See Voice."""
        status = int(fault.details.get("status", 500))
        return html_answer(status, PAGE.format(status=status))

    def not_found(self, _fault: Fault) -> Response:
        """See Voice: status published, numbers ours."""
        return json_answer(404, {"code": 1, "subCode": 4, "message": "License was not found"})

    def json(self, status: int, value: Any) -> Response:
        """See Voice."""
        return json_answer(status, value)

    def anothers(self, answer: Response) -> Response:
        """See Voice."""
        return json_answer(answer.status, anothers_json(answer))


class Api:
    """Answers what ESET MSP Administrator 2 answers below /api."""

    def __init__(self, world: EsetWorld) -> None:
        self.world = world
        self._router = Router(CALLS)
        self._tokens = {"get": self._get_token, "renew": self._renew_token, "check": self._check_token}

    def __call__(self, request: Request) -> Response:
        request.fault = self.world.faults.meet(request)
        return answered(
            request.fault,
            EsetVoice(),
            lambda: self._kept(request),
            note=lambda status: self.world.note(request, status=status),
        )

    def _kept(self, request: Request) -> Response:
        with self.world.store.transaction():
            return self._act(request)

    def _act(self, request: Request) -> Response:
        self.world.take_snapshots()
        try:
            return self._carried_out(request)
        except EsetError as error:
            return json_answer(error.status, error.body)

    def _carried_out(self, request: Request) -> Response:
        if self.world.switch("maintenance"):
            raise maintenance()
        path = request.path.lower().rstrip("/")
        if request.method == "POST" and path.startswith("/api/token/"):
            return self._of_token(path.rpartition("/")[2], Asked(request))
        username = self._signed_in(request)
        if username is None:
            return Response(401, b"", [("WWW-Authenticate", "Bearer")])
        found = self._router.find(request.method, request.path)
        if found is None:
            raise no_page()
        if path.startswith(OF_LICENCES) and not self.world.switch("rights"):
            raise no_rights()
        call, values = found
        reply = call(self.world, Asked(request, username), **values)
        return json_answer(200, capitals(reply) if self.world.switch("capital_members") else reply)

    def _of_token(self, name: str, asked: Asked) -> Response:
        answers = self._tokens.get(name)
        if answers is None:
            raise no_page()
        status, reply = answers(asked)
        return json_answer(status, capitals(reply) if self.world.switch("capital_members") else reply)

    def _get_token(self, asked: Asked) -> tuple[int, Any]:
        username, password = asked.required("username"), asked.get("password")
        if not isinstance(password, str):
            raise invalid("password")
        if not self.world.knows(username, password):
            return int(self.world.switch("wrong_login_status")), {"code": 2, "subCode": 1, "message": "Wrong login"}
        return 200, self.world.new_tokens(username)

    def _renew_token(self, asked: Asked) -> tuple[int, Any]:
        pair = self.world.renewed(asked.required("refreshToken"))
        return (200, pair) if pair else (401, {"code": 2, "subCode": 2, "message": "The session is over"})

    def _check_token(self, asked: Asked) -> tuple[int, Any]:
        return 200, self.world.user_of(asked.required("accessToken")) is not None

    def _signed_in(self, request: Request) -> str | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self.world.user_of(token) if scheme.lower() == "bearer" else None


def capitals(value: Any) -> Any:
    """Return a reply with every member's name begun with a capital."""
    if isinstance(value, dict):
        return {f"{name[:1].upper()}{name[1:]}": capitals(inner) for name, inner in value.items()}
    return [capitals(inner) for inner in value] if isinstance(value, list) else value
