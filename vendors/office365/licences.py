"""What Microsoft tells of offers, subscriptions and licences: for forms, for pages, and for a "no" before a change."""

from collections.abc import Mapping
from contextlib import suppress

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import Refusals, Refused
from vendors.base import Fact, Offer, Resource, Service
from vendors.microsoft.errors import DelegationNeeded
from vendors.microsoft.partner_center import Members, PartnerCenter, same_id
from vendors.microsoft.shapes import number_of
from vendors.microsoft.subscriptions import known_subscription, subscription_ids
from vendors.office365.lines import is_item

TENANT_ID = gettext_noop("Tenant ID")
DOMAIN = gettext_noop("Domain")
SUBSCRIPTION_ID = gettext_noop("Microsoft Subscription ID")
OFFER = gettext_noop("Offer")
ORDER_ID = gettext_noop("Order ID")
STATUS = gettext_noop("Status at Microsoft")
ENDS_ON = gettext_noop("Ends after")
LICENCES = gettext_noop("Licences")
LICENCES_IN_USE = gettext_noop("Licences in use")


class QuantityRefused(Refused):
    """Microsoft would not allow the quantity; `field` names the resource."""

    code = "quantity_refused"


def offer_of(item: Members) -> Offer:
    """Return an offer of the catalogue as plain values."""
    return Offer(
        id=str(item["id"]),
        name=str(item["name"]),
        unit=str(item.get("unitType") or ""),
        minimum=number_of(item.get("minimumQuantity")),
        maximum=number_of(item.get("maximumQuantity")),
        category=str((item.get("category") or Members()).get("name") or ""),
        is_add_on=bool(item.get("isAddOn")),
        is_trial=bool(item.get("isTrial")),
    )


def check(partner_center: PartnerCenter, service: Service, quantities: Mapping[str, int], *, country: str) -> None:
    """Raise QuantityRefused for quantities outside the offer's bounds or below the licences that are assigned.

    All that are refused are named at once.
    """
    refusals = Refusals()
    skus: list[Members] | None = None
    for key, quantity in sorted(quantities.items()):
        resource = service.resources.get(key)
        if resource is None or not _is_legacy(resource.offer):
            continue
        offer = _offer(partner_center, resource.offer, country)
        with refusals.gathered():
            _check_bounds(key, quantity, offer)
        if quantity < resource.quantity and "customer_id" in service.vendor_ids:
            if skus is None:
                # What may not be seen is left to Microsoft, which takes no fewer than are assigned.
                with suppress(DelegationNeeded):
                    skus = _skus(partner_center, service)
                skus = skus or []
            with refusals.gathered():
                _check_in_use(key, quantity, resource, _sku(skus, offer))
    refusals.raise_any()


def service_facts(partner_center: PartnerCenter, service: Service, *, is_new: bool = False) -> tuple[Fact, ...]:
    """Return the ids and states of a service's subscriptions.

    One that Microsoft does not know any more is told as deleted, without licences: the others are told all the same. Of
    a service that `is_new` it may not know one yet: raises NotFound.
    """
    customer_id = service.vendor_ids["customer_id"]
    facts = [Fact("tenant_id", TENANT_ID, customer_id)]
    if service.vendor_ids.get("domain"):
        facts.append(Fact("domain", DOMAIN, service.vendor_ids["domain"]))
    for key, subscription_id in subscription_ids(service).items():
        facts.append(Fact(f"subscription_id.{key}", SUBSCRIPTION_ID, subscription_id))
        read = PartnerCenter.subscription if is_new else known_subscription
        subscription = read(partner_center, customer_id, subscription_id)
        if subscription is None:
            facts += [Fact(f"status.{key}", STATUS, "deleted"), Fact(f"licences.{key}", LICENCES, "0")]
            continue
        facts += [
            Fact(f"offer.{key}", OFFER, str(subscription.get("offerName") or subscription["offerId"])),
            Fact(f"order_id.{key}", ORDER_ID, str(subscription.get("orderId") or "")),
            Fact(f"status.{key}", STATUS, str(subscription.get("status") or "")),
            Fact(f"licences.{key}", LICENCES, str(subscription["quantity"])),
        ]
    return tuple(facts)


def facts(partner_center: PartnerCenter, service: Service, *, country: str) -> tuple[Fact, ...]:
    """Return the ids and states of a service's subscriptions, and how many licences are in use."""
    found = list(service_facts(partner_center, service))
    try:
        skus = _skus(partner_center, service)
    except DelegationNeeded as needed:
        return (*found, Fact("licences_in_use", LICENCES_IN_USE, str(needed)))
    for key in subscription_ids(service):
        resource = service.resources.get(key)
        if resource is not None and _is_legacy(resource.offer):
            sku = _sku(skus, _offer(partner_center, resource.offer, country))
            if sku is not None:
                found.append(Fact(f"licences_in_use.{key}", LICENCES_IN_USE, str(sku["consumedUnits"])))
    return tuple(found)


def _is_legacy(offer: str) -> bool:
    """Return whether the id is a licence offer's rather than a catalogue item's (product:sku:availability)."""
    return bool(offer) and not is_item(offer)


def _offer(partner_center: PartnerCenter, offer_id: str, country: str) -> Members:
    return Members(partner_center.read(f"offers/{offer_id}", params={"country": country}).body)


def _skus(partner_center: PartnerCenter, service: Service) -> list[Members]:
    return list(partner_center.collection(f"customers/{service.vendor_ids['customer_id']}/subscribedskus"))


def _sku(skus: list[Members], offer: Members) -> Members | None:
    """Return the customer's licences of an offer: they are counted by product, not by subscription."""
    product = str((offer.get("product") or Members()).get("id") or "")
    return next((sku for sku in skus if same_id(str(sku["productSku"]["id"]), product)), None)


def _check_bounds(key: str, quantity: int, offer: Members) -> None:
    low, high = number_of(offer.get("minimumQuantity")) or 0, number_of(offer.get("maximumQuantity"))
    # Zero is ours, not an order at Microsoft: it suspends the subscription.
    if quantity and (quantity < low or (high is not None and quantity > high)):
        sentence = _("Microsoft sells %(offer)s from %(low)s to %(high)s units: choose a quantity between them.")
        values = {"offer": offer.get("name"), "low": low, "high": high if high is not None else "∞"}
        raise QuantityRefused(sentence % values, field=key)


def _check_in_use(key: str, quantity: int, resource: Resource, sku: Members | None) -> None:
    if sku is None:
        return
    # Other subscriptions of the same product share its licences: what they bring need not come from this one.
    elsewhere = max(int(sku["totalUnits"]) - resource.quantity, 0)
    least = int(sku["consumedUnits"]) - elsewhere
    if quantity < least:
        sentence = _(
            "%(used)s licences are assigned to users: keep at least %(least)s, or take licences away from users first."
        )
        raise QuantityRefused(sentence % {"used": sku["consumedUnits"], "least": least}, field=key)
