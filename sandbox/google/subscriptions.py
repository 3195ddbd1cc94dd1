"""Subscriptions of the Reseller API: bought, transferred, changed, suspended, cancelled, listed."""

from sandbox.google import customers, plans
from sandbox.google.errors import GoogleError, invalid, missing, not_met
from sandbox.google.products import SKUS
from sandbox.google.world import OURS, Row, World, fresh
from sandbox.wsgi import Request, Response

ROOT = "/apps/reseller/v1/customers/{customer}/subscriptions"
ONE = ROOT + "/{subscription}"


def _living(world: World, customer: Row, sku: str) -> Row | None:
    """Return a customer's subscription of a SKU that was not cancelled."""
    rows = (plans.as_of_now(world, row) for row in world.subscriptions(customer["id"]))
    return next((row for row in rows if row["sku"] == sku and row["status"] != "CANCELLED"), None)


def _of(world: World, customer: str, subscription: str) -> Row:
    owner = customers.of_ours(world, customer)
    found = world.store.get("subscription", subscription)
    if found is None or found["customer"] != owner["id"] or found["owner"] != OURS:
        raise missing("Subscription not found.")
    return plans.as_of_now(world, found)


def _body(request: Request) -> Row:
    body = request.json()
    if not isinstance(body, dict):
        raise invalid("The body is not an object.")
    return body


def insert(world: World, request: Request, customer: str) -> Row:
    """subscriptions.insert"""
    owner, body = customers.of_ours(world, customer), _body(request)
    sku = str(body.get("skuId", ""))
    if sku not in SKUS:
        raise invalid(f"Invalid value for: skuId {sku}")
    if request.query.get("action") == "switch" or "sourceskuid" in request.query:
        raise not_met("Switching of SKUs is not played here.")
    plan = plans.plan_of(body.get("plan") or {})
    seats = plans.seats_of(plan, body.get("seats"))
    token, before = request.query.get("customerauthtoken", ""), _living(world, owner, sku)
    if token and not world.transfers(token, owner):
        raise invalid("Invalid value for: customerAuthToken")
    if before is not None and (before["owner"] == OURS or not token):
        raise GoogleError(409, "duplicate", "Entity already exists.")
    if before is not None and seats < _least(world, before):
        raise invalid(f"Invalid value for: seats, at least {_least(world, before)} are transferred")
    row: Row = {
        "id": fresh(12), "customer": owner["id"], "sku": sku, "owner": OURS, "seats": seats, "made": world.now(),
        "status": "SUSPENDED", "next_plan": "", "next_seats": 0,
        "reasons": [] if owner["accepted"] else [plans.PENDING_TERMS],
        **plans.begun(world, plan), **plans.purchase(body, {"order": "", "deal": ""}),
    }  # fmt: skip
    if "renewalSettings" in body:
        row["renewal"] = _renewal(row, body["renewalSettings"])
    if before is not None:
        world.store.delete("subscription", before["id"])
    return plans.told(world, plans.kept(world, row))


def _least(world: World, row: Row) -> int:
    """Return how many seats have to be transferred: all that were committed to, or all that are in use."""
    return max(plans.used(world, row), row["seats"] if row["plan"] in plans.ANNUAL else 1)


def _renewal(row: Row, settings: object) -> str:
    wanted = settings.get("renewalType") if isinstance(settings, dict) else None
    if row["plan"] not in plans.ANNUAL:
        raise not_met("Renewal settings are of annual plans only.")
    if wanted not in plans.RENEWALS:
        raise invalid(f"Invalid value for: renewalType {wanted}")
    return str(wanted)


