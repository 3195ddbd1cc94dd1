"""Delegated administration (GDAP), as Graph shows it: what a partner may do in a customer's tenant, and until when.

A relationship is created, locked for approval, approved by the customer's admin, and expires. Buying takes none; users
and licences of a tenant do, where the switch `gdap_required` says so.
"""

import re
from typing import Any
from uuid import uuid4

from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.faults import before_acting
from sandbox.microsoft.shapes import Fields, Json, stamp
from sandbox.microsoft.tokens import GRAPH, read_access_token
from sandbox.microsoft.world import PARTNER_TENANT, World
from sandbox.wsgi import BadJsonError, ConnectionDroppedError, Request, Response, Router, json_answer

BASE = "/tenantRelationships/delegatedAdminRelationships"
DAY = 86400  # seconds
LONGEST = 730  # days
DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)D)?")
BY_DEFAULT = "P730D"  # how long what is made with a customer lasts
# The roles that Partner Center's own default template grants.
ROLES = (
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",  # directory readers
    "9360feb5-f418-4baa-8175-e2a00bac4301",  # directory writers
    "fe930be7-5e62-47db-91af-98c3a49a38b1",  # user administrator
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a",  # licence administrator
)


class GraphError(Exception):
    """Ends a call as Graph does."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


def days_of(duration: str) -> int | None:
    """Return the days of an ISO 8601 duration between a day and two years, None for anything else."""
    match = DURATION.fullmatch(duration.upper())
    if match is None or not any(match.groups()):
        return None
    days = int(match[1] or 0) * 365 + int(match[2] or 0)
    return days if 1 <= days <= LONGEST else None


def create(world: World, customer: Json | None, *, name: str, duration: str, roles: list[str], status: str) -> Json:
    """Keep a new relationship, with a customer or with whoever will approve it."""
    now = world.now()
    kept: Json = {
        "id": f"{uuid4()}-{uuid4()}",
        "name": name,
        "duration": duration,
        "roles": roles,
        "customer": customer["id"] if customer else None,
        "status": status,
        "created": now,
        "activated": now if status == "active" else None,
        "version": 1,
    }
    return world.store.put("relationship", kept["id"], kept)


def _end(kept: Json) -> float | None:
    """Return when a relationship ends that was activated."""
    return None if kept["activated"] is None else float(kept["activated"]) + (days_of(kept["duration"]) or 0) * DAY


def _status(world: World, kept: Json) -> str:
    end = _end(kept)
    return "expired" if kept["status"] == "active" and end is not None and world.now() >= end else str(kept["status"])


def is_delegated(world: World, customer: Json) -> bool:
    """Say whether an active relationship lets the partner into a customer's tenant."""
    kept = [one for one in world.store.all("relationship") if one["customer"] == customer["id"]]
    return any(_status(world, one) == "active" for one in kept)


def check_delegated(world: World, customer: Json) -> None:
    """Raise 403/900308 where a customer's tenant takes delegated administration and there is none."""
    if world.switch("gdap_required") and not is_delegated(world, customer):
        raise PartnerCenterError(403, 900308, "Insufficient privileges to complete the operation.")


def decide(world: World, customer: Json, status: str) -> None:
    """Let a customer's admin approve what waits for it (`active`) or end what there is (`terminated`)."""
    for kept in world.store.all("relationship"):
        if kept["customer"] not in (None, customer["id"]):
            continue
        if status == "active" and kept["status"] == "approvalPending":
            approved = {"status": status, "activated": world.now(), "customer": customer["id"]}
            world.store.put("relationship", kept["id"], {**kept, **approved, "version": kept["version"] + 1})
        if status == "terminated" and kept["customer"] == customer["id"]:
            world.store.put("relationship", kept["id"], {**kept, "status": status, "version": kept["version"] + 1})


def _shape(world: World, kept: Json) -> Json:
    customer, end = world.store.get("customer", kept["customer"] or ""), _end(kept)
    return {
        "@odata.etag": f'W/"{kept["version"]}"',
        "id": kept["id"],
        "displayName": kept["name"],
        "duration": kept["duration"],
        "customer": {"tenantId": customer["id"], "displayName": customer["company_name"]} if customer else None,
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in kept["roles"]]},
        "status": _status(world, kept),
        "createdDateTime": stamp(kept["created"]),
        "activatedDateTime": None if kept["activated"] is None else stamp(kept["activated"]),
        "endDateTime": None if end is None else stamp(end),
    }


