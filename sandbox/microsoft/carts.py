"""Carts: lines grouped into orders, each group succeeding or failing for itself, and a checkout that may be repeated.

The second checkout of a cart answers as the first did; after one that placed nothing it is a new attempt.
"""

from typing import Any
from uuid import uuid4

from sandbox.faults import UNAVAILABLE_PAGE
from sandbox.microsoft.agreements import check_confirmed
from sandbox.microsoft.catalogue import currency_of
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.lines import STALE_ITEM, check_room, wanted_line
from sandbox.microsoft.orders import place, shape
from sandbox.microsoft.products import modern_offer
from sandbox.microsoft.shapes import Fields, Json, camel_case, link, stamp
from sandbox.microsoft.world import ADMIN_ID, World
from sandbox.wsgi import Request, Response, html_answer

DAY = 86400  # seconds
LINE_ERRORS = {900203: 10012}  # what a line calls an attestation that is missing
BUSY = 60  # seconds for which a checkout goes on whose caller was not answered


def _own_cart(world: World, customer: Json, cart: str) -> Json:
    found = world.store.get(f"cart:{customer['id']}", cart.lower())
    if found is None or world.now() > found["expires"]:
        raise PartnerCenterError(404, 800008, "Unable to retrieve cart Id")
    return found


def _checked_lines(world: World, customer: Json, request: Request) -> list[Json]:
    """Return the lines as given, each with what is wrong with it, if anything."""
    body = request.json()
    given = Fields.of(body).parts("lineItems")
    if not given:
        raise invalid_property("lineItems", "must not be empty")
    originals = next(member for name, member in body.items() if name.lower() == "lineitems")
    lines: list[Json] = []
    for fields, original in zip(given, originals, strict=True):
        trouble = None
        try:
            _wanted(world, customer, fields)
        except PartnerCenterError as error:
            code = LINE_ERRORS.get(error.code, error.code)
            trouble = {"errorCode": str(code), "errorDescription": error.description}
        lines.append({"given": camel_case(original), "trouble": trouble, "group": _group(world, fields, len(lines))})
    return lines


def _group(world: World, fields: Fields, position: int) -> str:
    """Return which order a line will belong to: modern lines of one cycle and term share one, legacy lines never."""
    if modern_offer(world, fields.text("catalogItemId")):
        return f"{fields.text('billingCycle').lower()}-{fields.text('termDuration').upper() or 'P1Y'}"
    return f"OMS-{position}"


def _wanted(world: World, customer: Json, fields: Fields) -> Json:
    cycle = fields.text("billingCycle").lower() or "monthly"
    context = fields.part("provisioningContext")
    if context.text("parentSubscriptionId"):
        fields = Fields({**fields, "parentsubscriptionid": context.text("parentSubscriptionId")})
    item = fields.text("catalogItemId")
    if ":" in item and modern_offer(world, item) is None:
        raise PartnerCenterError(400, STALE_ITEM, f"The catalog item {item} is not available.")
    return wanted_line(world, customer, fields, cycle=cycle)


def _shape(customer: Json, cart: Json) -> Json:
    currency = currency_of(customer["address"]["country"])
    return {
        "id": cart["id"],
        "creationTimestamp": stamp(cart["created"], digits=7),
        "lastModifiedTimestamp": stamp(cart["modified"], digits=7),
        "expirationTimestamp": stamp(cart["expires"], digits=7),
        "lastModifiedUser": ADMIN_ID,
        "status": cart["status"],
        "lineItems": [
            {**line["given"], "currencyCode": currency, "orderGroup": line["group"], "error": line["trouble"]}
            for line in cart["lines"]
        ],
        "links": {"self": link(f"/customers/{customer['id']}/carts/{cart['id']}")},
        "attributes": {"objectType": "Cart"},
    }


def create_cart(world: World, request: Request, customer: str) -> Response:
    """Create a cart; a line that could not be ordered carries its error."""
    found = own_customer(world, customer)
    now = world.now()
    cart: Json = {
        "id": str(uuid4()),
        "created": now,
        "modified": now,
        "expires": now + float(world.switch("cart_life_days")) * DAY,
        "status": "Active",
        "lines": _checked_lines(world, found, request),
        "attested": _is_attested(request),
    }
    world.store.put(f"cart:{found['id']}", cart["id"], cart)
    return written(_shape(found, cart), 201)


