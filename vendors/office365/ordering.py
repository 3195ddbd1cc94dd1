"""Ordering at Microsoft: every line once, through carts (as in 2019, orders), and waiting until it is provisioned."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Service, Steps
from vendors.errors import LostAnswer, NotFound, NotYet, Parked, Rejected, Unlisted, just_made
from vendors.microsoft.errors import UNREADABLE, AgreementNeeded
from vendors.microsoft.partner_center import Members, PartnerCenter, id_of, same_id
from vendors.microsoft.patience import Patience
from vendors.office365.carts import bought
from vendors.office365.lines import TOLD, Line, Terms, find, ids_by_number, ids_of, lines_of, require_ours
from vendors.office365.products import sold_as

__all__ = ["InReview", "Line", "Terms", "find", "lines_of", "order", "settle"]

STILL_PROVISIONING = gettext_noop("Microsoft is still preparing the subscription. It will be looked at again.")
PROVISIONING_FAILED = gettext_noop("Microsoft could not prepare the subscription. Ask Microsoft's partner support.")
NO_PARENT = gettext_noop("The add-on %(offer)s needs a base offer in the same plan. Add one to the template.")
ORDER_CANCELLED = gettext_noop(
    "Microsoft has cancelled order %(order)s. Ask Microsoft's partner support why; delete the subscription here, or try"
    " again once the cause is removed."
)
UNDECIDED = gettext_noop(
    "The order for %(items)s of customer %(customer)s was sent, Microsoft's answer was lost, and none of the customer's"
    " orders bears our mark “%(mark)s”. It is not sent a second time: look in Partner Center under the customer's"
    " orders, and say here whether it is there."
)
ANOTHERS = gettext_noop(
    "Order %(order)s at Microsoft is not the one that was looked for (%(items)s of customer %(customer)s). Look again,"
    " and say which order it is, or that there is none."
)
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


CANCELLED_CODE = "order_cancelled"
# What an order's status says while Microsoft, or somebody there, has still to do something (section 1).
IN_REVIEW = frozenset({"pending review", "pendingreview", "suspended"})


class InReview(NotYet):
    """Microsoft looks at an order before it carries it out: people wait for that, for as long as it takes."""

    def __init__(self, order_id: str, ids: Mapping[str, str]) -> None:
        refusal = Rejected(PREPARING_FOR_EVER, code="in_review", orders=order_id)
        super().__init__(STILL_PROVISIONING, code="in_review", refusal=refusal, waits=PREPARING_WAITS)
        self.order_id, self.ids = order_id, dict(ids)


def order(
    partner_center: PartnerCenter,
    customer_id: str,
    lines: Iterable[Line],
    *,
    terms: Terms,
    steps: Steps,
    now: datetime,
    subscriptions: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Order every line once; return the vendor ids "order_id.<key>" and, where known already, "subscription_id.<key>".

    Each line has a cart of its own; without carts, lines of one sales group share an order, as Microsoft demands.
    Add-ons follow on their base line's order.
    `subscriptions` are existing base subscriptions by offer id, for add-ons ordered later. Microsoft has no call that
    takes all of it or nothing: a refusal after a placed part names that part.
    """
    ids: dict[str, str] = {}
    try:
        for placed in _placed(partner_center, customer_id, list(lines), terms, steps, now, subscriptions or {}):
            ids |= placed
    except AgreementNeeded as needed:
        needed.placed = ids
        raise
    except Rejected as refusal:
        orders = sorted({value for name, value in ids.items() if name.startswith("order_id.")})
        if not orders:
            raise
        raise Rejected(PARTLY_PLACED, code=refusal.code, reason=refusal, orders=", ".join(orders)) from refusal
    return ids


