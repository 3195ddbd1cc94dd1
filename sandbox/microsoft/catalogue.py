"""The legacy catalogue: offers, their categories and add-ons. From a day on nothing of it is for sale."""

from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.offer import Offer
from sandbox.microsoft.offers import BY_ID, CATEGORIES, OFFERS
from sandbox.microsoft.paging import offset_page
from sandbox.microsoft.shapes import Json, collection, link, read_moment
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


def country_asked(world: World, request: Request, customer: str | None = None) -> str:
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
    if offer is None or not offer.legacy:
        raise PartnerCenterError(404, 1000, "Not found")
    return offer


def is_for_sale(world: World, offer: Offer) -> bool:
    """Say whether an offer can be bought: a legacy one was not withdrawn, and its catalogue is not over."""
    over = read_moment(world.switch("legacy_offers_until"))
    return offer.available and (not offer.legacy or over is None or world.now() < over)


def list_offers(world: World, request: Request) -> Json:
    """Return the offers of a country, of one category where named, by size and offset."""
    country, locale = country_asked(world, request), _locale(request)
    items = [offer_shape(offer, country, locale) for offer in OFFERS if is_for_sale(world, offer)]
    wanted = request.query.get("offer_category_id")
    chosen = [item for item in items if not wanted or item["category"]["id"].lower() == wanted.lower()]
    return offset_page(request, chosen, path="offers", keep=("country", "offer_category_id"))


def list_customer_offers(world: World, request: Request, customer: str) -> Json:
    """Return the offers that a customer can buy, those of its country."""
    country = country_asked(world, request, customer)
    items = [offer_shape(offer, country, _locale(request)) for offer in OFFERS if is_for_sale(world, offer)]
    return offset_page(request, items, path=f"customers/{customer}/offers")


def get_offer(world: World, request: Request, offer: str) -> Json:
    """Return one offer; what was withdrawn from sale is still described."""
    return offer_shape(find_offer(offer), country_asked(world, request), _locale(request))


def list_add_ons(world: World, request: Request, offer: str) -> Json:
    """Return the offers that can be added to one."""
    base, country, locale = find_offer(offer), country_asked(world, request), _locale(request)
    related = [other for other in OFFERS if base.id in other.prerequisites and is_for_sale(world, other)]
    items = [offer_shape(other, country, locale) for other in related]
    return offset_page(request, items, path=f"offers/{base.id}/addons", keep=("country",))


def list_categories(world: World, request: Request) -> Json:
    """Return the categories of offers."""
    country, locale = country_asked(world, request), _locale(request)
    return collection([_category(*category, country, locale) for category in CATEGORIES])


ROUTES = [
    ("GET", "/offers", list_offers),
    ("GET", "/offercategories", list_categories),
    ("GET", "/offers/{offer}", get_offer),
    ("GET", "/offers/{offer}/addons", list_add_ons),
    ("GET", "/customers/{customer}/offers", list_customer_offers),
]