def get_cart(world: World, _request: Request, customer: str, cart: str) -> Json:
    """Return a cart."""
    found = own_customer(world, customer)
    return _shape(found, _own_cart(world, found, cart))


def put_cart(world: World, request: Request, customer: str, cart: str) -> Json:
    """Replace the lines of a cart that was not checked out yet."""
    found = own_customer(world, customer)
    kept = _own_cart(world, found, cart)
    _check_open(kept)
    lines, attested = _checked_lines(world, found, request), _is_attested(request)
    changed = {**kept, "modified": world.now(), "lines": lines, "attested": attested}
    world.store.put(f"cart:{found['id']}", kept["id"], changed)
    return _shape(found, changed)


def _check_open(cart: Json) -> None:
    if cart["status"] != "Active":
        raise PartnerCenterError(400, 800065, f"Cannot check out an already submitted cart {cart['id']}.")


def check_out(world: World, request: Request, customer: str, cart: str) -> Response:
    """Place an order for each group of a cart, once, and answer with the orders and with what failed."""
    found = own_customer(world, customer)
    kept = _own_cart(world, found, cart)
    _check_idle(world, found, kept)
    if kept["status"] != "Active" and world.switch("checkout_repeats"):
        return written(kept["result"], 201)
    _check_open(kept)
    check_confirmed(world, found)
    if world.switch("partner_attestation_required") and not kept["attested"]:
        raise PartnerCenterError(400, 900206, "Partner Attestation is missing")
    orders, troubles = _placed(world, request, found, kept)
    answer = {"orders": orders, "orderErrors": troubles or None, "attributes": {"objectType": "CartCheckoutResult"}}
    if orders:
        kept = {**kept, "status": "Ordered", "result": answer}
    slow = request.fault if request.fault and request.fault.kind == "slow_checkout" else None
    if slow:
        kept = {**kept, "busy_until": world.now() + slow.seconds(BUSY)}
    world.store.put(f"cart:{found['id']}", kept["id"], kept)
    return html_answer(504, UNAVAILABLE_PAGE) if slow else written(answer, 201)


def _placed(world: World, request: Request, customer: Json, cart: Json) -> tuple[list[Json], list[Json]]:
    """Return the orders of those groups that can be ordered, placed, and what is wrong with the others."""
    groups: dict[str, list[Json]] = {}
    for line in cart["lines"]:
        groups.setdefault(line["group"], []).append(line)
    orders, troubles = [], []
    for name, members in groups.items():
        try:
            lines = [_wanted(world, customer, Fields.of(member["given"])) for member in members]
            check_room(world, customer, lines)
        except PartnerCenterError as error:
            troubles.append({"orderGroupId": name, "code": error.code, "description": error.description})
            continue
        orders.append(shape(customer, place(world, request, customer, lines, cycle=lines[0]["cycle"])))
    return orders, troubles


def _check_idle(world: World, customer: Json, cart: Json) -> None:
    """Raise 409/800064 while the cart is being processed, 409/800060 while another with one of its items is."""
    busy = [kept for kept in world.store.all(f"cart:{customer['id']}") if kept.get("busy_until", 0) > world.now()]
    if any(kept["id"] == cart["id"] for kept in busy):
        raise PartnerCenterError(409, 800064, f"Cart {cart['id']} is being processed by another request")
    if any(_items(kept) & _items(cart) for kept in busy):
        description = "Your order is in progress. Check your order history for recent orders in few minutes"
        raise PartnerCenterError(409, 800060, description)


def _items(cart: Json) -> set[str]:
    return {Fields.of(line["given"]).text("catalogItemId").lower() for line in cart["lines"]}


def _is_attested(request: Request) -> bool:
    return Fields.of(request.json()).get("partneronrecordattestationaccepted") is True


ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/customers/{customer}/carts", create_cart),
    ("GET", "/customers/{customer}/carts/{cart}", get_cart),
    ("PUT", "/customers/{customer}/carts/{cart}", put_cart),
    ("POST", "/customers/{customer}/carts/{cart}/checkout", check_out),
]