def settle(
    partner_center: PartnerCenter, customer_id: str, ids: Mapping[str, str], *, patience: Patience
) -> dict[str, str]:
    """Wait until each ordered line has a provisioned subscription; return the ids completed.

    Raises NotYet while Microsoft is not ready, for a day at most; InReview; Rejected when it gave up.
    """
    settled = dict(ids)
    for key in sorted(name.partition(".")[2] for name in ids if name.startswith("order_id.")):

        def ready(key: str = key) -> bool:
            with just_made(waits=PREPARING_WAITS):
                subscription_id = settled.get(f"subscription_id.{key}") or subscription_of(
                    partner_center, customer_id, key, settled
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


def unfinished(service: Service) -> list[str]:
    """Return the resources whose order has become no subscription yet: it was overtaken while Microsoft prepared it."""
    ordered = [name.partition(".")[2] for name in service.vendor_ids if name.startswith("order_id.")]
    return [key for key in sorted(ordered) if not service.vendor_ids.get(f"subscription_id.{key}")]


def completed(partner_center: PartnerCenter, service: Service) -> Service:
    """Return the service with the subscriptions that its orders have become meanwhile; what was cancelled has none.

    Raises InReview, and NotYet while an order is neither.
    """
    ids = dict(service.vendor_ids)
    for key in unfinished(service):
        try:
            found = subscription_of(partner_center, ids["customer_id"], key, ids)
        except Rejected as refusal:
            if refusal.code != CANCELLED_CODE:
                raise
            continue
        if not found:
            refusal = Rejected(PREPARING_FOR_EVER, code="provisioning", orders=ids[f"order_id.{key}"])
            raise NotYet(STILL_PROVISIONING, code="provisioning", refusal=refusal, waits=PREPARING_WAITS)
        ids[f"subscription_id.{key}"] = found
    return replace(service, vendor_ids=ids)


def _placed(
    partner_center: PartnerCenter,
    customer_id: str,
    every: list[Line],
    terms: Terms,
    steps: Steps,
    now: datetime,
    subscriptions: Mapping[str, str],
) -> Iterator[dict[str, str]]:
    """Yield the ids of each part as it is placed."""
    offers = {line.key: _offer(partner_center, line, terms) for line in every if not line.modern}
    base = [line for line in every if not line.modern and not offers[line.key].get("isAddOn")]
    add_ons = [line for line in every if not line.modern and line not in base]
    for line in add_ons:  # before anything is placed, an add-on that nothing will carry is refused
        _parent(offers[line.key], {**subscriptions, **{one.offer: "to be ordered" for one in base}}, line)
    parents = dict(subscriptions)
    for placed in _bases(partner_center, customer_id, base, offers, terms, steps, now):
        for line in base:
            if f"order_id.{line.key}" in placed:
                parents[line.offer] = placed.get(f"subscription_id.{line.key}", "") or (
                    subscription_of(partner_center, customer_id, line.key, placed) if add_ons else ""
                )
        yield placed
    modern = [line for line in every if line.modern]
    yield from _items(partner_center, customer_id, modern, terms, steps, now)
    for line in add_ons:
        parent = _parent(offers[line.key], parents, line)
        yield _added(partner_center, customer_id, line, parent=parent, steps=steps)


def _items(
    partner_center: PartnerCenter, customer_id: str, lines: list[Line], terms: Terms, steps: Steps, now: datetime
) -> Iterator[dict[str, str]]:
    """Yield the ids of what the new commerce sells, a cart each; add-ons once what they go on is there."""
    bases: dict[str, tuple[str, ...]] = {}
    for line in lines if len(lines) > 1 else ():
        sold = sold_as(partner_center, line.offer, terms, customer_id=customer_id)
        bases[line.key] = sold[0].bases if sold else ()
    ids: dict[str, str] = {}
    for line in sorted(lines, key=lambda line: (bool(bases.get(line.key)), line.key)):
        for other in lines if bases.get(line.key) else ():
            waits = f"order_id.{other.key}" in ids and not subscription_of(partner_center, customer_id, other.key, ids)
            if waits:
                refusal = Rejected(PREPARING_FOR_EVER, code="provisioning", orders=ids[f"order_id.{other.key}"])
                raise NotYet(STILL_PROVISIONING, code="provisioning", refusal=refusal, waits=PREPARING_WAITS)
        placed = bought(partner_center, customer_id, line, terms=terms, steps=steps, now=now)
        ids |= placed
        yield placed


def _bases(
    partner_center: PartnerCenter,
    customer_id: str,
    base: list[Line],
    offers: Mapping[str, Members],
    terms: Terms,
    steps: Steps,
    now: datetime,
) -> Iterator[dict[str, str]]:
    """Yield the ids of the licence offers that are no add-ons: a cart each, or an order for each sales group."""
    if terms.carts:
        for line in base:
            yield bought(partner_center, customer_id, line, terms=terms, steps=steps, now=now)
        return
    for group in sorted({str(offers[line.key].get("salesGroupId") or "") for line in base}):
        together = [line for line in base if str(offers[line.key].get("salesGroupId") or "") == group]
        yield _ordered(partner_center, customer_id, together, name=f"order:{group}", terms=terms, steps=steps)


def _ordered(
    partner_center: PartnerCenter, customer_id: str, lines: list[Line], *, name: str, terms: Terms, steps: Steps
) -> dict[str, str]:
    """Place an order as in 2019. One whose answer is lost is looked for by our mark, and never placed a second time."""
    path = f"customers/{customer_id}/orders"
    rows = [_row(number, line, terms) for number, line in enumerate(lines)]
    body = {"referenceCustomerId": customer_id, "billingCycle": terms.billing_cycle, "lineItems": rows}
    evidence = {"customer": customer_id, "items": ", ".join(f"{line.quantity} × {line.offer}" for line in lines)}

    def send(request_id: str) -> JSON:
        made = partner_center.write("POST", path, body, request_id=request_id).body
        require_ours(made, customer_id)
        return ids_by_number(made, lines)

    def find_order() -> JSON:
        found = find(partner_center, customer_id, lines)
        if found is None:
            raise Unlisted(UNDECIDED, mark=lines[0].friendly_name, **evidence)
        return found

    made = steps.once(name, send=send, find=find_order, never_again=TOLD)
    if "order_id" not in made:
        return made
    named = str(made["order_id"]).strip()
    try:
        order = partner_center.read(f"{path}/{named}").body
        return ids_by_number(order, lines)
    except (NotFound, KeyError, ValueError) as another:
        raise Parked(ANOTHERS, step=name, told=TOLD.told, order=named, **evidence) from another


def _added(partner_center: PartnerCenter, customer_id: str, line: Line, *, parent: str, steps: Steps) -> dict[str, str]:
    """Add an add-on to the order of its base subscription, which is read by its id and therefore as it is now."""

    def path() -> str:
        order_id = id_of(partner_center.subscription(customer_id, parent), "orderId").lower()
        return f"customers/{customer_id}/orders/{order_id}"

    def ours(order: Members) -> JSON | None:
        rows = [row for row in order["lineItems"] if row.get("friendlyName") == line.friendly_name]
        return ids_of(line.key, id_of(order), rows[0]) if rows else None

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
        require_ours(answer, customer_id)
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


def subscription_of(partner_center: PartnerCenter, customer_id: str, key: str, ids: Mapping[str, str]) -> str:
    """Return the subscription that an ordered line has become, or "" while there is none (modern orders).

    The order is read by its id, which Microsoft shows at once. Raises InReview, Rejected where it was cancelled.
    """
    order_id = ids[f"order_id.{key}"]
    found = partner_center.read(f"customers/{customer_id}/orders/{order_id}").body
    status = str(found.get("status") or "").casefold()
    if status in IN_REVIEW:
        raise InReview(order_id, ids)
    if status in ("cancelled", "canceled"):
        raise Rejected(ORDER_CANCELLED, code=CANCELLED_CODE, order=order_id)
    number = ids.get(f"line.{key}", "0")
    rows = [row for row in found.get("lineItems") or [] if str(row.get("lineItemNumber") or 0) == number]
    return str(rows[0].get("subscriptionId") or "") if rows else ""


def _provisioned(partner_center: PartnerCenter, customer_id: str, subscription_id: str) -> bool:
    path = f"customers/{customer_id}/subscriptions/{subscription_id}/provisioningstatus"
    status = str(partner_center.read(path).body.get("status") or "")
    if same_id(status, "failed"):
        raise Rejected(PROVISIONING_FAILED, code="provisioning_failed")
    return same_id(status, "success")
