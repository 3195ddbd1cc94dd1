"""Buying through a cart, which cannot double: a cart costs nothing, and its checkout is carried out once however often.

A checkout whose answer is lost is repeated on the same cart, under the same MS-RequestId: Microsoft answers as it did
the first time. Only where the cart is no longer there are the customer's lists looked at; what they do not show after
their lag is for an operator to decide, never for a second purchase (microsoft-2026.md, section 1).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Steps
from vendors.errors import LostAnswer, NotFound, Parked, Rejected, StillUnknown, Transient, Unlisted
from vendors.microsoft.errors import AGREEMENT_CODE, GONE_CUSTOMERS, UNREADABLE, AgreementNeeded
from vendors.microsoft.partner_center import Members, PartnerCenter, id_of, same_id
from vendors.office365.lines import TOLD, Line, Terms, find, ids_of, listed, require_ours
from vendors.office365.products import NOT_ATTESTED, Item, chosen, sold_as
from vendors.office365.promotions import is_for, require_given

CART_LOST = gettext_noop("Microsoft did not hand out a cart. Nothing was bought; it will be tried again by itself.")
CARTS_LOST = gettext_noop(
    "Microsoft lost %(number)s carts one after another, each before its checkout. Nothing was bought. Try again later,"
    " or ask Microsoft's partner support."
)
CART_VANISHED = gettext_noop("Microsoft's cart was there a moment ago. It will be looked at again by itself.")
ORDER_ERRORS = gettext_noop("Microsoft refused part of the order: %(reason)s")
UNDECIDED = gettext_noop(
    "Cart %(cart)s of customer %(customer)s was sent to be checked out (%(quantity)s × %(item)s, since %(since)s);"
    " Microsoft's answer was lost, the cart cannot be asked any more, and none of the customer's orders is named"
    " “%(name)s”. Orders that look like it: %(alike)s. Nothing is bought a second time: look in Partner Center under"
    " the customer's orders, and say here whether it is there."
)
ANOTHERS = gettext_noop(
    "Order %(order)s at Microsoft is not the one that was looked for (%(quantity)s × %(item)s of customer"
    " %(customer)s). Look again, and say which order it is, or that there is none."
)
# Where nothing was checked out yet, a cart that is gone (after seven days) is replaced by another, so often.
MOST_CARTS = 3
GONE = "gone"
SUBMITTED = "800065"
# How far Microsoft's clock and ours may be apart.
SKEW = timedelta(minutes=5)


def bought(
    partner_center: PartnerCenter,
    customer_id: str,
    line: Line,
    *,
    terms: Terms,
    steps: Steps,
    now: datetime,
    parent: str = "",
) -> dict[str, str]:
    """Buy a line once through a cart of its own; return its vendor ids. `parent` is an add-on's subscription.

    Each line has a cart of its own: a cart of several may be carried out in part.
    """
    for turn in range(1, MOST_CARTS + 1):
        suffix = f":{turn}" if turn > 1 else ""
        cart = steps.once(
            f"cart:{line.key}{suffix}",
            send=lambda request_id: _cart(partner_center, customer_id, line, terms, request_id, now, parent),
            # An earlier release bought within this step; a cart that nobody was told of expires by itself.
            find=lambda: find(partner_center, customer_id, [line]),
        )
        if "cart_id" not in cart:
            return cart
        name = f"checkout:{line.key}{suffix}"
        checkout = _Checkout(partner_center, customer_id, line, cart)
        made = steps.once(name, send=checkout.send, find=checkout.find, never_again=TOLD, repeats=True)
        if GONE not in made:
            return checkout.as_told(made, step=name)
    raise Rejected(CARTS_LOST, code="carts_lost", number=MOST_CARTS)


class _Checkout:
    """The checkout of one cart: sent, repeated, and looked for where it can no longer be repeated."""

    def __init__(self, partner_center: PartnerCenter, customer_id: str, line: Line, cart: Mapping[str, Any]) -> None:
        self.partner_center, self.customer_id, self.line, self.cart = partner_center, customer_id, line, cart
        self.path = f"customers/{customer_id}/carts/{cart['cart_id']}"
        # Whether the cart was seen in this attempt; None where it was not looked for.
        self.there: bool | None = None

    def find(self) -> JSON | None:
        """Return None while the cart is there, for its checkout may be repeated; else what the lists show.

        Raises Unlisted where they show nothing.
        """
        try:
            self.partner_center.read(self.path)
        except NotFound as missing:
            if missing.code in GONE_CUSTOMERS:
                raise
            self.there = False
            return self._listed()
        self.there = True
        return None

    def send(self, request_id: str) -> JSON:
        """Check the cart out. A cart that is gone before it was ever checked out is told as such."""
        try:
            done = self.partner_center.write("POST", f"{self.path}/checkout", None, request_id=request_id).body
        except Rejected as refusal:
            return self._refused(refusal)
        if done.get("orderErrors"):
            raise _order_error(done["orderErrors"][0])
        (made,) = done["orders"]
        require_ours(made, self.customer_id)
        row = made["lineItems"][0]
        if not same_id(str(row.get("offerId") or self.cart["item"]), self.cart["item"]):
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return ids_of(self.line.key, id_of(made), row)

    def _refused(self, refusal: Rejected) -> JSON:
        """Return what a refusal means: what was ordered before is found, and no refusal of it; others are raised."""
        if isinstance(refusal, NotFound):
            if refusal.code in GONE_CUSTOMERS:
                raise refusal
            if self.there:
                raise StillUnknown(CART_VANISHED) from refusal
            return {GONE: "yes"}
        if refusal.code == SUBMITTED or (self.there and self._is_ordered()):
            return self._listed()
        raise refusal

    def _is_ordered(self) -> bool:
        return same_id(str(self.partner_center.read(self.path).body.get("status") or ""), "ordered")

    def _listed(self) -> JSON:
        since = datetime.fromisoformat(self.cart["made_at"])
        item = str(self.cart["item"])
        seen = listed(self.partner_center, self.customer_id, self.line, item=item, since=since - SKEW)
        if seen.ids is not None:
            return seen.ids
        raise Unlisted(
            UNDECIDED,
            cart=self.cart["cart_id"],
            customer=self.customer_id,
            quantity=self.line.quantity,
            item=item,
            since=f"{since.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            name=self.line.friendly_name,
            alike=", ".join(seen.alike) or "—",
        )

    def as_told(self, made: JSON, *, step: str) -> JSON:
        """Return the ids of the step's result; of an order that an operator has named, once it is seen to be this one.

        Raises Parked where it is another.
        """
        if "order_id" not in made:
            return made
        named = str(made["order_id"]).strip()
        try:
            order = self.partner_center.read(f"customers/{self.customer_id}/orders/{named}").body
        except NotFound as missing:
            if missing.code in GONE_CUSTOMERS:
                raise
            order = Members()
        for row in order.get("lineItems") or []:
            alike = same_id(str(row.get("offerId") or ""), self.cart["item"])
            if alike and str(row.get("quantity")) == str(self.line.quantity):
                return ids_of(self.line.key, id_of(order), row)
        told = {"customer": self.customer_id, "quantity": self.line.quantity, "item": self.cart["item"]}
        raise Parked(ANOTHERS, step=step, told=TOLD.told, order=named, **told)


def _cart(
    partner_center: PartnerCenter,
    customer_id: str,
    line: Line,
    terms: Terms,
    request_id: str,
    now: datetime,
    parent: str,
) -> JSON:
    """Make a cart, which costs nothing: one whose answer is lost is made again."""
    item = _item(partner_center, customer_id, line, terms)
    if parent:
        item["provisioningContext"] = {"parentSubscriptionId": parent}
    try:
        path = f"customers/{customer_id}/carts"
        cart = partner_center.write("POST", path, {"lineItems": [item]}, request_id=request_id).body
        cart_id = id_of(cart)
    except (LostAnswer, KeyError, TypeError, ValueError) as lost:
        raise Transient(CART_LOST, code="cart_lost") from lost
    refused = [row["error"] for row in cart.get("lineItems") or [] if row.get("error")]
    if refused:
        raise Rejected(ORDER_ERRORS, code="cart", reason=refused[0].get("errorDescription") or "")
    return {"cart_id": cart_id, "item": item["catalogItemId"], "made_at": now.astimezone(UTC).isoformat()}


def _order_error(error: Members) -> Rejected:
    """Return what it means that one order of a checkout was refused, though the call was answered with success."""
    reason, code = str(error.get("description") or ""), str(error.get("code") or "")
    if code == AGREEMENT_CODE:
        return AgreementNeeded(ORDER_ERRORS, code=code, reason=reason)
    return Rejected(ORDER_ERRORS, code="cart", reason=reason)


def _item(partner_center: PartnerCenter, customer_id: str, line: Line, terms: Terms) -> dict[str, Any]:
    """Return the cart's line."""
    sold = _sold(partner_center, customer_id, line, terms) if line.modern else None
    item: dict[str, Any] = {
        "id": 0,
        "catalogItemId": sold.catalogue_item if sold is not None else line.offer,
        "friendlyName": line.friendly_name,
        "quantity": line.quantity,
        "billingCycle": terms.billing_cycle,
    }
    if sold is not None:
        item["termDuration"] = terms.term_duration
        if terms.ends_with:
            item["customTermEndDate"] = terms.ends_with
        if sold.is_attested:
            item["AttestationAccepted"] = True
        if is_for(partner_center, sold, terms, terms.country):
            require_given(partner_center, customer_id, sold, line.quantity, terms)
            item["promotionId"] = terms.promotion_id
    if terms.partner_mpn_id:
        item["participants"] = [{"key": "transaction_reseller", "value": terms.partner_mpn_id}]
    return item


def _sold(partner_center: PartnerCenter, customer_id: str, line: Line, terms: Terms) -> Item:
    """Return what is sold now: it is looked up right before, because Microsoft changes it over time."""
    sold = chosen(sold_as(partner_center, line.offer, terms, customer_id=customer_id), line.offer, terms)
    if sold.is_attested and not terms.attested:
        raise Rejected(NOT_ATTESTED, code="attestation", offer=sold.name)
    return sold
