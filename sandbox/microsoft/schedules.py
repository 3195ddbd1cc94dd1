"""What is to happen at the end of a term: renewal, with changes or without, cancellation, or the extended term.

`scheduledActions` win over `scheduledNextTermInstructions`; the first are written `scheduleType`, read `scheduledType`
too, for the publications disagree.
"""

from sandbox.microsoft.alignment import NEXT_TERM, read_end
from sandbox.microsoft.errors import PartnerCenterError, invalid_property
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.products import check_plan, sold_as
from sandbox.microsoft.shapes import Fields, Json, stamp
from sandbox.microsoft.world import World

DAY = 86400  # seconds
RENEW, CANCEL, EXTEND = "RenewToNewTerm", "Cancel", "RenewToExtendedServiceTerm"
ACTIONS = (RENEW, CANCEL, EXTEND)


def read_actions(world: World, customer: Json, kept: Json, offer: Offer, fields: Fields, *, renews: bool) -> list[Json]:
    """Return the scheduled actions of a subscription's body, checked; none where it has none."""
    actions = []
    for given in fields.parts("scheduledActions"):
        schedule = given.text("scheduleType") or given.text("scheduledType")
        kind = next((known for known in ACTIONS if known.lower() == given.text("actionType").lower()), None)
        if schedule.lower() != "termend" or kind is None:
            raise invalid_property("scheduledActions", f"must be TermEnd with one of {', '.join(ACTIONS)}")
        if world.switch("strict_end_of_term") and renews != (kind == RENEW):
            raise invalid_property("scheduledActions", f"{kind} contradicts autoRenewEnabled")
        instructions = read_instructions(world, customer, kept, offer, given.part("instructions"))
        if instructions and kind != RENEW:
            raise invalid_property("scheduledActions", f"{kind} takes no instructions")
        actions.append({"kind": kind, "instructions": instructions})
    if len(actions) > 1:
        raise invalid_property("scheduledActions", "there is one end of a term")
    return actions


def read_instructions(world: World, customer: Json, kept: Json, offer: Offer, given: Fields) -> Json | None:
    """Return the instructions for the next term, checked against catalogue and alignment; None where there are none."""
    if not given:
        return None
    product = given.part("product")
    target = offer
    if product:
        found = sold_as(product.text("productId"), product.text("skuId"))
        if found is None:
            raise PartnerCenterError(404, 400018, "SKU wasn't found")
        target = found
    if target is not offer and target.modern not in offer.becomes:
        raise PartnerCenterError(400, 3000, "The subscription cannot be renewed to this product.")
    term = product.text("termDuration").upper() or kept["term"]
    cycle = product.text("billingCycle").lower() or kept["cycle"]
    check_plan(target, term, cycle)
    quantity = given.number("quantity") or kept["quantity"]
    if not 1 <= quantity <= target.maximum:
        raise PartnerCenterError(
            400, 900275, "The requested quantity is not within the allowed quantity for this offer."
        )
    given_end = given.get("customtermenddate")
    return {
        "offer": target.id,
        "availability": product.text("availabilityId") or None,
        "term": term,
        "cycle": cycle,
        "promotion": product.text("promotionId") or None,
        "quantity": quantity,
        "ends": read_end(world, customer, given_end, term, start=kept["ends"], code=NEXT_TERM),
    }


def shape_instructions(instructions: Json | None) -> Json | None:
    """Return instructions as Partner Center writes them."""
    if instructions is None:
        return None
    product, sku = BY_ID[instructions["offer"].lower()].modern or ("", "")
    return {
        "product": {
            "productId": product,
            "skuId": sku,
            "availabilityId": instructions["availability"],
            "billingCycle": instructions["cycle"],
            "termDuration": instructions["term"],
            "promotionId": instructions["promotion"],
        },
        "quantity": instructions["quantity"],
        "customTermEndDate": stamp(instructions["ends"] - DAY, digits=0) if instructions["ends"] else None,
    }


def shape_actions(actions: list[Json]) -> list[Json] | None:
    """Return scheduled actions as Partner Center writes them; None where there are none."""
    shaped = [
        {
            "scheduleType": "TermEnd",
            "actionType": action["kind"],
            "instructions": shape_instructions(action["instructions"]),
        }
        for action in actions
    ]
    return shaped or None
