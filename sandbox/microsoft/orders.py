"""Orders of a customer: legacy and modern lines, add-ons by PATCH, billing cycle, provisioning status."""

import secrets
from typing import Any
from uuid import uuid4

from sandbox.microsoft import audit
from sandbox.microsoft.agreements import check_confirmed
from sandbox.microsoft.catalogue import currency_of, modern_offer
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.shapes import Fields, Json, collection, etag, link, stamp
from sandbox.microsoft.subscriptions import check_quantity, new_subscription
from sandbox.microsoft.world import PARTNER_MPN, World
from sandbox.wsgi import Request, Response

CYCLES = ("unknown", "monthly", "annual", "none", "one_time")


def own_order(world: World, customer: Json, order: str) -> Json:
    """Return a customer's order by its id; raise 404/20000 for an unknown one."""
    found = world.store.get(f"order:{customer['id']}", order.lower())
    if found is None:
        raise PartnerCenterError(404, 20000, "Order Id not found")
    return found


def wanted_line(world: World, customer: Json, fields: Fields, *, cycle: str) -> Json:
    """Return what one line orders, checked against catalogue and customer."""
    item = fields.text("offerId") or fields.text("catalogItemId")
    modern = modern_offer(world, item)
    offer = modern or BY_ID.get(item.lower())
    if offer is None:
        raise PartnerCenterError(400, 800004, "Invalid offer Id")
    if not offer.available:
        raise PartnerCenterError(403, 2091, "The offer is no longer available for purchase")
    quantity = fields.number("quantity")
    check_quantity(world, offer, quantity)
    if cycle not in ("unknown", *offer.billing_cycles):
        raise invalid_property("billingCycle", f"the offer is billed {' or '.join(offer.billing_cycles)}")
    partner = fields.text("partnerIdOnRecord") or None
    if partner == PARTNER_MPN:
        raise PartnerCenterError(400, 2071, "MPN Id is not a valid Advisor")
    return {
        "offer": offer.id,
        "catalogue_item": item if modern else None,
        "term": (fields.text("termDuration") or "P1Y") if modern else None,
        "quantity": quantity,
        "name": fields.text("friendlyName"),
        "parent": _checked_parent(world, customer, offer, fields.text("parentSubscriptionId")),
        "partner": partner,
        "cycle": cycle,
        "subscription": None,
    }


def _checked_parent(world: World, customer: Json, offer: Offer, parent: str) -> str | None:
    if not parent:
        if offer.is_add_on:
            raise invalid_property("parentSubscriptionId", "an add-on needs the subscription it is added to")
        return None
    found = world.store.get(f"subscription:{customer['id']}", parent.lower())
    if found is None:
        raise PartnerCenterError(404, 20003, f"Subscription with id {parent} not found.")
    if found["offer"] not in offer.prerequisites:
        raise PartnerCenterError(400, 800029, "The add-on is not related to the specified parent subscription")
    if found["status"] != "active":
        description = "Cannot enable a child subscription, when the parent subscription is not Active"
        raise PartnerCenterError(409, 27009, description)
    return str(found["id"])


def check_room(world: World, customer: Json, lines: list[Json]) -> None:
    """Raise 27006 where an offer's use limit is reached, 800018 where the integration sandbox's limit is."""
    held = world.store.all(f"subscription:{customer['id']}")
    pending = [order for order in world.store.all(f"order:{customer['id']}") if order["status"] == "pending"]
    held += [{**line, "status": "active"} for order in pending for line in order["lines"]]
    for line in lines:
        offer = BY_ID[line["offer"].lower()]
        same = [kept for kept in held if kept["offer"] == offer.id and (offer.trial or kept["status"] == "active")]
        asked = sum(other["offer"] == offer.id for other in lines)
        if offer.limit and len(same) + asked > offer.limit:
            raise PartnerCenterError(400, 27006, "The offer use limit has been reached.")
    limit = world.switch("subscription_limit")
    if limit is not None and len(held) + len(lines) > limit:
        raise PartnerCenterError(400, 800018, "The sandbox limit has been met")


def place(world: World, request: Request, customer: Json, lines: list[Json], *, cycle: str) -> Json:
    """Keep an order: a legacy one is completed at once, a modern one is pending and completed by later reads."""
    modern = any(line["catalogue_item"] for line in lines)
    order: Json = {
        "id": secrets.token_urlsafe(24) + "1" if modern else str(uuid4()),
        "customer": customer["id"],
        "cycle": cycle,
        "lines": lines,
        "created": world.now(),
        "modern": modern,
        "status": "pending" if modern else "completed",
        "pending_reads": world.switch("modern_pending_reads" if modern else "legacy_pending_reads"),
        "version": 1,
    }
    if not modern or not order["pending_reads"]:
        order = _fulfilled(world, customer, order)
    world.store.put(f"order:{customer['id']}", order["id"].lower(), order)
    answer = shape(customer, order)
    facts = {"OrderId": order["id"], "BillingCycle": cycle}
    audit.record(world, request, customer, resource="order", operation="create_order", new=answer, more=facts)
    return order


def _fulfilled(world: World, customer: Json, order: Json) -> Json:
    """Return the order with a subscription for each line that has none yet."""
    lines = []
    for line in order["lines"]:
        done = line
        if line["subscription"] is None:
            made = new_subscription(
                world,
                customer,
                BY_ID[line["offer"].lower()],
                order_id=order["id"],
                quantity=line["quantity"],
                name=line["name"],
                cycle=line["cycle"],
                parent=line["parent"],
                partner=line["partner"],
                catalogue_item=line["catalogue_item"],
                term=line["term"],
                pending_reads=0 if order["modern"] else order["pending_reads"],
            )
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
        world.store.put(f"order:{customer['id']}", order["id"].lower(), later)
        return order
    done = _fulfilled(world, customer, order)
    return world.store.put(f"order:{customer['id']}", order["id"].lower(), done)


def shape(customer: Json, order: Json) -> Json:
    """Return an order as Partner Center writes it."""
    base = f"/customers/{customer['id']}/orders/{order['id']}"
    links: Json = {"self": link(base)}
    if order["status"] == "pending":
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
    made = [order for order in world.store.all(f"order:{found['id']}") if world.is_listed(order["created"])]
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
    if added:
        check_confirmed(world, found)
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
    world.store.put(f"order:{found['id']}", kept["id"].lower(), kept)
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
            world.store.put(kind, kept["id"].lower(), {**kept, "cycle": cycle, "version": kept["version"] + 1})
    return {**order, "cycle": cycle, "lines": [{**line, "cycle": cycle} for line in order["lines"]]}


def provisioning_status(world: World, _request: Request, customer: str, order: str) -> Json:
    """Return how far each line of an order is."""
    found = own_customer(world, customer)
    kept = _read(world, found, own_order(world, found, order))
    status = "PrefulfillmentPending" if kept["status"] == "pending" else "Fulfilled"
    items = [
        {
            "lineItemNumber": number,
            "status": status,
            "quantityProvisioningInformation": [{"quantity": line["quantity"], "status": status}],
        }
        for number, line in enumerate(kept["lines"])
    ]
    return collection(items)


_ONE = "/customers/{customer}/orders/{order}"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/customers/{customer}/orders", list_orders),
    ("POST", "/customers/{customer}/orders", create_order),
    ("GET", _ONE, get_order),
    ("PATCH", _ONE, patch_order),
    ("GET", f"{_ONE}/provisioningstatus", provisioning_status),
]
