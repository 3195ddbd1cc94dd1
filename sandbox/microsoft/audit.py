"""The partner's audit records: what was done through the API, newest first."""

import json
from typing import Any

from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.paging import question, seek_page
from sandbox.microsoft.shapes import Json, pascal_case, read_moment, stamp
from sandbox.microsoft.world import PARTNER_TENANT, World
from sandbox.wsgi import Request

DAY = 86400
KEPT_DAYS = 90


def record(
    world: World,
    request: Request,
    customer: Json,
    *,
    resource: str,
    operation: str,
    new: Any,
    old: Any = None,
    more: dict[str, str | None] | None = None,
) -> None:
    """Keep a record of one operation on a customer's resource."""
    moment = world.now()
    identity = f"{PARTNER_TENANT}_{customer['id']}_{operation.replace('_', '')}_{int(moment * 10_000_000)}"
    kept: Json = {
        "id": identity,
        "partnerId": PARTNER_TENANT,
        "participants": [PARTNER_TENANT],
        "customerId": customer["id"],
        "customerName": customer["company_name"],
        "userPrincipalName": request.caller.get("upn"),
        "applicationId": request.caller.get("appid"),
        "resourceType": resource,
        "resourceOldValue": json.dumps(pascal_case(old), separators=(",", ":")) if old is not None else None,
        "resourceNewValue": json.dumps(pascal_case(new), separators=(",", ":")),
        "operationType": operation,
        "originalCorrelationId": request.headers.get("ms-correlationid"),
        "operationDate": stamp(moment, digits=7),
        "operationStatus": "succeeded",
        "customizedData": [{"key": key, "value": value} for key, value in (more or {}).items()],
        "attributes": {"objectType": "AuditRecord"},
    }
    world.store.put("audit", identity, {"moment": moment, "record": kept})


def list_records(world: World, request: Request) -> Json:
    """Return records of whole days, 30 days back where no start is named; older than 90 days is refused."""
    now = world.now()
    begin, end = _bounds(request, now)
    kept = [entry["record"] for entry in world.store.all("audit") if begin <= entry["moment"] < end]
    chosen = [item for item in reversed(kept) if _passes(item, request)]
    return seek_page(world, request, chosen, path="auditrecords", style="plain")


def _bounds(request: Request, now: float) -> tuple[float, float]:
    query = question(request)
    begin = read_moment(query["startdate"]) if "startdate" in query else now - 30 * DAY
    end = read_moment(query["enddate"]) if "enddate" in query else now
    if begin is None or end is None:
        raise PartnerCenterError(400, 800002, "startDate and endDate must be dates.")
    if begin < now - KEPT_DAYS * DAY - DAY:
        raise PartnerCenterError(400, 800002, "startDate must be within the last 90 days.")
    return begin, end - end % DAY + DAY


def _passes(item: Json, request: Request) -> bool:
    query = question(request)
    if "filter" not in query:
        return True
    try:
        wanted = {str(name).lower(): value for name, value in json.loads(query["filter"]).items()}
    except (json.JSONDecodeError, AttributeError) as error:
        raise PartnerCenterError(400, 800002, "The filter is not valid JSON.") from error
    names = {"customerid": "customerId", "companyname": "customerName", "resourcetype": "resourceType"}
    name = names.get(str(wanted.get("field", "")).lower())
    if name is None:
        raise PartnerCenterError(400, 3000, "The filter's field is not supported.")
    value, found = str(wanted.get("value", "")).lower(), str(item.get(name) or "").lower()
    return value in found if str(wanted.get("operator", "")).lower() == "substring" else value == found


ROUTES = [("GET", "/auditrecords", list_records)]
