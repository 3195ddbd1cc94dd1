"""The modern catalogue: products, their SKUs, and the availabilities with their terms, billing plans and refunds.

It names legacy offers too: `productType.id` tells which is which. What is sold to schools, charities and authorities
has a segment; a customer's own catalogue shows it to those who qualify.
"""

from sandbox.microsoft.catalogue import SYMBOLS, country_asked, currency_of, is_for_sale
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property
from sandbox.microsoft.offer import CYCLE_MONTHS, MONTHS, Offer, availability_id, catalogue_item_id
from sandbox.microsoft.offers import OFFERS, SOLD
from sandbox.microsoft.qualifications import SEGMENTS, is_qualified
from sandbox.microsoft.shapes import Json, collection, link
from sandbox.microsoft.world import World, stable_id
from sandbox.wsgi import Request

NEW_COMMERCE_TYPE = "OnlineServicesNCE"
LEGACY_TYPE = "OnlineServices"
LEGACY_SKU = "0001"
TERMS = {"P1M": "One-Month commitment", "P1Y": "One-Year commitment", "P3Y": "Three-Year commitment"}


def product_type(offer: Offer, *, modern: bool = True) -> Json:
    """Return the type of product, which tells the new commerce from the legacy."""
    kind = NEW_COMMERCE_TYPE if modern and offer.modern else LEGACY_TYPE
    sub_type = {"id": LEGACY_TYPE, "displayName": LEGACY_TYPE}
    return {"id": kind, "displayName": kind, "subType": sub_type}


def modern_offer(world: World, catalogue_item: str) -> Offer | None:
    """Return the offer behind product:sku:availability as the catalogue stands now, or None."""
    generation = world.switch("availabilities")
    for offer in SOLD:
        if offer.modern and catalogue_item_id(offer, generation).lower() == catalogue_item.lower():
            return offer
    return None


def sold_as(product: str, sku: str) -> Offer | None:
    """Return the offer of a product and SKU, or None."""
    wanted = (product.upper(), sku.upper())
    return next((offer for offer in SOLD if offer.modern == wanted), None)


def check_plan(offer: Offer, term: str, cycle: str) -> None:
    """Raise the published code for a term or billing plan that the offer's availability does not list."""
    if term not in {listed for listed, _ in offer.plans}:
        raise PartnerCenterError(400, 800121, "The term duration provided is invalid.")
    if CYCLE_MONTHS.get(cycle, 0) > MONTHS[term]:
        raise PartnerCenterError(400, 900270, "The billing cycle cannot be longer than the term.")
    if (term, cycle) not in offer.plans:
        raise PartnerCenterError(400, 900269, "The billing cycle is invalid.")


def _skus_of(product: str) -> list[Offer]:
    """Return the offers that are SKUs of a product; raise 404/400013 for an unknown one."""
    found = [offer for offer in SOLD if offer.modern and offer.modern[0].lower() == product.lower()]
    found = found or [offer for offer in OFFERS if offer.id.lower() == product.lower()]
    if not found:
        raise PartnerCenterError(404, 400013, "The parent product was not found.")
    return found


def _ids(offer: Offer, product: str) -> tuple[str, str]:
    """Return product and SKU as they are asked for: a legacy offer's product is the offer itself."""
    if offer.modern and offer.modern[0].lower() == product.lower():
        return offer.modern
    return offer.id, LEGACY_SKU


def _product(offer: Offer, identity: str, country: str) -> Json:
    modern = identity != offer.id
    links = {
        "skus": link(f"/products/{identity}/skus?country={country}"),
        "self": link(f"/products/{identity}?country={country}"),
    }
    return {
        "id": identity,
        "title": offer.name,
        "description": offer.description,
        "productType": product_type(offer, modern=modern),
        "isMicrosoftProduct": True,
        "publisherName": "Microsoft Corporation",
        "links": links,
    }


def _sku(offer: Offer, product: str, country: str) -> Json:
    product, sku = _ids(offer, product)
    links = {
        "availabilities": link(f"/products/{product}/skus/{sku}/availabilities?country={country}"),
        "self": link(f"/products/{product}/skus/{sku}?country={country}"),
    }
    modern = product != offer.id
    return {
        "id": sku,
        "productId": product,
        "title": offer.name,
        "description": offer.description,
        "minimumQuantity": 1,
        "maximumQuantity": offer.maximum,
        "isTrial": offer.trial,
        "supportedBillingCycles": sorted({cycle for _, cycle in offer.plans}) if modern else offer.billing_cycles,
        "purchasePrerequisites": [],
        "provisioningVariables": [],
        "attestationProperties": {"attestationType": "Product", "enforceAttestation": True} if offer.attested else None,
        "dynamicAttributes": {
            "provisioningId": offer.product_id.lower(),
            "isAddon": bool(offer.bases),
            "prerequisiteSkus": [":".join(base) for base in offer.bases],
        },
        "links": links,
    }


def _is_shown(world: World, request: Request, offer: Offer, customer: str | None) -> bool:
    """Say whether a segment's offer is shown: the one asked for, else all but charities'; to customers who qualify."""
    segment = request.query.get("targetsegment", "").lower()
    if segment and segment not in SEGMENTS:
        raise invalid_property("targetSegment", f"must be one of {', '.join(SEGMENTS)}")
    wanted = offer.segment == segment if segment else offer.segment != "nonprofit"
    return wanted and (customer is None or is_qualified(world, own_customer(world, customer), offer.segment))


