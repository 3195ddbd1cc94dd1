"""Subscriptions of a customer: reading, PATCH with its rules, add-ons, upgrades, provisioning status."""

from typing import Any
from uuid import uuid4

from sandbox.microsoft import audit, commerce, listing
from sandbox.microsoft.agreements import check_confirmed
from sandbox.microsoft.catalogue import offer_shape
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written, written_in_pascal_case
from sandbox.microsoft.lines import check_quantity
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.shapes import Fields, Json, add_months, collection, etag, link, midnight, stamp
from sandbox.microsoft.term_end import brought_up
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response


def new_subscription(
    world: World, customer: Json, offer: Offer, line: Json, *, order_id: str, pending_reads: int = 0
) -> Json:
    """Keep the new subscription of an order's line and return it."""
    now = world.now()
    modern = line["catalogue_item"] is not None
    subscription: Json = {
        "id": str(uuid4()).upper(),
        "entitlement": str(uuid4()).upper() if offer.usage else None,
        "offer": offer.id,
        "catalogue_item": line["catalogue_item"],
        "term": None,
        "name": line["name"] or offer.name,
        "quantity": line["quantity"],
        "parent": line["parent"],
        "partner": line["partner"],
        "cycle": line["cycle"],
        "created": now,
        "ends": None if offer.usage else midnight(add_months(now, offer.months)),
        "status": "active",
        "auto_renew": not (offer.trial or offer.usage),
        "order": order_id,
        "version": 1,
        "pending_reads": pending_reads,
        "waiting": None,
        **(commerce.new_members(world, offer, line) if modern else {}),
    }
    return listing.keep(world, f"subscription:{customer['id']}", subscription)


def own_subscription(world: World, customer: Json, subscription: str) -> Json:
    """Return a customer's subscription as the clock has brought it up; raise 404/20003 for an unknown id."""
    found = world.store.get(f"subscription:{customer['id']}", subscription.lower())
    if found is None:
        raise PartnerCenterError(404, 20003, f"Subscription with id {subscription} not found.")
    return brought_up(world, customer, found)


def is_modern(kept: Json) -> bool:
    """Say whether a subscription is one of the new commerce."""
    return kept["catalogue_item"] is not None


def shape(world: World, customer: Json, kept: Json) -> Json:
    """Return a subscription as Partner Center writes it."""
    legacy = _legacy_shape(customer, kept)
    if not is_modern(kept):
        return legacy
    return {**legacy, **commerce.shape(world, customer, kept), "attributes": legacy["attributes"]}


def _legacy_shape(customer: Json, kept: Json) -> Json:
    offer = BY_ID[kept["offer"].lower()]
    country = customer["address"]["country"]
    base = f"/customers/{customer['id']}/subscriptions"
    parent = kept["parent"]
    links: Json = {"offer": link(f"/offers/{offer.id}?country={country}")}
    if parent:
        links["parentSubscription"] = link(f"{base}/{parent}")
    links["self"] = link(f"{base}/{kept['id']}")
    return {
        "id": kept["id"],
        "entitlementId": kept["entitlement"],
        "offerId": kept["catalogue_item"] or offer.id,
        "offerName": offer.name,
        "friendlyName": kept["name"],
        "quantity": kept["quantity"],
        "unitType": offer.unit,
        "parentSubscriptionId": parent,
        "hasPurchasableAddons": offer.has_add_ons,
        "creationDate": stamp(kept["created"]),
        "effectiveStartDate": stamp(midnight(kept["created"]), digits=0),
        "commitmentEndDate": "9999-12-31T00:00:00Z" if kept["ends"] is None else stamp(kept["ends"], digits=0),
        "status": kept["status"],
        "suspensionReasons": ["CustomerCancellation"] if kept["status"] == "suspended" else None,
        "autoRenewEnabled": kept["auto_renew"],
        "isTrial": offer.trial,
        "billingType": "usage" if offer.usage else "license",
        "billingCycle": kept["cycle"],
        "termDuration": kept["term"],
        "partnerId": kept["partner"],
        "contractType": "subscription",
        "links": links,
        "orderId": kept["order"] if kept["term"] else kept["order"].upper(),
        "attributes": {"etag": etag(kept["id"], kept["version"]), "objectType": "Subscription"},
    }