class Graph:
    """Answers what graph.microsoft.com would of delegated administration."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._router = Router(
            [
                ("GET", BASE, self._list),
                ("POST", BASE, self._create),
                ("GET", f"{BASE}/{{relationship}}", self._get),
                ("POST", f"{BASE}/{{relationship}}/requests", self._request),
            ]
        )

    def __call__(self, request: Request) -> Response:
        request.fault = self.world.faults.meet(request)
        try:
            early = before_acting(request.fault, bom=False) if request.fault else None
        except ConnectionDroppedError:
            self.world.note(request, status=None, replayed=False, body=None)
            raise
        answer = early or self._answered(request)
        self.world.note(request, status=answer.status, replayed=False, body=None)
        return answer

    def _answered(self, request: Request) -> Response:
        try:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            claims = read_access_token(self.world, token.strip()) if scheme.lower() == "bearer" else None
            if claims is None or claims["aud"] != GRAPH or claims["tid"] != PARTNER_TENANT:
                raise GraphError(401, "InvalidAuthenticationToken", "Access token is missing or invalid.")
            found = self._router.find(request.method, request.path.removeprefix("/graph/v1.0"))
            if found is None:
                raise GraphError(404, "ResourceNotFound", "Resource not found.")
            handler, values = found
            with self.world.store.transaction():
                status, body = handler(request, **values)
        except GraphError as error:
            return json_answer(error.status, error.body)
        except BadJsonError:
            return json_answer(400, GraphError(400, "BadRequest", "The body is not JSON.").body)
        return json_answer(status, body)

    def _list(self, request: Request) -> tuple[int, Any]:
        kept = self.world.store.all("relationship")
        wanted = re.fullmatch(r"customer/tenantId eq '([^']*)'", request.query.get("$filter", "").strip())
        if "$filter" in request.query and wanted is None:
            raise GraphError(400, "BadRequest", "The filter is not supported.")
        if wanted is not None:
            kept = [one for one in kept if (one["customer"] or "") == wanted[1].lower()]
        return 200, {"value": [_shape(self.world, one) for one in kept]}

    def _found(self, identity: str) -> Json:
        found = self.world.store.get("relationship", identity.lower())
        if found is None:
            raise GraphError(404, "ResourceNotFound", "Resource not found.")
        return found

    def _get(self, _request: Request, relationship: str) -> tuple[int, Any]:
        return 200, _shape(self.world, self._found(relationship))

    def _create(self, request: Request) -> tuple[int, Any]:
        fields = Fields.of(request.json())
        name, duration = fields.text("displayName"), fields.text("duration")
        roles = [role.text("roleDefinitionId") for role in fields.part("accessDetails").parts("unifiedRoles")]
        tenant = fields.part("customer").text("tenantId")
        customer = self.world.store.get("customer", tenant.lower()) if tenant else None
        if not name or days_of(duration) is None or not roles or (tenant and customer is None):
            raise GraphError(400, "BadRequest", "displayName, duration (P1D to P2Y), roles, and a known customer.")
        if any(kept["name"] == name for kept in self.world.store.all("relationship")):
            raise GraphError(409, "Conflict", "A relationship of this name exists already.")
        made = create(self.world, customer, name=name, duration=duration, roles=roles, status="created")
        return 201, _shape(self.world, made)

    def _request(self, request: Request, relationship: str) -> tuple[int, Any]:
        kept = self._found(relationship)
        action = Fields.of(request.json()).text("action")
        steps = {("created", "lockForApproval"): "approvalPending", ("active", "terminate"): "terminated"}
        status = steps.get((_status(self.world, kept), action))
        if status is None:
            raise GraphError(400, "BadRequest", f"{action or 'nothing'} cannot be done now.")
        self.world.store.put("relationship", kept["id"], {**kept, "status": status, "version": kept["version"] + 1})
        made = {"id": str(uuid4()), "action": action, "status": "succeeded"}
        return 201, {**made, "createdDateTime": stamp(self.world.now())}


def with_customer(world: World, customer: Json, fields: Fields) -> None:
    """Keep the relationship that is made with a customer where it is asked for (enableGDAPByDefault)."""
    if fields.get("enablegdapbydefault") is True:
        name = f"Default_{customer['id']}"
        create(world, customer, name=name, duration=BY_DEFAULT, roles=list(ROLES), status="active")
