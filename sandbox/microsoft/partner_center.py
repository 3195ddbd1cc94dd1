"""The envelope of Partner Center: token check, idempotent replay, headers, errors; the resources are in their files."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sandbox.microsoft import (
    agreements,
    alignment,
    attestations,
    audit,
    carts,
    catalogue,
    customers,
    orders,
    products,
    profiles,
    promotions,
    qualifications,
    subscriptions,
    transitions,
    users,
    validation,
)
from sandbox.microsoft.aad_errors import PARTNER_CENTER_APP
from sandbox.microsoft.errors import PartnerCenterError, error_answer, written
from sandbox.microsoft.faults import Fault, after_acting, before_acting, throttled
from sandbox.microsoft.tokens import OLD_GRAPH, PARTNER_CENTER, read_access_token
from sandbox.microsoft.world import PARTNER_TENANT, World
from sandbox.wsgi import BadJsonError, ConnectionDroppedError, Request, Response, Router

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BUSY = 409  # an answer that is not kept: it says to come again
SERVER_ID = "0000112E"
REQUEST_CONTEXT = "appId=cid-v1:03ce8ca8-8373-4021-8f25-d5dd45c7b12f"


@dataclass
class Outcome:
    """What came of a call, and whether it is the kept answer of an earlier one."""

    answer: Response
    replayed: bool = False


class PartnerCenter:
    """Answers what api.partnercenter.microsoft.com would."""

    def __init__(self, world: World) -> None:
        self.world = world
        modules = (
            customers,
            agreements,
            attestations,
            validation,
            catalogue,
            products,
            promotions,
            qualifications,
            carts,
            orders,
            alignment,
            subscriptions,
            transitions,
            users,
            profiles,
            audit,
        )
        self._router = Router(route for module in modules for route in module.ROUTES)

    def __call__(self, request: Request) -> Response:
        request.fault = self.world.faults.meet(request)
        body = _peek(request)
        try:
            outcome = self._outcome(request)
        except ConnectionDroppedError:
            self.world.note(request, status=None, replayed=False, body=body)
            raise
        if request.method == "HEAD":
            outcome.answer.body = b""  # answers to HEAD have a Content-Length of 0, errors too
        self._add_headers(request, outcome.answer)
        self.world.note(request, status=outcome.answer.status, replayed=outcome.replayed, body=body)
        return outcome.answer

    def _outcome(self, request: Request) -> Outcome:
        fault: Fault | None = request.fault
        if fault:
            early = before_acting(fault)
            if early:
                return Outcome(early)
        with self.world.store.transaction():
            outcome = self._act(request)
        if fault:
            outcome.answer = after_acting(fault, outcome.answer)
        return outcome

    def _act(self, request: Request) -> Outcome:
        try:
            self._check_token(request)
            wait = self.world.over_quota(request.caller["tid"])
            if wait is not None:
                return Outcome(throttled(wait))
            key = self._replay_key(request)
            kept = self.world.store.get("answer", key) if key else None
            if kept:
                return Outcome(_thaw(kept), replayed=True)
        except PartnerCenterError as error:
            return Outcome(error_answer(error))
        answer = self._handled(request)
        if key and answer.status < 500 and answer.status != BUSY:
            self.world.store.put("answer", key, _freeze(answer))
        return Outcome(answer)

    def _handled(self, request: Request) -> Response:
        found = self._router.find(request.method, request.path.removeprefix("/partnercenter/v1"))
        try:
            if found is None or not request.path.startswith("/partnercenter/v1/"):
                raise PartnerCenterError(404, 1000, "Not found")
            if request.fault and request.fault.kind == "stale_etag":
                raise PartnerCenterError(400, 2055, "Etag is no longer valid")
            handler, values = found
            result = handler(self.world, request, **values)
        except PartnerCenterError as error:
            return error_answer(error)
        except BadJsonError:
            return error_answer(PartnerCenterError(400, 800002, "Invalid request input"))
        return result if isinstance(result, Response) else written(result)

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise PartnerCenterError(401, 800001, "Partner Token missing in request context")
        claims = read_access_token(self.world, token.strip())
        if claims is not None and claims["aud"] == OLD_GRAPH:
            description = "The audience in the token is invalid and is no longer supported in Partner Center API."
            raise PartnerCenterError(401, 900420, description)
        if claims is None or claims["aud"] not in (PARTNER_CENTER, PARTNER_CENTER_APP):
            raise PartnerCenterError(401, 400, "Access denied")
        request.caller = claims
        if self.world.switch("mfa_required") and "mfa" not in claims.get("amr", ()) and "amr" in claims:
            raise PartnerCenterError(401, 900421, "Unauthorized - MFA required")
        if claims["tid"] != PARTNER_TENANT:
            raise PartnerCenterError(403, 2032, "Access denied")

    def _replay_key(self, request: Request) -> str | None:
        identity = request.headers.get("ms-requestid", "").lower()
        if not identity or request.method not in CHANGING:
            return None
        parts = (request.caller["tid"], request.method, request.path.lower(), identity)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _add_headers(self, request: Request, answer: Response) -> None:
        echoes = 2 if "/products" in request.path.lower() else 1  # the catalogue services double what they repeat
        for name, header in (("MS-CorrelationId", "ms-correlationid"), ("MS-RequestId", "ms-requestid")):
            answer.headers.append((name, ",".join([request.headers.get(header) or str(uuid4())] * echoes)))
        if "x-locale" in request.headers:
            answer.headers.append(("X-Locale", ",".join([request.headers["x-locale"]] * echoes)))
        answer.headers.append(("MS-CV", base64.b64encode(uuid4().bytes[:12]).decode() + ".0"))
        answer.headers.append(("MS-ServerId", SERVER_ID))
        answer.headers.append(("Request-Context", REQUEST_CONTEXT))
        if answer.status == 401:
            answer.headers.append(("WWW-Authenticate", f"OAuth realm=urn:cpsvc:cpid:{PARTNER_TENANT}"))
        if request.headers.get("validatemfa", "").lower() == "true" and request.caller:
            answer.headers.append(("isMfaCompliant", "true" if "mfa" in request.caller.get("amr", ()) else "false"))


def _peek(request: Request) -> Any:
    """Return the body for the list of what was asked; what is not JSON is shown as text."""
    try:
        return request.json()
    except BadJsonError:
        return request.body.decode("utf-8", "replace")


def _freeze(answer: Response) -> dict[str, Any]:
    return {"status": answer.status, "body": answer.body.decode(), "headers": [list(pair) for pair in answer.headers]}


def _thaw(kept: dict[str, Any]) -> Response:
    return Response(kept["status"], kept["body"].encode(), [(name, value) for name, value in kept["headers"]])
