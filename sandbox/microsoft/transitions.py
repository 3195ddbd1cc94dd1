"""Moves of a subscription of the new commerce to another product: upgrades, and from a trial to what is paid."""

from typing import Any

from sandbox.microsoft.agreements import check_confirmed
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property
from sandbox.microsoft.lines import STALE_ITEM
from sandbox.microsoft.offer import CYCLE_MONTHS, MONTHS, catalogue_item_id
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.products import modern_offer, sold_as
from sandbox.microsoft.shapes import Fields, Json, collection, stamp
from sandbox.microsoft.subscriptions import check_can_change, is_modern, keep, own_subscription
from sandbox.microsoft.term_end import brought_up
from sandbox.microsoft.world import World, stable_id
from sandbox.wsgi import Request

TYPES = ("transition_only", "transition_with_license_transfer")
REASONS = {
    1: "Subscription is not active.",
    2: "Subscription is within cancellation window.",
    3: "The subscription's term duration is shorter than the source subscription's term duration.",
    4: "Subscription term end date is before the source subscription's term end date.",
}


def _source(world: World, customer: Json, subscription: str) -> Json:
    kept = own_subscription(world, customer, subscription)
    if not is_modern(kept):
        raise PartnerCenterError(403, 900263, "This API method is not supported for legacy subscriptions.")
    return kept


def list_eligibilities(world: World, request: Request, customer: str, subscription: str) -> Json:
    """Return to what a subscription may be moved, at once or at the end of its term, and why not now."""
    found = own_customer(world, customer)
    kept = _source(world, found, subscription)
    when = request.query.get("eligibilitytype", "immediate").lower()
    if when not in ("immediate", "scheduled"):
        raise invalid_property("eligibilityType", "must be immediate or scheduled")
    offer = BY_ID[kept["offer"].lower()]
    targets = [target for target in (sold_as(*pair) for pair in offer.becomes) if target is not None]
    existing = when == "immediate" and not offer.trial
    return collection([_eligibility(world, found, kept, target, existing=existing) for target in targets])


def _eligibility(world: World, customer: Json, kept: Json, target: Offer, *, existing: bool) -> Json:
    errors = []
    if kept["status"] != "active":
        errors = [{"code": 1, "description": "Subscription can't be Transitioned - source subscription isn't active."}]
    held = world.store.all(f"subscription:{customer['id']}") if existing else []
    others = [other for other in held if other["offer"] == target.id and other["id"] != kept["id"]]
    return {
        "operationId": stable_id("transition", kept["id"], target.id),
        "catalogItemId": catalogue_item_id(target, world.switch("availabilities")),
        "title": target.name,
        "description": target.description,
        "quantity": kept["quantity"],
        "subscriptionEligibilities": [_into(world, kept, other) for other in others],
        "eligibilities": [{"isEligible": not errors, "transitionType": kind, "errors": errors} for kind in TYPES],
        "attributes": {"objectType": "TransitionEligibility"},
    }


def _into(world: World, kept: Json, other: Json) -> Json:
    codes = []
    if other["status"] != "active":
        codes.append(1)
    if world.now() < other["cancel_until"]:
        codes.append(2)
    if MONTHS[other["term"]] < MONTHS[kept["term"]]:
        codes.append(3)
    if other["ends"] < kept["ends"]:
        codes.append(4)
    return {
        "isEligible": not codes,
        "subscriptionId": other["id"],
        "subscriptionFriendlyName": other["name"],
        "subscriptionTermDuration": other["term"],
        "subscriptionBillingCycle": other["cycle"],
        "errors": [{"code": code, "description": REASONS[code]} for code in codes],
    }


