"""Orders of a customer: legacy and modern lines, add-ons by PATCH, billing cycle, provisioning status."""

import secrets
from typing import Any
from uuid import uuid4

from sandbox.microsoft import audit, listing
from sandbox.microsoft.agreements import check_confirmed
from sandbox.microsoft.catalogue import currency_of
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.lines import REVIEWED, WAITING, check_room, wanted_line
from sandbox.microsoft.offers import BY_ID
from sandbox.microsoft.shapes import Fields, Json, collection, etag, link, stamp
from sandbox.microsoft.subscriptions import new_subscription
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response

CYCLES = ("unknown", "monthly", "annual", "none", "one_time")


def own_order(world: World, customer: Json, order: str) -> Json:
    """Return a customer's order by its id; raise 404/20000 for an unknown one, and for one too young to be seen."""
    found = world.store.get(f"order:{customer['id']}", order.lower())
    if found is None or world.now() - found["created"] < float(world.switch("order_visible_delay_seconds")):
        raise PartnerCenterError(404, 20000, "Order Id not found")
    return found


def place(world: World, request: Request, customer: Json, lines: list[Json], *, cycle: str) -> Json:
    """Keep an order: a legacy one is completed at once, a modern one is pending and completed by later reads."""
    modern = any(line["catalogue_item"] for line in lines)
    status = (REVIEWED if world.switch("orders_reviewed") else "pending") if modern else "completed"
    order: Json = {
        "id": secrets.token_urlsafe(24) + "1" if modern else str(uuid4()),
        "customer": customer["id"],
        "cycle": cycle,
        "lines": lines,
        "created": world.now(),
        "modern": modern,
        "status": status,
        "pending_reads": world.switch("modern_pending_reads" if modern else "legacy_pending_reads"),
        "version": 1,
    }
    if not modern or _is_due(world, order):
        order = _fulfilled(world, customer, order)
    listing.keep(world, f"order:{customer['id']}", order)
    answer = shape(customer, order)
    facts = {"OrderId": order["id"], "BillingCycle": cycle}
    audit.record(world, request, customer, resource="order", operation="create_order", new=answer, more=facts)
    return order


def _is_due(world: World, order: Json) -> bool:
    """Say whether a modern order gets its subscriptions now."""
    old_enough = world.now() - order["created"] >= float(world.switch("subscription_id_delay_seconds"))
    return order["status"] == "pending" and not order["pending_reads"] and old_enough


def _fulfilled(world: World, customer: Json, order: Json) -> Json:
    """Return the order with a subscription for each line that has none yet."""
    lines = []
    for line in order["lines"]:
        done = line
        if line["subscription"] is None:
            offer, reads = BY_ID[line["offer"].lower()], 0 if order["modern"] else order["pending_reads"]
            made = new_subscription(world, customer, offer, line, order_id=order["id"], pending_reads=reads)
            done = {**line, "subscription": made["id"], "name": made["name"]}
        lines.append(done)
    return {
        **order,
        "lines": lines,
        "status": "completed",
        "pending_reads": 0 if order["modern"] else order["pending_reads"],
    }


def _read(world: World, customer: Json, order: Json) -> Json:
    """Return the order as a read finds it, and bring a pending one nearer to its end for the next."""
    if order["status"] != "pending":
        return order
    if order["pending_reads"] > 0:
        later = {**order, "pending_reads": order["pending_reads"] - 1}
        listing.keep(world, f"order:{customer['id']}", later)
        return order
    if not _is_due(world, order):
        return order
    return listing.keep(world, f"order:{customer['id']}", _fulfilled(world, customer, order))


def shape(customer: Json, order: Json) -> Json:
    """Return an order as Partner Center writes it."""
    base = f"/customers/{customer['id']}/orders/{order['id']}"
    links: Json = {"self": link(base)}
    if order["status"] in WAITING:
        links = {"provisioningStatus": link(f"{base}/provisioningstatus"), **links}
    attributes: Json = {"objectType": "Order"}
    if not order["modern"]:
        attributes = {"etag": etag(order["id"], order["version"]), **attributes}
    return {
        "id": order["id"],
        "referenceCustomerId": customer["id"],
        "billingCycle": order["cycle"],
        "currencyCode": currency_of(customer["address"]["country"]),
        "lineItems": [_line(customer, order, number, line) for number, line in enumerate(order["lines"])],
        "creationDate": stamp(order["created"]),
        "status": order["status"],
        "transactionType": "UserPurchase",
        "links": links,
        "attributes": attributes,
    }


def _line(customer: Json, order: Json, number: int, line: Json) -> Json:
    offer = BY_ID[line["offer"].lower()]
    country = customer["address"]["country"]
    links: Json = {}
    if line["subscription"]:
        links["subscription"] = link(f"/customers/{customer['id']}/subscriptions/{line['subscription']}")
    if line["catalogue_item"]:
        product, sku, _ = line["catalogue_item"].split(":")
        links["sku"] = link(f"/products/{product}/skus/{sku}?country={country}")
    else:
        links["sku"] = link(f"/products/{offer.product_id}/skus/{offer.id}")
    if line["subscription"]:
        links["provisioningStatus"] = link(f"/subscriptions/{line['subscription']}/provisioningstatus")
    return {
        "lineItemNumber": number,
        "offerId": line["catalogue_item"] or offer.id,
        "subscriptionId": line["subscription"],
        "parentSubscriptionId": line["parent"],
        "termDuration": line["term"],
        "transactionType": "New" if order["modern"] else None,
        "friendlyName": line["name"] or offer.name,
        "quantity": line["quantity"],
        "partnerIdOnRecord": line["partner"],
        "links": links,
    }


