"""The catalogue: legacy offers, their categories and add-ons, and the modern products, SKUs and availabilities."""

from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.offers import BY_ID, CATEGORIES, OFFERS, Offer, availability_id, catalogue_item_id
from sandbox.microsoft.paging import offset_page
from sandbox.microsoft.shapes import Json, collection, link
from sandbox.microsoft.validation import COUNTRIES
from sandbox.microsoft.world import World
from sandbox.wsgi import Request

CATALOGUE_TENANT = "3c95518e-8c37-41e3-9627-0ca339200f53"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "RUB": "₽"}
_EURO = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
CURRENCIES = {"GB": "GBP", "RU": "RUB"} | dict.fromkeys(_EURO.split(), "EUR")


def currency_of(country: str) -> str:
    """Return the currency in which Microsoft sells in a country."""
    return CURRENCIES.get(country.upper(), "USD")


def _country(world: World, request: Request, customer: str | None = None) -> str:
    """Return the country asked about: the customer's own where the path names one."""
    if customer:
        return str(own_customer(world, customer)["address"]["country"]).upper()
    country = request.query.get("country", "US").upper()
    if country not in COUNTRIES:
        raise PartnerCenterError(400, 20000, "The country is not supported.")
    return country


def _locale(request: Request) -> str:
    return request.headers.get("x-locale") or "en-US"


def _category(identity: str, name: str, rank: int, country: str, locale: str) -> Json:
    attributes = {"objectType": "OfferCategory"}
    return {"id": identity, "name": name, "rank": rank, "locale": locale, "country": country, "attributes": attributes}


def _category_of(offer: Offer, country: str, locale: str) -> Json:
    for identity, name, rank in CATEGORIES:
        if name == offer.category:
            return _category(identity, name, rank, country, locale)
    return _category("", "", 0, country, locale)


def offer_shape(offer: Offer, country: str, locale: str) -> Json:
    """Return an offer as the catalogue shows it in one country and language."""
    learn_more = link("") | {"uri": None}
    if offer.learn_more:
        learn_more["uri"] = f"http://g.microsoftonline.com/0BXPS00{locale.upper()}/{offer.learn_more}"
    return {
        "id": offer.id,
        "name": offer.name,
        "description": offer.description,
        "minimumQuantity": 1,
        "maximumQuantity": offer.maximum,
        "rank": offer.rank,
        "uri": f"/{CATALOGUE_TENANT}/Offers/{offer.id}",
        "locale": locale,
        "country": country,
        "category": _category_of(offer, country, locale),
        **_limit_and_term(offer),
        "prerequisiteOffers": list(offer.prerequisites),
        "isAddOn": offer.is_add_on,
        "hasAddOns": offer.has_add_ons,
        "isAvailableForPurchase": offer.available,
        "billing": "usage" if offer.usage else "license",
        "supportedBillingCycles": offer.billing_cycles,
        "isAutoRenewable": not (offer.trial or offer.usage),
        "isInternal": False,
        "isMicrosoftProduct": True,
        "upgradeTargetOffers": list(offer.upgrades) or None,
        "conversionTargetOffers": list(offer.conversions),
        "reselleeQualifications": [],
        "resellerQualifications": [],
        "salesGroupId": "Default",
        "isTrial": offer.trial,
        "acquisitionType": "purchase",
        "supportedCatalogTypes": ["sandbox", "live"],
        "actions": ["Cancel", "Edit"],
        "product": {"id": offer.product_id, "name": offer.name, "unit": offer.unit},
        "unitType": offer.unit,
        "links": {"learnMore": learn_more, "self": link(f"/offers/{offer.id}?country={country}")},
        "attributes": {"objectType": "Offer"},
    }


def _limit_and_term(offer: Offer) -> Json:
    return {
        "limitUnitOfMeasure": "Lifetime" if offer.trial else "Concurrent" if offer.limit else "None",
        "limit": offer.limit,
        "termUnitOfMeasure": "Month" if offer.trial or offer.usage else "Year",
        "term": 9999 if offer.usage else 1,
    }


def find_offer(identity: str) -> Offer:
    """Return an offer by its id in any case; raise 404/1000."""
    offer = BY_ID.get(identity.lower())
    if offer is None:
        raise PartnerCenterError(404, 1000, "Not found")
    return offer


def list_offers(world: World, request: Request) -> Json:
    """Return the offers of a country, of one category where named, by size and offset."""
    country, locale = _country(world, request), _locale(request)
    items = [offer_shape(offer, country, locale) for offer in OFFERS if offer.available]
    wanted = request.query.get("offer_category_id")
    chosen = [item for item in items if not wanted or item["category"]["id"].lower() == wanted.lower()]
    return offset_page(request, chosen, path="offers", keep=("country", "offer_category_id"))


def list_customer_offers(world: World, request: Request, customer: str) -> Json:
    """Return the offers that a customer can buy, those of its country."""
    country = _country(world, request, customer)
    items = [offer_shape(offer, country, _locale(request)) for offer in OFFERS if offer.available]
    return offset_page(request, items, path=f"customers/{customer}/offers")


def get_offer(world: World, request: Request, offer: str) -> Json:
    """Return one offer; what was withdrawn from sale is still described."""
    return offer_shape(find_offer(offer), _country(world, request), _locale(request))


def list_add_ons(world: World, request: Request, offer: str) -> Json:
    """Return the offers that can be added to one."""
    base, country, locale = find_offer(offer), _country(world, request), _locale(request)
    items = [
        offer_shape(other, country, locale) for other in OFFERS if base.id in other.prerequisites and other.available
    ]
    return offset_page(request, items, path=f"offers/{base.id}/addons", keep=("country",))