def move(world: World, request: Request, customer: str, subscription: str) -> Json:
    """Begin a move and answer with its first event."""
    found = own_customer(world, customer)
    kept = _source(world, found, subscription)
    check_confirmed(world, found)
    check_can_change(world, kept)
    if kept["status"] != "active":
        raise PartnerCenterError(400, 800091, "Can't update a subscription with suspended status")
    fields = Fields.of(request.json())
    source = BY_ID[kept["offer"].lower()]
    target = modern_offer(world, fields.text("toCatalogItemId"))
    if target is None:
        raise PartnerCenterError(400, STALE_ITEM, "The catalog item is not available.")
    if target.modern not in source.becomes:
        raise PartnerCenterError(403, 800020, "The catalog item isn't eligible for purchase.")
    kind = fields.text("transitionType").lower()
    if kind not in TYPES:
        raise invalid_property("transitionType", f"must be one of {', '.join(TYPES)}")
    quantity = fields.number("quantity")
    if quantity is None or not 1 <= quantity <= kept["quantity"]:
        raise PartnerCenterError(400, 2002, "Subscription quantity is not within minimum and maximum allowed quantity")
    term, cycle = _plan(kept, source, target, fields)
    begun: Json = {
        "offer": target.id,
        "item": fields.text("toCatalogItemId"),
        "from": kept["catalogue_item"],
        "to": _checked_target(world, found, kept, target, fields.text("toSubscriptionId")),
        "quantity": quantity,
        "term": term,
        "cycle": cycle,
        "kind": kind,
        "began": world.now(),
        "until": world.now() + float(world.switch("transition_seconds")),
        "done": False,
    }
    kept = keep(world, found, {**kept, "transitions": [*kept["transitions"], begun]})
    answer = _shape(kept, begun)
    brought_up(world, found, kept)
    return answer


def _plan(kept: Json, source: Offer, target: Offer, fields: Fields) -> tuple[str, str]:
    """Return term and billing plan after a move; raise the published codes for what the target does not list."""
    term = fields.text("termDuration").upper() or ("P1Y" if source.trial else kept["term"])
    cycle = fields.text("billingCycle").lower() or ("monthly" if source.trial else kept["cycle"])
    if term not in {listed for listed, _ in target.plans}:
        raise PartnerCenterError(400, 900268, "The term duration on the target transition is invalid.")
    if MONTHS[term] < MONTHS[kept["term"]]:
        description = "Target transition can't have a term duration shorter than that of the source subscription."
        raise PartnerCenterError(400, 900267, description)
    if CYCLE_MONTHS.get(cycle, 0) > MONTHS[term]:
        raise PartnerCenterError(400, 900270, "The billing cycle cannot be longer than the term.")
    if (term, cycle) not in target.plans:
        raise PartnerCenterError(400, 900269, "The billing cycle is invalid.")
    return term, cycle


def _checked_target(world: World, customer: Json, kept: Json, target: Offer, identity: str) -> str | None:
    if not identity:
        return None
    invalid = "The target transition ToSubscriptionId field is invalid. "
    if identity.lower() == kept["id"].lower():
        description = "Target subscription id can't be the same as the source subscription ID."
        raise PartnerCenterError(400, 900259, invalid + description)
    other = own_subscription(world, customer, identity)
    if other["status"] != "active":
        raise PartnerCenterError(400, 900258, invalid + "Target subscription must be active.")
    if other["offer"] != target.id:
        description = "Target subscription must have the same CatalogItemId as in the transition request."
        raise PartnerCenterError(400, 900260, invalid + description)
    if other["ends"] < kept["ends"]:
        description = "Target subscription CommitmentEndDate must be later than source subscription"
        raise PartnerCenterError(400, 900236, invalid + description)
    return str(other["id"])


def _shape(kept: Json, begun: Json) -> Json:
    moments = [("Started", begun["began"])] + ([("Completed", begun["until"])] if begun["done"] else [])
    events = [
        {
            "name": "Conversion",
            "status": status,
            "timestamp": stamp(moment, digits=7),
            "attributes": {"objectType": "TransitionEvent"},
        }
        for status, moment in moments
    ]
    return {
        "fromCatalogItemId": begun["from"],
        "fromSubscriptionId": kept["id"],
        "toCatalogItemId": begun["item"],
        "toSubscriptionId": begun["to"],
        "quantity": begun["quantity"],
        "termDuration": begun["term"],
        "billingCycle": begun["cycle"],
        "transitionType": begun["kind"],
        "events": events,
        "attributes": {"objectType": "Transition"},
    }


def list_moves(world: World, _request: Request, customer: str, subscription: str) -> Json:
    """Return the moves of a subscription and how far each is."""
    found = own_customer(world, customer)
    kept = _source(world, found, subscription)
    return collection([_shape(kept, begun) for begun in kept["transitions"]])


_ONE = "/customers/{customer}/subscriptions/{subscription}"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", f"{_ONE}/transitionEligibilities", list_eligibilities),
    ("GET", f"{_ONE}/transitions", list_moves),
    ("POST", f"{_ONE}/transitions", move),
]
