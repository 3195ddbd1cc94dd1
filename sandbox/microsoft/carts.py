"""Carts: lines grouped into orders, fifteen minutes to check out, each group succeeding or failing for itself."""

from typing import Any
from uuid import uuid4

from sandbox.microsoft.agreements import check_confirmed
from sandbox.microsoft.catalogue import currency_of, modern_offer
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.orders import check_room, place, shape, wanted_line
from sandbox.microsoft.shapes import Fields, Json, camel_case, link, stamp
from sandbox.microsoft.world import ADMIN_ID, World
from sandbox.wsgi import Request, Response

LIFE = 15 * 60  # seconds


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
            trouble = {"errorCode": str(error.code), "errorDescription": error.description}
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
        "expires": now + LIFE,
        "status": "Active",
        "lines": _checked_lines(world, found, request),
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
    changed = {**kept, "modified": world.now(), "lines": _checked_lines(world, found, request)}
    world.store.put(f"cart:{found['id']}", kept["id"], changed)
    return _shape(found, changed)


def _check_open(cart: Json) -> None:
    if cart["status"] != "Active":
        raise PartnerCenterError(400, 800065, f"Cannot check out an already submitted cart {cart['id']}.")


def check_out(world: World, request: Request, customer: str, cart: str) -> Response:
    """Place an order for each group of a cart and answer with the orders and with what failed."""
    found = own_customer(world, customer)
    kept = _own_cart(world, found, cart)
    _check_open(kept)
    check_confirmed(world, found)
    groups: dict[str, list[Json]] = {}
    for line in kept["lines"]:
        groups.setdefault(line["group"], []).append(line)
    orders, troubles = [], []
    for name, members in groups.items():
        try:
            lines = [_wanted(world, found, Fields.of(member["given"])) for member in members]
            check_room(world, found, lines)
        except PartnerCenterError as error:
            troubles.append({"orderGroupId": name, "code": error.code, "description": error.description})
            continue
        orders.append(shape(found, place(world, request, found, lines, cycle=lines[0]["cycle"])))
    world.store.put(f"cart:{found['id']}", kept["id"], {**kept, "status": "Ordered"})
    answer = {"orders": orders, "orderErrors": troubles or None, "attributes": {"objectType": "CartCheckoutResult"}}
    return written(answer, 201)


ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/customers/{customer}/carts", create_cart),
    ("GET", "/customers/{customer}/carts/{cart}", get_cart),
    ("PUT", "/customers/{customer}/carts/{cart}", put_cart),
    ("POST", "/customers/{customer}/carts/{cart}/checkout", check_out),
]