def list_categories(world: World, request: Request) -> Json:
    """Return the categories of offers."""
    country, locale = _country(world, request), _locale(request)
    return collection([_category(*category, country, locale) for category in CATEGORIES])


# the modern catalogue


def modern_offer(world: World, catalogue_item: str) -> Offer | None:
    """Return the offer behind product:sku:availability as the catalogue stands now, or None."""
    generation = world.switch("availabilities")
    for offer in OFFERS:
        if offer.modern and catalogue_item_id(offer, generation).lower() == catalogue_item.lower():
            return offer
    return None


def _modern(product: str) -> Offer:
    for offer in OFFERS:
        if offer.modern and offer.modern[0].lower() == product.lower():
            return offer
    raise PartnerCenterError(404, 400013, "The parent product was not found.")


def _product(offer: Offer, country: str) -> Json:
    identity = (offer.modern or ("", ""))[0]
    links = {
        "skus": link(f"/products/{identity}/skus?country={country}"),
        "self": link(f"/products/{identity}?country={country}"),
    }
    return {
        "id": identity,
        "title": offer.name,
        "description": offer.description,
        "productType": {
            "id": "OnlineServicesNCE",
            "displayName": "OnlineServicesNCE",
            "subType": {"id": "OnlineServices", "displayName": "OnlineServices"},
        },
        "isMicrosoftProduct": True,
        "publisherName": "Microsoft Corporation",
        "links": links,
    }


def _sku(offer: Offer, country: str) -> Json:
    product, sku = offer.modern or ("", "")
    links = {
        "availabilities": link(f"/products/{product}/skus/{sku}/availabilities?country={country}"),
        "self": link(f"/products/{product}/skus/{sku}?country={country}"),
    }
    return {
        "id": sku,
        "productId": product,
        "title": offer.name,
        "description": offer.description,
        "minimumQuantity": 1,
        "maximumQuantity": offer.maximum,
        "isTrial": False,
        "supportedBillingCycles": ["monthly", "annual"],
        "purchasePrerequisites": [],
        "provisioningVariables": [],
        "dynamicAttributes": {"provisioningId": offer.product_id.lower()},
        "links": links,
    }


def list_products(world: World, request: Request, customer: str | None = None) -> Json:
    """Return the products of a view of the modern catalogue: here only OnlineServices has any."""
    country = _country(world, request, customer)
    view = request.query.get("targetview", "").lower()
    if not view:
        raise PartnerCenterError(400, 400000, "The query parameter targetView is required.")
    items = [_product(offer, country) for offer in OFFERS if offer.modern and view == "onlineservices"]
    return collection(items, links={"self": link(f"/products?{request.query_string}")})


def get_product(world: World, request: Request, product: str, customer: str | None = None) -> Json:
    """Return one product."""
    return _product(_modern(product), _country(world, request, customer))


def list_skus(world: World, request: Request, product: str, customer: str | None = None) -> Json:
    """Return the SKUs of a product."""
    country = _country(world, request, customer)
    links = {"self": link(f"/products/{product}/skus?{request.query_string}")}
    return collection([_sku(_modern(product), country)], links=links)


def _checked_sku(product: str, sku: str) -> Offer:
    offer = _modern(product)
    if (offer.modern or ("", ""))[1] != sku:
        raise PartnerCenterError(404, 400018, "The parent SKU was not found.")
    return offer


def get_sku(world: World, request: Request, product: str, sku: str, customer: str | None = None) -> Json:
    """Return one SKU."""
    return _sku(_checked_sku(product, sku), _country(world, request, customer))


def list_availabilities(world: World, request: Request, product: str, sku: str, customer: str | None = None) -> Json:
    """Return the availabilities of a SKU, whose ids are to be resolved when something is ordered."""
    offer, country = _checked_sku(product, sku), _country(world, request, customer)
    generation = world.switch("availabilities")
    base = f"/products/{product}/skus/{sku}/availabilities"
    currency = currency_of(country)
    identity = availability_id(offer, generation)
    item = {
        "id": identity,
        "productId": product,
        "skuId": sku,
        "catalogItemId": catalogue_item_id(offer, generation),
        "defaultCurrency": {"code": currency, "symbol": SYMBOLS[currency]},
        "segment": "commercial",
        "country": country,
        "isPurchasable": True,
        "isRenewable": True,
        "terms": [
            {"duration": "P1M", "description": "One-Month commitment"},
            {"duration": "P1Y", "description": "One-Year commitment"},
        ],
        "product": _product(offer, country),
        "sku": _sku(offer, country),
        "links": {"self": link(f"{base}/{identity}?country={country}")},
    }
    return collection([item], links={"self": link(f"{base}?{request.query_string}")})


_MODERN = [
    ("/products", list_products),
    ("/products/{product}", get_product),
    ("/products/{product}/skus", list_skus),
    ("/products/{product}/skus/{sku}", get_sku),
    ("/products/{product}/skus/{sku}/availabilities", list_availabilities),
]
ROUTES = [
    ("GET", "/offers", list_offers),
    ("GET", "/offercategories", list_categories),
    ("GET", "/offers/{offer}", get_offer),
    ("GET", "/offers/{offer}/addons", list_add_ons),
    ("GET", "/customers/{customer}/offers", list_customer_offers),
    *(("GET", path, handler) for path, handler in _MODERN),
    *(("GET", "/customers/{customer}" + path, handler) for path, handler in _MODERN),
]