def list_subscriptions(world: World, request: Request, customer: str) -> Json:
    """Return a customer's subscriptions, of one order or partner of record where named; the list may lag."""
    found = own_customer(world, customer)
    order = request.query.get("order_id", "").lower()
    partner = request.query.get("mpn_id", "")
    for kept in world.store.all(f"subscription:{found['id']}"):
        brought_up(world, found, kept)
    items = [
        shape(world, found, kept)
        for kept in listing.listed(world, f"subscription:{found['id']}")
        if (not order or kept["order"].lower() == order) and (not partner or kept["partner"] == partner)
    ]
    query = f"?{request.query_string}" if request.query_string else ""
    return collection(items, links={"self": link(f"/customers/{found['id']}/subscriptions{query}")})


def get_subscription(world: World, _request: Request, customer: str, subscription: str) -> Json:
    """Return one subscription; a change that was only accepted is done after the reads it waits for."""
    found = own_customer(world, customer)
    kept = own_subscription(world, found, subscription)
    waiting = kept["waiting"]
    if waiting:
        left = waiting["reads"] - 1
        if left > 0:
            keep(world, found, {**kept, "waiting": {**waiting, "reads": left}})
        else:
            kept = _apply(world, found, {**kept, "waiting": None}, waiting["changes"])
    return shape(world, found, kept)


def keep(world: World, customer: Json, kept: Json) -> Json:
    """Keep a customer's subscription and return it."""
    return listing.keep(world, f"subscription:{customer['id']}", kept)


def list_add_ons(world: World, _request: Request, customer: str, subscription: str) -> Json:
    """Return the add-on subscriptions of one subscription."""
    found = own_customer(world, customer)
    base = own_subscription(world, found, subscription)
    return collection([shape(world, found, kept) for kept in _children(world, found, base)])


def _children(world: World, customer: Json, base: Json) -> list[Json]:
    everything = world.store.all(f"subscription:{customer['id']}")
    return [kept for kept in everything if (kept["parent"] or "").lower() == base["id"].lower()]


def patch_subscription(world: World, request: Request, customer: str, subscription: str) -> Response:
    """Change quantity, status, automatic renewal or nickname, which the full resource of the body shows changed."""
    found = own_customer(world, customer)
    kept = own_subscription(world, found, subscription)
    fields = Fields.of(request.json())
    _check_etag(request, fields, kept)
    check_confirmed(world, found)
    check_can_change(world, kept)
    rules = commerce.changes_of if is_modern(kept) else _changes
    changes = rules(world, found, kept, fields)
    if request.fault and request.fault.kind == "accepted":
        waiting = {"reads": int(request.fault.details.get("reads", 1)), "changes": changes}
        keep(world, found, {**kept, "waiting": waiting})
        return Response(202, headers=[("Location", f"/customers/{found['id']}/subscriptions/{kept['id']}")])
    changed = _apply(world, found, kept, changes) if changes else kept
    answer = shape(world, found, changed)
    if changes:
        audit.record(
            world,
            request,
            found,
            resource="subscription",
            operation="update_subscription",
            old=shape(world, found, kept),
            new=answer,
            more={"SubscriptionId": kept["id"]},
        )
    return written_in_pascal_case(answer) if world.switch("pascal_case_patch_answers") else written(answer)


def _check_etag(request: Request, fields: Fields, kept: Json) -> None:
    current = etag(kept["id"], kept["version"])
    for given in (request.headers.get("if-match", "").strip().strip('"'), fields.part("attributes").text("etag")):
        if given and given != current:
            raise PartnerCenterError(400, 2055, "Etag is no longer valid")


def check_can_change(world: World, kept: Json) -> None:
    """Raise the published code where nothing of a subscription can be changed now."""
    if kept["status"] == "deleted":
        raise PartnerCenterError(400, 2011, f"Subscription with id {kept['id']} and deleted status cannot be updated.")
    if is_modern(kept):
        commerce.check_updatable(world, kept)


