"""What the new commerce sells: SKUs of products by the availabilities of the day, their terms and billing plans.

An item of a template is "product:sku"; Microsoft's own id of what is sold has an availability behind it, which changes,
and is looked up right before something is bought (microsoft-2026.md, section 3).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from vendors.base import Offer
from vendors.errors import NotFound, Rejected
from vendors.microsoft.partner_center import Members, PartnerCenter, same_id
from vendors.microsoft.shapes import number_of
from vendors.office365.lines import COMMERCIAL, Terms

NEW_COMMERCE = "OnlineServicesNCE"
VIEW = "OnlineServices"
# A product, and a SKU, that there is not (any more).
UNKNOWN_ITEM = frozenset({"400013", "400018"})
CATEGORY = gettext_noop("New commerce")
SEGMENTS = {"education": "Education", "government": "Authorities", "nonprofit": "Charities"}
TERMS = {
    ("P1M", "monthly"): gettext_noop("one month"),
    ("P1M", "none"): gettext_noop("one month, free"),
    ("P1Y", "monthly"): gettext_noop("one year, billed monthly"),
    ("P1Y", "annual"): gettext_noop("one year, billed at once"),
    ("P3Y", "monthly"): gettext_noop("three years, billed monthly"),
    ("P3Y", "annual"): gettext_noop("three years, billed yearly"),
    ("P3Y", "triennial"): gettext_noop("three years, billed at once"),
}
NOT_SOLD = gettext_noop(
    "Microsoft does not sell %(offer)s in %(country)s to this segment (%(segment)s). Choose another offer or segment"
    " in the template."
)
TERM_MISSING = gettext_noop("%(offer)s is bought for a term. Choose one in the template: %(terms)s.")
TERM_NOT_SOLD = gettext_noop(
    "Microsoft does not sell %(offer)s for the term %(term)s billed %(cycle)s. Choose another term or billing cycle in"
    " the template: %(terms)s."
)
NOT_ATTESTED = gettext_noop(
    "Microsoft sells %(offer)s only where its conditions are accepted. Read them, and tick in the template that they"
    " are."
)


@dataclass(frozen=True)
class Item:
    """A SKU as an availability sells it; `plans` are pairs of term and billing plan, in Microsoft's words."""

    offer: str
    catalogue_item: str
    sku: Members
    plans: tuple[tuple[str, str], ...]
    segment: str

    @property
    def name(self) -> str:
        """What Microsoft calls it."""
        return str(self.sku.get("title") or self.offer)

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """How many units are sold, at least and at most."""
        return number_of(self.sku.get("minimumQuantity")), number_of(self.sku.get("maximumQuantity"))

    @property
    def is_trial(self) -> bool:
        """Whether it can be tried for a while, once for each customer."""
        return bool(self.sku.get("isTrial"))

    @property
    def is_attested(self) -> bool:
        """Whether Microsoft wants it confirmed that the offer's conditions are accepted."""
        return bool((self.sku.get("attestationProperties") or Members()).get("enforceAttestation"))

    @property
    def bases(self) -> tuple[str, ...]:
        """Items of which a customer has to have one first; none where it is no add-on."""
        attributes = self.sku.get("dynamicAttributes") or Members()
        return tuple(str(one) for one in attributes.get("prerequisiteSkus") or ()) if attributes.get("isAddon") else ()

    def sells_for(self, terms: Terms) -> bool:
        """Return whether it is sold for the term and billed so."""
        return any(
            same_id(term, terms.term_duration) and same_id(cycle, terms.billing_cycle) for term, cycle in self.plans
        )


def sold_as(
    partner_center: PartnerCenter, offer: str, terms: Terms, *, country: str = "", customer_id: str = ""
) -> list[Item]:
    """Return what an offer is sold as now, to a customer or in a country; nothing where it is not (any more)."""
    product, sku = offer.split(":")[:2]
    params = {"targetSegment": terms.segment.casefold()} | ({} if customer_id else {"country": country})
    owner = f"customers/{customer_id}/" if customer_id else ""
    rows = partner_center.collection(f"{owner}products/{product}/skus/{sku}/availabilities", params=params)
    try:
        return list(_items(rows))
    except NotFound as missing:
        if missing.code not in UNKNOWN_ITEM:
            raise
        return []


def chosen(items: Sequence[Item], offer: str, terms: Terms) -> Item:
    """Return the one that is sold for the terms; raises Rejected, naming those it is sold for."""
    if not items:
        told = {"country": terms.country, "segment": terms.segment}
        raise Rejected(NOT_SOLD, code="no_availability", offer=offer, **told)
    found = next((item for item in items if item.sells_for(terms)), None)
    if found is not None:
        return found
    plans = ", ".join(f"{term} {cycle}" for item in items for term, cycle in item.plans)
    told = {"offer": items[0].name, "terms": plans or "—"}
    if not terms.term_duration:
        raise Rejected(TERM_MISSING, code="no_term", at="term_duration", **told)
    raise Rejected(
        TERM_NOT_SOLD, code="no_term", at="term_duration", term=terms.term_duration, cycle=terms.billing_cycle, **told
    )


def catalogue(partner_center: PartnerCenter, country: str) -> Iterator[Offer]:
    """Yield the SKUs of the new commerce that can be bought in a country, of every segment."""
    # Charities' are listed only where they are asked for.
    for segment in ({}, {"targetSegment": "nonprofit"}):
        params = {"country": country, **segment}
        for product in partner_center.collection("products", params={"targetView": VIEW, **params}):
            if same_id(str((product.get("productType") or Members()).get("id") or ""), NEW_COMMERCE):
                yield from _offers(partner_center, str(product["id"]), params)


def _offers(partner_center: PartnerCenter, product: str, params: Mapping[str, str]) -> Iterator[Offer]:
    for sku in partner_center.collection(f"products/{product}/skus", params=params):
        path = f"products/{product}/skus/{sku['id']}/availabilities"
        items = list(_items(partner_center.collection(path, params=params)))
        if items:
            yield _offer(items)


def _offer(items: Sequence[Item]) -> Offer:
    first = items[0]
    low, high = first.bounds
    return Offer(
        id=first.offer,
        name=first.name,
        minimum=low,
        maximum=high,
        category=CATEGORY,
        is_add_on=bool(first.bases),
        is_trial=first.is_trial,
        terms=tuple(TERMS.get(plan, " ".join(plan)) for item in items for plan in item.plans),
        segment=SEGMENTS.get(first.segment.casefold(), ""),
    )


def _items(rows: Iterable[Members]) -> Iterator[Item]:
    for row in rows:
        if row.get("isPurchasable", True):
            plans = tuple((str(one["duration"]), str(one.get("billingCycle") or "none")) for one in row["terms"] or ())
            yield Item(
                offer=f"{row['productId']}:{row['skuId']}",
                catalogue_item=str(row["catalogItemId"]),
                sku=row.get("sku") or Members(),
                plans=plans,
                segment=str(row.get("segment") or COMMERCIAL),
            )
