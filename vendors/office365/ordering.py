"""Ordering at Microsoft: lines into orders or carts, each once, and waiting until they are provisioned."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Resource, Steps
from vendors.errors import LostAnswer, NotYet, Rejected, Transient, just_made
from vendors.microsoft.errors import UNREADABLE
from vendors.microsoft.partner_center import Members, PartnerCenter, id_of, require_same, same_id
from vendors.microsoft.patience import Patience

STILL_PROVISIONING = gettext_noop("Microsoft is still preparing the subscription. It will be looked at again.")
PROVISIONING_FAILED = gettext_noop("Microsoft could not prepare the subscription. Ask Microsoft's partner support.")
CART_LOST = gettext_noop("Microsoft did not hand out a cart. Nothing was bought; it will be tried again by itself.")
NO_PARENT = gettext_noop("The add-on %(offer)s needs a base offer in the same plan. Add one to the template.")
ORDER_ERRORS = gettext_noop("Microsoft refused part of the order: %(reason)s")
NOT_SOLD = gettext_noop("Microsoft does not sell %(offer)s in %(country)s. Choose another offer in the template.")
PARTLY_PLACED = gettext_noop(
    "%(reason)s A part of the order is placed at Microsoft already (%(orders)s); it stays there and is invoiced. Try"
    " again once the cause is removed, or suspend that part in Partner Center before the order is given up."
)
PREPARING_FOR_EVER = gettext_noop(
    "Microsoft has the order (%(orders)s) and has not prepared its subscription for a day. The order is not placed a"
    " second time. Ask Microsoft's partner support, then try again; suspend it in Partner Center before the order is"
    " given up here."
)
# How often a subscription is looked at that Microsoft still prepares: with pauses from ten seconds to an hour, a day.
PREPARING_WAITS = 32


@dataclass(frozen=True)
class Line:
    """One resource to be ordered. `mark` is how we know our line again at Microsoft, should the answer be lost."""

    key: str
    offer: str
    quantity: int
    name: str
    mark: str

    @property
    def friendly_name(self) -> str:
        """The subscription's name at Microsoft, our mark included."""
        return f"{self.name} ({self.mark})"

    @property
    def modern(self) -> bool:
        """Whether the offer is a catalogue item (product:sku, or with an availability), bought through a cart."""
        return ":" in self.offer


@dataclass(frozen=True)
class Terms:
    """How to order: billing cycle and (for catalogue items) term on the wire, country, the reseller's MPN id."""

    billing_cycle: str = "monthly"
    country: str = "US"
    partner_mpn_id: str = ""
    term_duration: str = ""


def lines_of(resources: Mapping[str, Resource], *, label: str, reference: str) -> list[Line]:
    """Return the lines to order: resources that have an offer at Microsoft and a quantity."""
    return [
        Line(key=key, offer=resource.offer, quantity=resource.quantity, name=label, mark=f"{reference}/{key}")
        for key, resource in sorted(resources.items())
        if resource.offer and resource.quantity > 0
    ]


