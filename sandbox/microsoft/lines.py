"""Lines of orders and carts: what one asks for, checked against catalogue and customer, and whether there is room."""

from sandbox.microsoft.alignment import PURCHASE, read_end
from sandbox.microsoft.catalogue import is_for_sale
from sandbox.microsoft.errors import PartnerCenterError, invalid_property
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.products import check_plan, modern_offer
from sandbox.microsoft.promotions import applied
from sandbox.microsoft.qualifications import is_qualified
from sandbox.microsoft.shapes import Fields, Json
from sandbox.microsoft.world import KNOWN_MPN_IDS, PARTNER_MPN, World

STALE_ITEM = 10001  # the error for an availability that is no more
REVIEWED = "pending review"
WAITING = ("pending", REVIEWED)
RESELLER, FURTHER_RESELLER = "transaction_reseller", "additional_transaction_reseller"
FURTHER_RESELLERS = 5


def wanted_line(world: World, customer: Json, fields: Fields, *, cycle: str) -> Json:
    """Return what one line orders, checked against catalogue and customer."""
    item = fields.text("offerId") or fields.text("catalogItemId")
    modern = modern_offer(world, item)
    offer = modern or BY_ID.get(item.lower())
    if offer is None or not (modern or offer.legacy):
        raise PartnerCenterError(400, 800004, "Invalid offer Id")
    if not (modern or is_for_sale(world, offer)):
        raise PartnerCenterError(403, 2091, "The offer is no longer available for purchase")
    quantity = fields.number("quantity")
    check_quantity(world, offer, quantity)
    if not modern and cycle not in ("unknown", *offer.billing_cycles):
        raise invalid_property("billingCycle", f"the offer is billed {' or '.join(offer.billing_cycles)}")
    line: Json = {
        "offer": offer.id,
        "catalogue_item": item if modern else None,
        "term": None,
        "quantity": quantity,
        "name": fields.text("friendlyName"),
        "parent": _checked_parent(world, customer, offer, fields.text("parentSubscriptionId")),
        "partner": _checked_partner(fields),
        "cycle": cycle,
        "subscription": None,
    }
    return {**line, **_modern_terms(world, customer, offer, fields, line)} if modern else line


def _modern_terms(world: World, customer: Json, offer: Offer, fields: Fields, line: Json) -> Json:
    """Return what only lines of the new commerce say: term, its last day, promotion, what a trial renews to."""
    if not is_qualified(world, customer, offer.segment):
        raise PartnerCenterError(403, 800020, "The catalog item isn't eligible for purchase.")
    if offer.attested and fields.get("attestationaccepted") is not True:
        raise PartnerCenterError(
            400, 900203, f"CatalogItemId: {line['catalogue_item']} requires attestation acceptance."
        )
    _check_base(world, customer, offer)
    term = fields.text("termDuration").upper()
    if not term and not world.switch("term_required"):
        listed = [duration for duration, _ in offer.plans]
        term = "P1Y" if "P1Y" in listed else listed[0]
    check_plan(offer, term, line["cycle"])
    plan = {"term": term, "cycle": line["cycle"], "quantity": line["quantity"]}
    given, start = fields.get("customtermenddate"), world.now()
    renews = fields.part("renewsTo")
    return {
        "term": term,
        "ends": read_end(world, customer, given, term, start=start, code=PURCHASE),
        "promotion": applied(world, customer, fields.text("promotionId"), offer, plan),
        "renews_to": [renews.text("termDuration").upper(), renews.text("billingCycle").lower()],
    }


def _check_base(world: World, customer: Json, offer: Offer) -> None:
    """Raise where the customer has none of what an add-on goes on top of; the code is not published for carts."""
    held = world.store.all(f"subscription:{customer['id']}")
    has = any(BY_ID[kept["offer"].lower()].modern in offer.bases and kept["status"] == "active" for kept in held)
    if offer.bases and not has:
        raise PartnerCenterError(400, 800029, "The add-on is not related to a subscription that the customer has")


def _checked_partner(fields: Fields) -> str | None:
    """Return the Partner ID of the reseller of record, from the line or its participants; digits, never one's own."""
    participants = fields.parts("participants")
    named = [one.text("value") for one in participants if one.text("key").lower() == RESELLER]
    further = [one.text("value") for one in participants if one.text("key").lower() == FURTHER_RESELLER]
    if len(named) > 1 or len(further) > FURTHER_RESELLERS:
        raise invalid_property("participants", f"one reseller, and at most {FURTHER_RESELLERS} further ones")
    partner = fields.text("partnerIdOnRecord") or (named[0] if named else "")
    for identity in filter(None, [partner, *named, *further]):
        if identity == PARTNER_MPN:
            raise PartnerCenterError(400, 2071, "MPN Id is not a valid Advisor")
        if identity not in KNOWN_MPN_IDS:
            raise PartnerCenterError(404, 800015, "PartnerID is not found")
    return partner or None


def check_quantity(world: World, offer: Offer, quantity: int | None) -> None:
    """Raise 2002 for a quantity outside the offer's bounds, 800018 for one over the integration sandbox's."""
    if quantity is None or not 1 <= quantity <= offer.maximum:
        raise PartnerCenterError(400, 2002, "Subscription quantity is not within minimum and maximum allowed quantity")
    limit = world.switch("licence_limit")
    if limit is not None and quantity > limit and not offer.usage:
        raise PartnerCenterError(400, 800018, "The sandbox limit has been met")


def _checked_parent(world: World, customer: Json, offer: Offer, parent: str) -> str | None:
    if not parent:
        if offer.is_add_on:
            raise invalid_property("parentSubscriptionId", "an add-on needs the subscription it is added to")
        return None
    found = world.store.get(f"subscription:{customer['id']}", parent.lower())
    if found is None:
        raise PartnerCenterError(404, 20003, f"Subscription with id {parent} not found.")
    if found["offer"] not in offer.prerequisites:
        raise PartnerCenterError(400, 800029, "The add-on is not related to the specified parent subscription")
    if found["status"] != "active":
        description = "Cannot enable a child subscription, when the parent subscription is not Active"
        raise PartnerCenterError(409, 27009, description)
    return str(found["id"])


def check_room(world: World, customer: Json, lines: list[Json]) -> None:
    """Raise 27006 where an offer's use limit is reached, 800018 where the integration sandbox's limit is.

    Limits of concurrent use are the legacy catalogue's; the new commerce limits trials alone.
    """
    held = world.store.all(f"subscription:{customer['id']}")
    pending = [order for order in world.store.all(f"order:{customer['id']}") if order["status"] in WAITING]
    held += [{**line, "status": "active"} for order in pending for line in order["lines"]]
    for line in lines:
        offer = BY_ID[line["offer"].lower()]
        same = [kept for kept in held if kept["offer"] == offer.id and (offer.trial or kept["status"] == "active")]
        asked = sum(other["offer"] == offer.id for other in lines)
        limited = offer.trial or not line["catalogue_item"]
        if limited and offer.limit and len(same) + asked > offer.limit:
            raise PartnerCenterError(400, 27006, "The offer use limit has been reached.")
    limit = world.switch("subscription_limit")
    if limit is not None and len(held) + len(lines) > limit:
        raise PartnerCenterError(400, 800018, "The sandbox limit has been met")