def get(world: World, _request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.get"""
    return plans.told(world, _of(world, customer, subscription))


def change_plan(world: World, request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.changePlan"""
    row, body = _of(world, customer, subscription), _body(request)
    if row["status"] == "CANCELLED":
        raise GoogleError(400, "badRequest", "Subscription is cancelled.")
    changed = plans.kept(world, row, **plans.changed_plan(world, row, body))
    return plans.told(world, plans.reissued(world, changed) if world.switch("changes_ids") else changed)


def change_seats(world: World, request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.changeSeats"""
    row = _of(world, customer, subscription)
    plans.alive(row)
    seats = plans.seats_of(row["plan"], _body(request))
    plans.lowered(world, row, seats)
    return plans.told(world, plans.kept(world, row, seats=seats))


def change_renewal(world: World, request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.changeRenewalSettings"""
    row = _of(world, customer, subscription)
    return plans.told(world, plans.kept(world, row, renewal=_renewal(row, _body(request))))


def start_paid(world: World, _request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.startPaidService"""
    row = _of(world, customer, subscription)
    if row["plan"] != plans.TRIAL or not row["next_plan"]:
        raise not_met("Only a trial with a plan assigned can be started.")
    paid = {**plans.begun(world, row["next_plan"]), "seats": row["next_seats"], "next_plan": ""}
    reasons = [reason for reason in row["reasons"] if reason != plans.TRIAL_ENDED]
    return plans.told(world, plans.kept(world, row, reasons=reasons, **paid))


def suspend(world: World, _request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.suspend"""
    row = _of(world, customer, subscription)
    if row["status"] == "CANCELLED":
        raise GoogleError(400, "badRequest", "Subscription is cancelled.")
    rows = world.subscriptions(row["customer"])
    added = any(SKUS[one["sku"]].is_add_on and one["status"] != "CANCELLED" for one in rows)
    if added and not SKUS[row["sku"]].is_add_on:
        raise not_met("Cancel Vault and Drive storage before the subscription that they belong to is suspended.")
    return plans.told(world, plans.kept(world, row, reasons=sorted({*row["reasons"], plans.BY_RESELLER})))


def activate(world: World, _request: Request, customer: str, subscription: str) -> Row:
    """subscriptions.activate: takes back what the reseller has suspended, nothing else"""
    row = _of(world, customer, subscription)
    if row["status"] == "CANCELLED":
        raise GoogleError(400, "badRequest", "Subscription is cancelled.")
    reasons = [reason for reason in row["reasons"] if reason != plans.BY_RESELLER]
    return plans.told(world, plans.kept(world, row, reasons=reasons))


def delete(world: World, request: Request, customer: str, subscription: str) -> Response:
    """subscriptions.delete"""
    row, how = _of(world, customer, subscription), request.query.get("deletiontype", "")
    if how == "cancel":
        plans.kept(world, row, status="CANCELLED")
    elif how == "transfer_to_direct":
        if not any(user["is_admin"] for user in world.users(row["customer"])):
            raise not_met("The customer has no administrator who could take it over.")
        plans.kept(world, row, owner="google")
    else:
        raise invalid(f"Invalid value for: deletionType {how}")
    return Response(204)


def list_all(world: World, request: Request) -> Row:
    """subscriptions.list: ours, or, with a transfer token, those of a customer that can be transferred"""
    query = request.query
    most = int(query.get("maxresults") or 20)
    if not 1 <= most <= 100:
        raise invalid("Invalid value for: maxResults")
    token = query.get("customerauthtoken", "")
    rows = _transferable(world, query.get("customerid", ""), token) if token else _listed(world, query)
    first = int(query.get("pagetoken") or 0)
    answer: Row = {"kind": "reseller#subscriptions", "subscriptions": rows[first : first + most]}
    return answer | ({"nextPageToken": str(first + most)} if len(rows) > first + most else {})


def _listed(world: World, query: dict[str, str]) -> list[Row]:
    owner = customers.of_ours(world, query["customerid"])["id"] if query.get("customerid") else ""
    prefix = query.get("customernameprefix", "").lower()
    told = []
    for row in world.subscriptions(owner):
        customer = world.store.get("customer", row["customer"]) or {}
        if row["owner"] == OURS and customer.get("owner") == OURS and world.is_listed(row["made"]):
            if prefix and not customer["address"]["organizationName"].lower().startswith(prefix):
                continue
            told.append(plans.told(world, plans.as_of_now(world, row)))
    return told


def _transferable(world: World, customer: str, token: str) -> list[Row]:
    owner = world.customer(customer)
    if owner is None or not world.transfers(token, owner):
        raise invalid("Invalid value for: customerAuthToken")
    rows = [row for row in world.subscriptions(owner["id"]) if row["owner"] != OURS and row["status"] != "CANCELLED"]
    return [
        {**plans.told(world, row), "transferInfo": {"minimumTransferableSeats": _least(world, row)}} for row in rows
    ]


ROUTES = (
    ("GET", "/apps/reseller/v1/subscriptions", list_all),
    ("POST", ROOT, insert),
    ("GET", ONE, get),
    ("DELETE", ONE, delete),
    ("POST", ONE + "/changePlan", change_plan),
    ("POST", ONE + "/changeSeats", change_seats),
    ("POST", ONE + "/changeRenewalSettings", change_renewal),
    ("POST", ONE + "/startPaidService", start_paid),
    ("POST", ONE + "/suspend", suspend),
    ("POST", ONE + "/activate", activate),
)