def order(
    partner_center: PartnerCenter,
    customer_id: str,
    lines: Iterable[Line],
    *,
    terms: Terms,
    steps: Steps,
    subscriptions: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Order every line once; return the vendor ids "order_id.<key>" and, where known already, "subscription_id.<key>".

    Lines of one sales group share an order, as Microsoft demands; add-ons follow on their base line's order.
    `subscriptions` are existing base subscriptions by offer id, for add-ons ordered later. Microsoft has no call that
    takes all of it or nothing: a refusal after a placed part names that part.
    """
    ids: dict[str, str] = {}
    try:
        for placed in _placed(partner_center, customer_id, list(lines), terms, steps, subscriptions or {}):
            ids |= placed
    except Rejected as refusal:
        orders = sorted({value for name, value in ids.items() if name.startswith("order_id.")})
        if not orders:
            raise
        raise Rejected(PARTLY_PLACED, code=refusal.code, reason=refusal, orders=", ".join(orders)) from refusal
    return ids


def find(partner_center: PartnerCenter, customer_id: str, lines: Iterable[Line]) -> dict[str, str] | None:
    """Return the vendor ids of lines that were ordered earlier, known by their marks; None when one is missing."""
    wanted = {line.friendly_name: line.key for line in lines}
    ids: dict[str, str] = {}
    for found in partner_center.collection(f"customers/{customer_id}/orders"):
        for row in found.get("lineItems") or []:
            key = wanted.pop(str(row.get("friendlyName") or ""), None)
            if key is not None:
                ids |= _ids(key, str(found["id"]), row)
    return None if wanted else ids


def settle(
    partner_center: PartnerCenter, customer_id: str, ids: Mapping[str, str], *, patience: Patience
) -> dict[str, str]:
    """Wait until each ordered line has a provisioned subscription; return the ids completed.

    Raises NotYet while Microsoft is not ready, for a day at most; Rejected when it gave up.
    """
    settled = dict(ids)
    for key in sorted(name.partition(".")[2] for name in ids if name.startswith("order_id.")):
        order_id = ids[f"order_id.{key}"]

        def ready(key: str = key, order_id: str = order_id) -> bool:
            with just_made(waits=PREPARING_WAITS):
                subscription_id = settled.get(f"subscription_id.{key}") or _subscription_of(
                    partner_center, customer_id, order_id, settled.get(f"line.{key}", "")
                )
                if not subscription_id:
                    return False
                settled[f"subscription_id.{key}"] = subscription_id
                return _provisioned(partner_center, customer_id, subscription_id)

        if not patience.until(ready):
            orders = ", ".join(sorted({value for name, value in ids.items() if name.startswith("order_id.")}))
            refusal = Rejected(PREPARING_FOR_EVER, code="provisioning", orders=orders)
            raise NotYet(STILL_PROVISIONING, code="provisioning", refusal=refusal, waits=PREPARING_WAITS)
    return {name: value for name, value in settled.items() if not name.startswith("line.")}


def _placed(
    partner_center: PartnerCenter,
    customer_id: str,
    every: list[Line],
    terms: Terms,
    steps: Steps,
    subscriptions: Mapping[str, str],
) -> Iterator[dict[str, str]]:
    """Yield the ids of each part as it is placed."""
    offers = {line.key: _offer(partner_center, line, terms) for line in every if not line.modern}
    base = [line for line in every if not line.modern and not offers[line.key].get("isAddOn")]
    add_ons = [line for line in every if not line.modern and line not in base]
    for line in add_ons:  # before anything is placed, an add-on that nothing will carry is refused
        _parent(offers[line.key], {**subscriptions, **{one.offer: "to be ordered" for one in base}}, line)
    parents = dict(subscriptions)
    for group in sorted({str(offers[line.key].get("salesGroupId") or "") for line in base}):
        together = [line for line in base if str(offers[line.key].get("salesGroupId") or "") == group]
        ids = _ordered(partner_center, customer_id, together, name=f"order:{group}", terms=terms, steps=steps)
        parents |= {line.offer: ids.get(f"subscription_id.{line.key}", "") for line in together}
        yield ids
    for line in every:
        if line.modern:
            yield _bought(partner_center, customer_id, line, terms=terms, steps=steps)
    for line in add_ons:
        parent = _parent(offers[line.key], parents, line)
        yield _added(partner_center, customer_id, line, parent=parent, steps=steps)


def _ordered(
    partner_center: PartnerCenter, customer_id: str, lines: list[Line], *, name: str, terms: Terms, steps: Steps
) -> dict[str, str]:
    path = f"customers/{customer_id}/orders"
    rows = [_row(number, line, terms) for number, line in enumerate(lines)]
    body = {"referenceCustomerId": customer_id, "billingCycle": terms.billing_cycle, "lineItems": rows}

    def send(request_id: str) -> JSON:
        made = partner_center.write("POST", path, body, request_id=request_id).body
        _require_ours(made, customer_id)
        return _ids_by_number(made, lines)

    return steps.once(name, send=send, find=lambda: find(partner_center, customer_id, lines))


def _bought(
    partner_center: PartnerCenter, customer_id: str, line: Line, *, terms: Terms, steps: Steps
) -> dict[str, str]:
    """Buy a catalogue item: a cart, which costs nothing and may be made twice, and its checkout, which may not.

    Each line has a cart of its own: a cart of several may be carried out in part.
    """
    path = f"customers/{customer_id}/carts"

    def send(request_id: str) -> JSON:
        # A cart lives for minutes: it is made right before its checkout, and one left behind expires by itself.
        body = {"lineItems": [_item(partner_center, line, terms)]}
        try:
            cart = partner_center.write("POST", path, body, request_id=request_id).body
            cart_id = id_of(cart)
        except (LostAnswer, KeyError, TypeError, ValueError) as lost:
            raise Transient(CART_LOST, code="cart_lost") from lost
        refused = [row["error"] for row in cart.get("lineItems") or [] if row.get("error")]
        if refused:
            raise Rejected(ORDER_ERRORS, code="cart", reason=refused[0].get("errorDescription") or "")
        done = partner_center.write("POST", f"{path}/{cart_id}/checkout", None, request_id=request_id).body
        if done.get("orderErrors"):
            raise Rejected(ORDER_ERRORS, code="cart", reason=done["orderErrors"][0].get("description") or "")
        (made,) = done["orders"]
        _require_ours(made, customer_id)
        return _ids(line.key, id_of(made), made["lineItems"][0])

    return steps.once(f"cart:{line.key}", send=send, find=lambda: find(partner_center, customer_id, [line]))


def _item(partner_center: PartnerCenter, line: Line, terms: Terms) -> dict[str, Any]:
    """Return the cart's line. The availability is looked up now, because Microsoft changes its id over time."""
    product, sku = line.offer.split(":")[:2]
    path = f"products/{product}/skus/{sku}/availabilities"
    available = partner_center.collection(path, params={"country": terms.country, "targetSegment": "commercial"})
    chosen = next((row for row in available if row.get("isPurchasable", True)), None)
    if chosen is None:
        raise Rejected(NOT_SOLD, code="no_availability", offer=line.offer, country=terms.country)
    item: dict[str, Any] = {
        "id": 0,
        "catalogItemId": str(chosen["catalogItemId"]),
        "friendlyName": line.friendly_name,
        "quantity": line.quantity,
        "billingCycle": terms.billing_cycle,
    }
    return item | ({"termDuration": terms.term_duration} if terms.term_duration else {})


def _added(partner_center: PartnerCenter, customer_id: str, line: Line, *, parent: str, steps: Steps) -> dict[str, str]:
    """Add an add-on to the order of its base subscription, which is read by its id and therefore as it is now."""

    def path() -> str:
        order_id = id_of(partner_center.subscription(customer_id, parent), "orderId").lower()
        return f"customers/{customer_id}/orders/{order_id}"

    def ours(order: Members) -> JSON | None:
        rows = [row for row in order["lineItems"] if row.get("friendlyName") == line.friendly_name]
        return _ids(line.key, id_of(order), rows[0]) if rows else None

    def send(request_id: str) -> JSON:
        row = {
            "lineItemNumber": 0,
            "offerId": line.offer,
            "parentSubscriptionId": parent,
            "friendlyName": line.friendly_name,
            "quantity": line.quantity,
        }
        body = {"referenceCustomerId": customer_id, "lineItems": [row]}
        answer = partner_center.write("PATCH", path(), body, request_id=request_id).body
        _require_ours(answer, customer_id)
        added = ours(answer)
        if added is None:
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return added

    def find_line() -> JSON | None:
        return ours(partner_center.read(path()).body)

    return steps.once(f"add-on:{line.key}", send=send, find=find_line, visible_after=timedelta(0))


def _offer(partner_center: PartnerCenter, line: Line, terms: Terms) -> Members:
    return Members(partner_center.read(f"offers/{line.offer}", params={"country": terms.country}).body)


def _parent(offer: Members, parents: Mapping[str, str], line: Line) -> str:
    allowed = {str(parent).casefold() for parent in offer.get("prerequisiteOffers") or []}
    for parent_offer, subscription_id in parents.items():
        if subscription_id and (parent_offer.casefold() in allowed or not allowed):
            return subscription_id
    raise Rejected(NO_PARENT, code="no_parent", offer=offer.get("name") or line.offer)


def _row(number: int, line: Line, terms: Terms) -> dict[str, Any]:
    row: dict[str, Any] = {
        "lineItemNumber": number,
        "offerId": line.offer,
        "quantity": line.quantity,
        "friendlyName": line.friendly_name,
    }
    return row | ({"partnerIdOnRecord": terms.partner_mpn_id} if terms.partner_mpn_id else {})


def _require_ours(made: Members, customer_id: str) -> None:
    """Raise LostAnswer for an order of another customer: its ids are none of ours."""
    require_same(made.get("referenceCustomerId") or customer_id, customer_id)


def _ids_by_number(made: Members, lines: list[Line]) -> JSON:
    ids: dict[str, str] = {}
    for number, line in enumerate(lines):
        (row,) = [row for row in made["lineItems"] if int(row["lineItemNumber"]) == number]
        ids |= _ids(line.key, id_of(made), row)
    return ids


def _ids(key: str, order_id: str, row: Members) -> dict[str, str]:
    ids = {f"order_id.{key}": order_id, f"line.{key}": str(row.get("lineItemNumber") or 0)}
    subscription_id = row.get("subscriptionId")
    return ids | ({f"subscription_id.{key}": str(subscription_id)} if subscription_id else {})


def _subscription_of(partner_center: PartnerCenter, customer_id: str, order_id: str, number: str) -> str:
    """Return the subscription that an order's line has become, or "" while there is none (modern orders)."""
    found = partner_center.read(f"customers/{customer_id}/orders/{order_id}").body
    rows = [row for row in found.get("lineItems") or [] if str(row.get("lineItemNumber") or 0) == number]
    return str(rows[0].get("subscriptionId") or "") if rows else ""


def _provisioned(partner_center: PartnerCenter, customer_id: str, subscription_id: str) -> bool:
    path = f"customers/{customer_id}/subscriptions/{subscription_id}/provisioningstatus"
    status = str(partner_center.read(path).body.get("status") or "")
    if same_id(status, "failed"):
        raise Rejected(PROVISIONING_FAILED, code="provisioning_failed")
    return same_id(status, "success")
