"""Promotions of the new commerce: which there are, and whether a purchase gets one."""

from dataclasses import dataclass

from sandbox.microsoft.catalogue import country_asked
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.offer import Offer
from sandbox.microsoft.offers import BY_ID
from sandbox.microsoft.products import modern_offer
from sandbox.microsoft.shapes import Fields, Json, collection, read_moment
from sandbox.microsoft.world import World
from sandbox.wsgi import Request

CYCLE_NAMES = {"monthly": "Monthly", "annual": "Annual", "triennial": "Triennial", "none": "None"}


@dataclass(frozen=True)
class Promotion:
    """A part of the price that is not asked for, for one term and billing plan of one SKU."""

    id: str
    name: str
    modern: tuple[str, str]
    term: str
    cycle: str
    discount: str
    begin: str
    end: str
    seats: tuple[int, int] = (1, 2400)
    new_buyers_only: bool = False


PROMOTIONS = (
    Promotion(
        "39NFJQT1PJQB:0001:39NFJQT1Q5KN",
        "Microsoft 365 Business Premium, a year at once",
        ("CFQ7TTC0LCHC", "0002"),
        "P1Y",
        "annual",
        "0.15",
        "2026-01-01",
        "2027-06-30",
    ),
    Promotion(
        "39NFJQT1PJQC:0001:39NFJQT1Q5KM",
        "Office 365 E3 for those who are new to it",
        ("CFQ7TTC0LF8R", "0001"),
        "P1Y",
        "monthly",
        "0.05",
        "2026-01-01",
        "2027-06-30",
        seats=(10, 300),
        new_buyers_only=True,
    ),
)


def _is_current(world: World, promotion: Promotion) -> bool:
    begin, end = read_moment(promotion.begin) or 0.0, read_moment(promotion.end) or 0.0
    return begin <= world.now() < end + 86400


def _shape(promotion: Promotion) -> Json:
    product, sku = promotion.modern
    required = {
        "productId": product,
        "skuId": sku,
        "term": {"duration": promotion.term, "billingCycle": CYCLE_NAMES[promotion.cycle]},
        "pricingPolicies": [{"policyType": "PercentDiscount", "value": promotion.discount}],
    }
    return {
        "id": promotion.id,
        "name": promotion.name,
        "description": promotion.name,
        "startDate": f"{promotion.begin}T00:00:00+00:00",
        "endDate": f"{promotion.end}T23:59:59+00:00",
        "properties": {"isAutoApplicable": False},
        "requiredProducts": [required],
    }


def list_promotions(world: World, request: Request) -> Json:
    """Return the promotions of today for a segment, which only commerce has."""
    country_asked(world, request)
    segment = request.query.get("segment", "").lower()
    if not segment:
        raise PartnerCenterError(400, 400000, "The query parameter segment is required.")
    return collection([_shape(one) for one in PROMOTIONS if segment == "commercial" and _is_current(world, one)])


def errors_of(world: World, customer: Json, promotion: Promotion | None, offer: Offer, wanted: Json) -> list[Json]:
    """Return why a purchase (`term`, `cycle`, `quantity`) does not get a promotion; none where it does."""
    if promotion is None or not _is_current(world, promotion) or promotion.modern != offer.modern:
        return [{"type": "InvalidPromotion", "description": "The provided promotion is invalid."}]
    errors: list[Json] = []
    if (wanted["term"], wanted["cycle"]) != (promotion.term, promotion.cycle):
        eligible = {"duration": promotion.term, "billingCycle": CYCLE_NAMES[promotion.cycle]}
        description = "The provided term isn't applicable for the promotion."
        errors.append({"type": "Term", "description": description, "eligibleTerms": [eligible]})
    least, most = promotion.seats
    if not least <= (wanted["quantity"] or 0) <= most:
        description = (
            "The provided quantity doesn't satisfy the minimum or maximum seat requirements for the promotion."
        )
        seats = {"minimumRequiredSeats": least, "maximumRequiredSeats": most, "availableSeats": most}
        errors.append({**seats, "type": "SeatCount", "description": description})
    if promotion.new_buyers_only and _has_bought(world, customer, offer):
        description = "This offer has been purchased previously for this customer."
        errors.append({"type": "OfferPurchasedPreviously", "description": description})
    return errors


def _has_bought(world: World, customer: Json, offer: Offer) -> bool:
    held = world.store.all(f"subscription:{customer['id']}")
    return any(BY_ID[kept["offer"].lower()].modern == offer.modern for kept in held)


def applied(world: World, customer: Json, identity: str, offer: Offer, wanted: Json) -> str | None:
    """Return the promotion that a purchase gets: one that it does not get is left out without a word."""
    promotion = _by_id(identity)
    if promotion is None or errors_of(world, customer, promotion, offer, wanted):
        return None
    return promotion.id


def _by_id(identity: str) -> Promotion | None:
    return next((one for one in PROMOTIONS if one.id.lower() == identity.lower()), None)


def verify(world: World, request: Request, customer: str) -> Json:
    """Return for each purchase which promotion it gets: the one that it names, or any of its SKU."""
    found = own_customer(world, customer)
    items = Fields.of(request.json()).parts("items")
    return collection([_verified(world, found, item, number) for number, item in enumerate(items)])


def _verified(world: World, customer: Json, item: Fields, number: int) -> Json:
    wanted = {
        "term": item.text("termDuration").upper(),
        "cycle": item.text("billingCycle").lower(),
        "quantity": item.number("quantity"),
    }
    given = item.number("id")
    return {
        "id": number if given is None else given,
        "catalogItemId": item.text("catalogItemId"),
        "quantity": wanted["quantity"],
        "billingCycle": wanted["cycle"],
        "termDuration": wanted["term"],
        "eligibilities": _eligibilities(world, customer, item, wanted),
        "attributes": {"objectType": "PromotionEligibilities"},
    }


def _eligibilities(world: World, customer: Json, item: Fields, wanted: Json) -> list[Json]:
    offer, named = modern_offer(world, item.text("catalogItemId")), item.text("promotionId")
    if offer is None:
        error = {"type": "InvalidCatalogItemId", "description": "The provided CatalogItemId is invalid."}
        return [{"promotionId": named or None, "isEligible": False, "errors": [error]}]
    asked: list[tuple[str, Promotion | None]] = [(named, _by_id(named))]
    if not named:
        asked = [(one.id, one) for one in PROMOTIONS if one.modern == offer.modern and _is_current(world, one)]
    if not asked:
        error = {"type": "NoPromotionsAvailable", "description": "There are no promotions available at this time."}
        return [{"isEligible": False, "errors": [error]}]
    judged = [(identity, errors_of(world, customer, one, offer, wanted)) for identity, one in asked]
    return [
        {"promotionId": identity, "isEligible": not errors, "errors": errors or None} for identity, errors in judged
    ]


ROUTES = [
    ("GET", "/productpromotions", list_promotions),
    ("POST", "/customers/{customer}/promotionEligibilities", verify),
]