def list_products(world: World, request: Request, customer: str | None = None) -> Json:
    """Return the products of a view of the modern catalogue: here only OnlineServices has any, legacy ones among it."""
    country = country_asked(world, request, customer)
    view = request.query.get("targetview", "").lower()
    if not view:
        raise PartnerCenterError(400, 400000, "The query parameter targetView is required.")
    products: dict[str, Json] = {}
    for offer in SOLD if view == "onlineservices" else ():
        if offer.modern and _is_shown(world, request, offer, customer):
            products.setdefault(offer.modern[0], _product(offer, offer.modern[0], country))
    for offer in OFFERS if view == "onlineservices" else ():
        if is_for_sale(world, offer) and not offer.usage and _is_shown(world, request, offer, customer):
            products[offer.id] = _product(offer, offer.id, country)
    return collection(list(products.values()), links={"self": link(f"/products?{request.query_string}")})


def get_product(world: World, request: Request, product: str, customer: str | None = None) -> Json:
    """Return one product."""
    offer = _skus_of(product)[0]
    return _product(offer, _ids(offer, product)[0], country_asked(world, request, customer))


def list_skus(world: World, request: Request, product: str, customer: str | None = None) -> Json:
    """Return the SKUs of a product."""
    country = country_asked(world, request, customer)
    links = {"self": link(f"/products/{product}/skus?{request.query_string}")}
    shown = [offer for offer in _skus_of(product) if _is_shown(world, request, offer, customer)]
    return collection([_sku(offer, product, country) for offer in shown], links=links)


def _checked_sku(product: str, sku: str) -> Offer:
    for offer in _skus_of(product):
        if _ids(offer, product)[1].lower() == sku.lower():
            return offer
    raise PartnerCenterError(404, 400018, "The parent SKU was not found.")


def get_sku(world: World, request: Request, product: str, sku: str, customer: str | None = None) -> Json:
    """Return one SKU."""
    return _sku(_checked_sku(product, sku), product, country_asked(world, request, customer))


def list_availabilities(world: World, request: Request, product: str, sku: str, customer: str | None = None) -> Json:
    """Return the availabilities of a SKU, whose ids are to be resolved when something is ordered."""
    offer, country = _checked_sku(product, sku), country_asked(world, request, customer)
    base = f"/products/{product}/skus/{sku}/availabilities"
    shown = [offer] if _is_shown(world, request, offer, customer) else []
    items = [_availability(world, item, product, country) for item in shown]
    return collection(items, links={"self": link(f"{base}?{request.query_string}")})


def get_availability(
    world: World, request: Request, product: str, sku: str, availability: str, customer: str | None = None
) -> Json:
    """Return one availability; raise 404/400019 for one that is no more."""
    offer, country = _checked_sku(product, sku), country_asked(world, request, customer)
    found = _availability(world, offer, product, country)
    if found["id"].lower() != availability.lower():
        raise PartnerCenterError(404, 400019, "Availability not found.")
    return found


def _availability(world: World, offer: Offer, product: str, country: str) -> Json:
    generation = world.switch("availabilities")
    product, sku = _ids(offer, product)
    modern = product != offer.id
    identity, currency = availability_id(offer, generation), currency_of(country)
    terms = _terms(world, offer) if modern else None
    return {
        "id": identity,
        "productId": product,
        "skuId": sku,
        "catalogItemId": catalogue_item_id(offer, generation) if modern else offer.id,
        "defaultCurrency": {"code": currency, "symbol": SYMBOLS[currency]},
        "segment": offer.segment,
        "country": country,
        "isPurchasable": is_for_sale(world, offer) or modern,
        "isRenewable": not offer.trial,
        "terms": terms,
        "renewalInstructions": _renewals(offer, terms) if terms else None,
        "product": _product(offer, product, country),
        "sku": _sku(offer, product, country),
        "links": {"self": link(f"/products/{product}/skus/{sku}/availabilities/{identity}?country={country}")},
    }


def _terms(world: World, offer: Offer) -> list[Json]:
    """Return a term for each pair of length and billing plan, with until when what is paid comes back in part."""
    days = world.switch("window_days")
    options = [{"sequenceId": 0, "type": "Partial", "expiresAfter": f"P{days}D"}]
    return [
        {
            "id": term_id(offer, duration, cycle),
            "duration": duration,
            "description": TERMS[duration],
            "billingCycle": cycle,
            "cancellationPolicies": [{"refundOptions": options}],
        }
        for duration, cycle in offer.plans
    ]


def term_id(offer: Offer, duration: str, cycle: str) -> str:
    """Return the id of one pair of length and billing plan of an offer."""
    return stable_id("term", offer.id, duration, cycle)


def _renewals(offer: Offer, terms: list[Json]) -> list[Json]:
    """Return what terms may renew to: any of the offer's own, a trial's to those of what it becomes."""
    following = [offer]
    if offer.trial:
        following = [other for other in (sold_as(*pair) for pair in offer.becomes) if other is not None]
    renews = [term_id(other, *plan) for other in following for plan in other.plans]
    options = [{"renewToId": identity, "isAutoRenewable": True} for identity in renews]
    return [{"applicableTermIds": [term["id"] for term in terms], "renewalOptions": options}]


_MODERN = [
    ("/products", list_products),
    ("/products/{product}", get_product),
    ("/products/{product}/skus", list_skus),
    ("/products/{product}/skus/{sku}", get_sku),
    ("/products/{product}/skus/{sku}/availabilities", list_availabilities),
    ("/products/{product}/skus/{sku}/availabilities/{availability}", get_availability),
]
ROUTES = [
    *(("GET", path, handler) for path, handler in _MODERN),
    *(("GET", "/customers/{customer}" + path, handler) for path, handler in _MODERN),
]
