"""What the commands share: the vendor's refusals, attributes, and the rows of orders."""

from typing import Any

from sandbox.opensrs.products import PRODUCTS, Product
from sandbox.opensrs.world import Row, World

PENDING, AWAITING, CONFIRMED = "pending", "awaiting approval", "approver confirmed"
IN_PROGRESS, COMPLETED, DECLINED, CANCELLED = "in progress", "completed", "declined", "cancelled"
OPEN = frozenset({PENDING, AWAITING, CONFIRMED, IN_PROGRESS})


class NoError(Exception):
    """The vendor says no: a code of its list, and a text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def asked(attributes: Row, *names: str) -> list[str]:
    """Return the named attributes; missing ones are refused with 460, all at once."""
    missing = [name for name in names if not str(attributes.get(name, "")).strip()]
    if missing:
        raise NoError(460, f"Required field missing: {', '.join(missing)}")
    return [str(attributes[name]).strip() for name in names]


def product_of(kind: str) -> Product:
    """Return the product of a type; an unknown one is refused with 465."""
    if kind not in PRODUCTS:
        raise NoError(465, f"Invalid data: unknown product_type {kind}")
    return PRODUCTS[kind]


def order_of(world: World, attributes: Row) -> Row:
    """Return the order that the attributes name; an unknown one is refused with 480."""
    (number,) = asked(attributes, "order_id")
    found = world.store.get("order", number)
    if found is None:
        raise NoError(480, f"Order {number} was not found")
    return found


def put(world: World, order: Row, **changes: Any) -> Row:
    """Keep an order with changes."""
    return world.store.put("order", order["order_id"], {**order, **changes})


def contact_email(order: Row) -> str:
    """Return the first address among an order's contacts."""
    contacts = order["contact_set"]
    return next((contact["email"] for contact in contacts.values() if contact.get("email")), "")


def notes(world: World, order: Row) -> list[Row]:
    """Return the notes of an order: what was said of it when it was placed."""
    return [{"date": world.dated(order["made"]), "type": "OPEN", "note": order["comments"]}]
