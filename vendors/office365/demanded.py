"""What Microsoft demands of what is ordered, looked at before anybody pays: bounds, bases of add-ons, trials, terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from vendors.base import Resource
from vendors.commitments import AtEnd
from vendors.errors import Rejected
from vendors.microsoft.partner_center import Members, PartnerCenter, same_id
from vendors.microsoft.shapes import number_of
from vendors.office365 import promotions
from vendors.office365.lines import Terms, is_item, same_item
from vendors.office365.products import NOT_ATTESTED, Item, chosen, sold_as

BOUNDS = gettext_noop("Microsoft sells %(offer)s from %(low)s to %(high)s units: choose a quantity between them.")
NO_BASE = gettext_noop(
    "The add-on %(offer)s goes only with one of these: %(bases)s. Order one of them first, or in the same plan."
)
TRIED = gettext_noop("The customer has had the trial %(offer)s, which there is once. Order the paid offer.")
USED_UP = gettext_noop("The customer has as many subscriptions of %(offer)s as Microsoft allows: %(limit)s.")
NEVER_EXTENDS = gettext_noop(
    "%(offer)s is of the time before the new commerce and has no extended service term. Choose another end of the term"
    " in the template."
)


@dataclass
class Look:
    """A look at what is to be bought for one customer, `customer_id` "" while it is none of Microsoft's yet."""

    partner_center: PartnerCenter
    terms: Terms
    country: str
    customer_id: str = ""
    known: list[Members] | None = field(default=None, repr=False)

    def held(self) -> list[Members]:
        """Return the customer's subscriptions, read once."""
        if self.known is None:
            path = f"customers/{self.customer_id}/subscriptions"
            self.known = list(self.partner_center.collection(path)) if self.customer_id else []
        return self.known

    def problems_of(self, resources: Mapping[str, Resource], *, beside: Mapping[str, Resource]) -> Iterator[Rejected]:
        """Yield, naming the resource, why Microsoft would not sell what is ordered of each; `beside` is all of it."""
        for key, resource in sorted(resources.items()):
            if not resource.offer or not resource.quantity:
                continue
            try:
                with_it = [one.offer for other, one in beside.items() if other != key and one.quantity]
                (self._check_item if is_item(resource.offer) else self._check_offer)(resource, with_it)
            except Rejected as refusal:
                yield named(refusal, key)

    def problems_of_more(self, resources: Mapping[str, Resource]) -> Iterator[Rejected]:
        """Yield, naming the resource, where more units are wanted of what the customer has than Microsoft sells."""
        for key, resource in sorted(resources.items()):
            items = sold_as(self.partner_center, resource.offer, self.terms, customer_id=self.customer_id)
            try:
                # What is no longer sold may still be raised: Microsoft says whether.
                for item in items[:1]:
                    _check_bounds(item.name, resource.quantity, *item.bounds)
            except Rejected as refusal:
                yield named(refusal, key)

    def problems_of_template(self, offers: Mapping[str, str]) -> Iterator[Rejected]:
        """Yield, naming the resource, what of a template could never be bought; `offers` are by resource key."""
        items, refused = {}, False
        for key, offer in sorted(offers.items()):
            try:
                if is_item(offer):
                    items[key] = self.item(offer)
                elif offer and self.terms.at_end is AtEnd.EXTENDS:
                    raise Rejected(NEVER_EXTENDS, code="no_extended_term", at="end_of_term", offer=offer)
            except Rejected as refusal:
                refused = True
                yield named(refusal, key)
        if items and not refused:
            try:
                promotions.require_for_one(self.partner_center, items.values(), self.terms, self.country)
            except Rejected as refusal:
                yield named(refusal, "promotion_id")

    def item(self, offer: str) -> Item:
        """Return what an offer is sold as in the country; raises Rejected where it is not, or not as the template says.

        A customer's own catalogue leaves out what it does not qualify for yet.
        """
        sold = chosen(sold_as(self.partner_center, offer, self.terms, country=self.country), offer, self.terms)
        if sold.is_attested and not self.terms.attested:
            raise Rejected(NOT_ATTESTED, code="attestation", at="attested", offer=sold.name)
        return sold

    def _check_item(self, resource: Resource, with_it: Sequence[str]) -> None:
        item = self.item(resource.offer)
        _check_bounds(item.name, resource.quantity, *item.bounds)
        if item.is_trial and any(same_item(str(one.get("offerId") or ""), item.offer) for one in self.held()):
            raise Rejected(TRIED, code="trial", offer=item.name)
        active = [str(one.get("offerId") or "") for one in self.held() if same_id(str(one.get("status")), "active")]
        if item.bases and not any(same_item(base, one) for base in item.bases for one in (*with_it, *active)):
            raise Rejected(NO_BASE, code="no_parent", offer=item.name, bases=", ".join(item.bases))
        if promotions.is_for(self.partner_center, item, self.terms, self.country) and self.customer_id:
            promotions.require_given(self.partner_center, self.customer_id, item, resource.quantity, self.terms)

    def _check_offer(self, resource: Resource, with_it: Sequence[str]) -> None:
        path = f"offers/{resource.offer}"
        offer = Members(self.partner_center.read(path, params={"country": self.country}).body)
        name = str(offer.get("name") or resource.offer)
        low, high = (number_of(offer.get(bound)) for bound in ("minimumQuantity", "maximumQuantity"))
        _check_bounds(name, resource.quantity, low, high)
        allowed = [str(one) for one in offer.get("prerequisiteOffers") or ()]
        held = [str(one.get("offerId") or "") for one in self.held() if same_id(str(one.get("status")), "active")]
        if offer.get("isAddOn") and not any(same_id(one, base) for one in (*with_it, *held) for base in allowed):
            raise Rejected(NO_BASE, code="no_parent", offer=name, bases=", ".join(allowed))
        limit = number_of(offer.get("limit")) or 0
        lifetime = same_id(str(offer.get("limitUnitOfMeasure") or ""), "lifetime")
        same = [one for one in self.held() if same_id(str(one.get("offerId") or ""), resource.offer)]
        counted = [one for one in same if lifetime or same_id(str(one.get("status")), "active")]
        if limit and len(counted) >= limit:
            raise Rejected(USED_UP, code="used_up", offer=name, limit=limit)


def named(refusal: Rejected, field: str) -> Rejected:
    """Return a refusal that names the field, where it does not name one yet."""
    refusal.field = refusal.field or field
    return refusal


def _check_bounds(name: str, quantity: int, low: int | None, high: int | None) -> None:
    if quantity < (low or 0) or (high is not None and quantity > high):
        raise Rejected(BOUNDS, code="quantity_refused", offer=name, low=low or 0, high="∞" if high is None else high)
