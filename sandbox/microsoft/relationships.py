"""Delegated administration (GDAP), as Graph shows it: what a partner may do in a customer's tenant, and until when.

A relationship is created, locked for approval, approved by the customer's admin, and expires. Buying takes none; users
and licences of a tenant do, where the switch `gdap_required` says so.
"""

import re
from typing import Any
from uuid import uuid4

from sandbox.microsoft.errors import GraphError, PartnerCenterError
from sandbox.microsoft.shapes import Fields, Json, stamp
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response, json_answer

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


def list_relationships(world: World, request: Request) -> Response:
    """Return the relationships, those with one customer where the filter says so."""
    kept = world.store.all("relationship")
    wanted = re.fullmatch(r"customer/tenantId eq '([^']*)'", request.query.get("$filter", "").strip())
    if "$filter" in request.query and wanted is None:
        raise GraphError(400, "BadRequest", "The filter is not supported.")
    if wanted is not None:
        kept = [one for one in kept if (one["customer"] or "") == wanted[1].lower()]
    return json_answer(200, {"value": [_shape(world, one) for one in kept]})


def _found(world: World, identity: str) -> Json:
    found = world.store.get("relationship", identity.lower())
    if found is None:
        raise GraphError(404, "ResourceNotFound", "Resource not found.")
    return found


def get_relationship(world: World, _request: Request, relationship: str) -> Response:
    """Return one relationship."""
    return json_answer(200, _shape(world, _found(world, relationship)))


def create_relationship(world: World, request: Request) -> Response:
    """Keep a new relationship, which waits to be locked for approval."""
    fields = Fields.of(request.json())
    name, duration = fields.text("displayName"), fields.text("duration")
    roles = [role.text("roleDefinitionId") for role in fields.part("accessDetails").parts("unifiedRoles")]
    tenant = fields.part("customer").text("tenantId")
    customer = world.store.get("customer", tenant.lower()) if tenant else None
    if not name or days_of(duration) is None or not roles or (tenant and customer is None):
        raise GraphError(400, "BadRequest", "displayName, duration (P1D to P2Y), roles, and a known customer.")
    if any(kept["name"] == name for kept in world.store.all("relationship")):
        raise GraphError(409, "Conflict", "A relationship of this name exists already.")
    made = create(world, customer, name=name, duration=duration, roles=roles, status="created")
    return json_answer(201, _shape(world, made))


def request_step(world: World, request: Request, relationship: str) -> Response:
    """Lock a relationship for the customer's approval, or end it."""
    kept = _found(world, relationship)
    action = Fields.of(request.json()).text("action")
    steps = {("created", "lockForApproval"): "approvalPending", ("active", "terminate"): "terminated"}
    status = steps.get((_status(world, kept), action))
    if status is None:
        raise GraphError(400, "BadRequest", f"{action or 'nothing'} cannot be done now.")
    world.store.put("relationship", kept["id"], {**kept, "status": status, "version": kept["version"] + 1})
    made = {"id": str(uuid4()), "action": action, "status": "succeeded", "createdDateTime": stamp(world.now())}
    return json_answer(201, made)


def with_customer(world: World, customer: Json, fields: Fields) -> None:
    """Keep the relationship that is made with a customer where it is asked for (enableGDAPByDefault)."""
    if fields.get("enablegdapbydefault") is True:
        name = f"Default_{customer['id']}"
        create(world, customer, name=name, duration=BY_DEFAULT, roles=list(ROLES), status="active")


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", BASE, list_relationships),
    ("POST", BASE, create_relationship),
    ("GET", f"{BASE}/{{relationship}}", get_relationship),
    ("POST", f"{BASE}/{{relationship}}/requests", request_step),
]
