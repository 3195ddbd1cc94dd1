"""The calls of the Subscriptions API v2.0: each takes what a partner sends and returns what it is told.

Names and shapes are those that published clients send and read (shared/samples/kaspersky); what is refused follows the
rules of the older service that are published with its codes (KSS 1.0: 2 not activated, 4 hard-cancelled already, 5
unknown, 6 duplicate, 9 unknown product) and the business rules of the vendor's monthly licences.
"""

import re
from collections.abc import Callable
from datetime import datetime

from sandbox.kaspersky.answers import RefusedError, unknown
from sandbox.kaspersky.world import Row, World

ACTIVE, CANCELLED = "Active", "HardCancel"
FREE, PAID = "Free", "Paid"
PLANS = frozenset({"Monthly", "Yearly"})
# KL48633A*MG: the product, and a star in the place of the range that the quantity falls into.
SKU = re.compile(r"KL\d{4}[0-9A-Z]{2}[0-9A-Z*][0-9A-Z]{2}")
MOST = 1_000_000


def create(world: World, partner: str, body: Row) -> Row:
    """Make a subscription; it is active at once."""
    contacts, address = _part(body, "Customer", "Contacts"), _part(body, "Customer", "Address")
    for name, value in (
        ("Customer.Contacts.CompanyName", contacts.get("CompanyName")),
        ("Customer.Address.Country", address.get("Country")),
    ):
        if not isinstance(value, str) or not value.strip():
            raise RefusedError(f"The {name} field is required.", code=602)
    sku = body.get("Sku")
    if not isinstance(sku, str) or not SKU.fullmatch(sku):
        raise RefusedError(f"Unknown product: {sku}.", code=9)
    if body.get("BillingPlan") not in PLANS:
        raise RefusedError("The BillingPlan field is invalid.", code=602)
    quantity = _quantity(body)
    customer = [str(contacts["CompanyName"]).casefold(), str(address["Country"]).casefold()]
    mine = [row for row in world.store.all("subscription") if row["partner"] == partner]
    _refuse_duplicate(world, mine, str(contacts.get("CustomerCode") or ""), sku)
    first = not any(row["customer"] == customer for row in mine)
    free = world.next_month().timestamp() if first and world.switch("first_order_is_free") else None
    row = {
        **world.fresh_names(),
        "partner": partner,
        "customer": customer,
        "Status": ACTIVE,
        "Sku": sku,
        "Quantity": quantity,
        "BillingPlan": body["BillingPlan"],
        "ApprovalCode": body.get("ApprovalCode"),
        "Expiration": body.get("Expiration"),
        "free_until": free,
        "sent": body,
    }
    world.store.put("subscription", row["SubscriptionId"], row)
    return {name: row[name] for name in ("SubscriptionId", "ActivationCode", "LicenseId")}


def _refuse_duplicate(world: World, mine: list[Row], code: str, sku: str) -> None:
    if not code or not world.switch("refuses_duplicates"):
        return
    for row in mine:
        sent = _part(row["sent"], "Customer", "Contacts").get("CustomerCode")
        if (sent, row["Sku"], row["Status"]) == (code, sku, ACTIVE):
            raise RefusedError("Duplicate order.", code=6)


def modifyquantity(world: World, partner: str, body: Row) -> Row:
    """Set how many licences there are; what is free keeps its quantity."""
    row = _running(world, partner, body)
    quantity = _quantity(body)
    if quantity != row["Quantity"] and period_of(world, row)[0] == FREE:
        raise RefusedError("The quantity of a trial subscription cannot be changed.", code=204)
    return _put(world, row, Quantity=quantity)


def modifyexpiration(world: World, partner: str, body: Row) -> Row:
    """Set when it ends by itself."""
    return _put(world, _running(world, partner, body), Expiration=body.get("Expiration"))


def modifyattributes(world: World, partner: str, body: Row) -> Row:
    """Set the approval code."""
    return _put(world, _running(world, partner, body), ApprovalCode=body.get("ApprovalCode"))


def hardcancel(world: World, partner: str, body: Row) -> Row:
    """End it at once; its code stays its own."""
    return _put(world, _running(world, partner, body), Status=CANCELLED)


def renew(world: World, partner: str, body: Row) -> Row:
    """Let what was cancelled run again, with the code and the quantity that it had."""
    row = known(world, partner, body)
    if row["Status"] == ACTIVE:
        raise RefusedError("Subscription is active already.", code=1)
    return _put(world, row, Status=ACTIVE)


def getdetails(world: World, partner: str, asked: Row) -> Row:
    """Tell how a subscription stands."""
    row = known(world, partner, asked)
    kind, end = period_of(world, row)
    more = {name: row[name] for name in world.switch("details_tell")}
    return {**more, "Status": row["Status"], "PeriodType": kind, "PeriodEnd": f"{end:%Y-%m-%dT%H:%M:%SZ}"}


def known(world: World, partner: str, body: Row) -> Row:
    """Return the partner's subscription of that id. Raises RefusedError."""
    row = world.store.get("subscription", str(body.get("SubscriptionId", "")).lower())
    if row is None or row["partner"] != partner:
        raise unknown(world)
    return row


def period_of(world: World, row: Row) -> tuple[str, datetime]:
    """Return whether a subscription is free or paid for now, and when that period ends."""
    free = row["free_until"] is not None and world.now() < row["free_until"]
    end = world.next_month()
    if not free and row["BillingPlan"] == "Yearly":
        end = end.replace(year=end.year + 1)
    return (FREE if free else PAID), end


def _running(world: World, partner: str, body: Row) -> Row:
    row = known(world, partner, body)
    if row["Status"] != ACTIVE:
        raise RefusedError("Subscription is already hard-cancelled.", code=4)
    return row


def _put(world: World, row: Row, **changes: object) -> Row:
    world.store.put("subscription", row["SubscriptionId"], {**row, **changes})
    return {"SubscriptionId": row["SubscriptionId"]}


def _quantity(body: Row) -> int:
    quantity = body.get("Quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= MOST:
        raise RefusedError("The Quantity field is invalid.", code=602)
    return quantity


def _part(body: Row, *names: str) -> Row:
    """Return a part of what was sent, {} where there is none of that shape."""
    found: object = body
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


CALLS: dict[str, Callable[[World, str, Row], Row]] = {
    "create": create,
    "modifyquantity": modifyquantity,
    "modifyexpiration": modifyexpiration,
    "modifyattributes": modifyattributes,
    "hardcancel": hardcancel,
    "renew": renew,
}