def _changes(world: World, customer: Json, kept: Json, fields: Fields) -> Json:
    """Return what the body changes of a legacy one; raise the published error for what may not be changed."""
    cycle = fields.text("billingCycle").lower()
    if cycle and cycle != kept["cycle"]:
        description = (
            "The billing cycle for an existing subscription cannot be updated using update-subscription operation."
            " Please use update-Order operation"
        )
        raise PartnerCenterError(400, 2054, description)
    changes: Json = {}
    if "quantity" in fields and fields.number("quantity") != kept["quantity"]:
        changes["quantity"] = _checked_quantity(world, kept, fields.number("quantity"))
    status = fields.text("status").lower()
    if status and status != kept["status"]:
        changes["status"] = _checked_status(world, customer, kept, status)
    renew = fields.get("autorenewenabled")
    if isinstance(renew, bool) and renew != kept["auto_renew"]:
        if renew and (kept["ends"] is None or BY_ID[kept["offer"].lower()].trial):
            raise invalid_property("autoRenewEnabled", "the subscription cannot renew automatically")
        changes["auto_renew"] = renew
    if "friendlyname" in fields and fields.text("friendlyName") != kept["name"]:
        changes["name"] = fields.text("friendlyName")
    return changes


def _checked_quantity(world: World, kept: Json, quantity: int | None) -> int:
    if kept["status"] == "suspended":
        description = "Subscription quantity cannot be increased or decreased while subscription is being suspended"
        raise PartnerCenterError(400, 2001, description)
    check_quantity(world, BY_ID[kept["offer"].lower()], quantity)
    return quantity or 0


def _checked_status(world: World, customer: Json, kept: Json, status: str) -> str:
    if status == "active" and kept["parent"]:
        parent = world.store.get(f"subscription:{customer['id']}", kept["parent"].lower())
        if parent is None or parent["status"] != "active":
            description = "Cannot enable a child subscription, when the parent subscription is not Active"
            raise PartnerCenterError(409, 27009, description)
    if status not in ("active", "suspended"):
        raise invalid_property("status", f"{status} cannot be set")
    return status


def _apply(world: World, customer: Json, kept: Json, changes: Json) -> Json:
    changed = keep(world, customer, {**kept, **changes, "version": kept["version"] + 1})
    if changes.get("status") in ("suspended", "deleted"):
        for child in _children(world, customer, changed):
            if child["status"] == "active":
                keep(world, customer, {**child, "status": changes["status"], "version": child["version"] + 1})
    return changed


def provisioning_status(world: World, _request: Request, customer: str, subscription: str) -> Json:
    """Return how far a subscription's provisioning is; each read brings a pending one nearer to its end."""
    found = own_customer(world, customer)
    kept = own_subscription(world, found, subscription)
    pending = kept["pending_reads"] > 0
    if pending:
        keep(world, found, {**kept, "pending_reads": kept["pending_reads"] - 1})
    return {
        "skuId": BY_ID[kept["offer"].lower()].product_id,
        "status": "pending" if pending else "success",
        "quantity": kept["quantity"],
        "endDate": "9999-12-31T00:00:00Z" if kept["ends"] is None else stamp(_last_day(kept), digits=0),
        "attributes": {"objectType": "SubscriptionProvisioningStatus"},
    }


def _last_day(kept: Json) -> float:
    return commerce.last_day(kept) if is_modern(kept) else float(kept["ends"])


def list_upgrades(world: World, request: Request, customer: str, subscription: str) -> Json:
    """Return the offers that a subscription can be upgraded to, and why not now where it cannot."""
    found = own_customer(world, customer)
    kept = own_subscription(world, found, subscription)
    country = found["address"]["country"]
    locale = request.headers.get("x-locale") or "en-US"
    offer = BY_ID[kept["offer"].lower()]
    targets = [BY_ID[identity.lower()] for identity in offer.upgrades]
    return collection([_upgrade(kept, offer_shape(target, country, locale)) for target in targets])


def _upgrade(kept: Json, target: Json) -> Json:
    errors: list[Json] = []
    if kept["status"] != "active":
        description = (
            "Subscription cannot be upgraded because the source subscription state is not active."
            "  Additional Details contains the current source subscription state."
        )
        errors = [{"code": 2, "description": description, "attributes": {"objectType": "UpgradeError"}}]
    return {
        "targetOffer": target,
        "upgradeType": "upgrade_only",
        "isEligible": not errors,
        "quantity": kept["quantity"],
        "upgradeErrors": errors,
        "attributes": {"objectType": "Upgrade"},
    }


_ONE = "/customers/{customer}/subscriptions/{subscription}"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/customers/{customer}/subscriptions", list_subscriptions),
    ("GET", _ONE, get_subscription),
    ("PATCH", _ONE, patch_subscription),
    ("GET", f"{_ONE}/addons", list_add_ons),
    ("GET", f"{_ONE}/upgrades", list_upgrades),
    ("GET", f"{_ONE}/provisioningstatus", provisioning_status),
]