def list_orders(world: World, request: Request, customer: str) -> Json:
    """Return a customer's orders, all of them in one page, as far as the list has caught up."""
    found = own_customer(world, customer)
    cycle = request.query.get("billingtype", "").lower()
    made = listing.listed(world, f"order:{found['id']}")
    kept = [order for order in made if not cycle or order["cycle"] == cycle]
    query = f"?{request.query_string}" if request.query_string else ""
    links = {"self": link(f"/customers/{found['id']}/orders{query}")}
    return collection([shape(found, order) for order in kept], links=links)


def get_order(world: World, _request: Request, customer: str, order: str) -> Json:
    """Return one order."""
    found = own_customer(world, customer)
    return shape(found, _read(world, found, own_order(world, found, order)))


def create_order(world: World, request: Request, customer: str) -> Response:
    """Place an order of one or several lines, all of them or none."""
    found = own_customer(world, customer)
    fields = Fields.of(request.json())
    reference = fields.text("referenceCustomerId").lower()
    if reference and reference != found["id"]:
        raise invalid_property("referenceCustomerId", "is not the customer of the address")
    given = fields.parts("lineItems")
    if sorted(line.number("lineItemNumber") or 0 for line in given) != list(range(len(given))) or not given:
        raise invalid_property("lineItems.lineItemNumber", "must count from 0")
    cycle = fields.text("billingCycle").lower() or "monthly"
    if cycle not in CYCLES:
        raise invalid_property("billingCycle", f"must be one of {', '.join(CYCLES)}")
    check_confirmed(world, found)
    given.sort(key=lambda line: line.number("lineItemNumber") or 0)
    lines = [wanted_line(world, found, line, cycle=cycle) for line in given]
    if len({bool(line["catalogue_item"]) for line in lines}) > 1:
        raise PartnerCenterError(400, 800009, "Error in Cart item(s)")
    check_room(world, found, lines)
    return written(shape(found, place(world, request, found, lines, cycle=cycle)), 201)


def patch_order(world: World, request: Request, customer: str, order: str) -> Json:
    """Add add-ons to an order, or change its billing cycle."""
    found = own_customer(world, customer)
    kept = own_order(world, found, order)
    fields = Fields.of(request.json())
    added = [line for line in fields.parts("lineItems") if line.text("parentSubscriptionId")]
    cycle = fields.text("billingCycle").lower() or kept["cycle"]
    check_confirmed(world, found)
    if added:
        lines = [wanted_line(world, found, line, cycle=kept["cycle"]) for line in added]
        known = {(line["offer"], line["parent"], line["subscription"]) for line in kept["lines"]}
        fresh = [
            line
            for line, given in zip(lines, added, strict=True)
            if (line["offer"], line["parent"], given.text("subscriptionId").upper()) not in known
        ]
        check_room(world, found, fresh)
        kept = _fulfilled(world, found, {**kept, "lines": [*kept["lines"], *fresh]})
    if cycle != kept["cycle"]:
        kept = _with_cycle(world, found, kept, cycle)
    kept = {**kept, "version": kept["version"] + 1}
    listing.keep(world, f"order:{found['id']}", kept)
    answer = shape(found, kept)
    audit.record(
        world, request, found, resource="order", operation="update_order", new=answer, more={"OrderId": kept["id"]}
    )
    return answer


def _with_cycle(world: World, customer: Json, order: Json, cycle: str) -> Json:
    kind = f"subscription:{customer['id']}"
    subscriptions = [world.store.get(kind, (line["subscription"] or "").lower()) for line in order["lines"]]
    if any(kept is None or kept["status"] != "active" for kept in subscriptions):
        description = (
            "The billing cycle could not be changed because the order contains one or more subscriptions that are not"
            " active"
        )
        raise PartnerCenterError(400, 6000, description)
    if any(cycle not in BY_ID[line["offer"].lower()].billing_cycles for line in order["lines"]):
        description = (
            "The billing cycle could not be changed because one of the order's Offer Ids does not support the billing"
            " term"
        )
        raise PartnerCenterError(400, 6001, description)
    for kept in subscriptions:
        if kept is not None:
            listing.keep(world, kind, {**kept, "cycle": cycle, "version": kept["version"] + 1})
    return {**order, "cycle": cycle, "lines": [{**line, "cycle": cycle} for line in order["lines"]]}


def provisioning_status(world: World, _request: Request, customer: str, order: str) -> Json:
    """Return how far each line of an order is."""
    found = own_customer(world, customer)
    kept = _read(world, found, own_order(world, found, order))
    status = {"completed": "Fulfilled", "cancelled": "Unfulfilled"}.get(kept["status"], "PrefulfillmentPending")
    items = [
        {
            "lineItemNumber": number,
            "status": status,
            "quantityProvisioningInformation": [{"quantity": line["quantity"], "status": status}],
        }
        for number, line in enumerate(kept["lines"])
    ]
    return collection(items)


def finish_reviews(world: World, *, approved: bool) -> int:
    """Decide on every order that is pending review: it goes on, or is cancelled; return how many there were."""
    count = 0
    for customer in world.store.all("customer"):
        kind = f"order:{customer['id']}"
        for order in [kept for kept in world.store.all(kind) if kept["status"] == REVIEWED]:
            listing.keep(world, kind, {**order, "status": "pending" if approved else "cancelled"})
            count += 1
    return count


_ONE = "/customers/{customer}/orders/{order}"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/customers/{customer}/orders", list_orders),
    ("POST", "/customers/{customer}/orders", create_order),
    ("GET", _ONE, get_order),
    ("PATCH", _ONE, patch_order),
    ("GET", f"{_ONE}/provisioningstatus", provisioning_status),
]
