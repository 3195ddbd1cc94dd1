"""Orders of certificates: sw_register and what may be done to an order before its certificate is issued."""

import re

from sandbox.opensrs import certificates
from sandbox.opensrs.csr import CSR, BadCsrError, read_csr
from sandbox.opensrs.products import PERIODS, PRODUCTS, Product
from sandbox.opensrs.rows import (
    AWAITING,
    CANCELLED,
    DECLINED,
    IN_PROGRESS,
    OPEN,
    PENDING,
    NoError,
    asked,
    contact_email,
    notes,
    order_of,
    product_of,
    put,
)
from sandbox.opensrs.world import Row, World

APPROVER_NAMES = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")
CONTACT_FIELDS = ("first_name", "last_name", "org_name", "address1", "city", "postal_code", "country", "phone")
PHONE = re.compile(r"\+\d{1,3}\.\d{4,14}(x\d{1,8})?")
TOLD = ("order_id", "domain", "product_type", "reg_type", "period", "price", "server_type", "csr", "contact_set")
CHANGEABLE = ("approver_email", "contact_set", "csr", "server_type", "special_instructions", "comments")


def csr_of(text: str) -> CSR:
    """Return the request that an attribute holds; one that cannot be read is refused with 465."""
    try:
        return read_csr(text)
    except BadCsrError as error:
        raise NoError(465, str(error)) from error


def approvers(domain: str) -> list[str]:
    """Return the addresses that may approve for a domain: five names at it and at each domain above it."""
    labels = domain.lower().removeprefix("*.").split(".")
    domains = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    return [f"{name}@{each}" for each in domains for name in APPROVER_NAMES]


# -- the commands --------------------------------------------------------------------------------------------------


def parse_csr(world: World, attributes: Row) -> Row:
    """Tell what a request for a certificate holds."""
    text, kind = asked(attributes, "csr", "product_type")
    product_of(kind)
    return {"csr_data": certificates.told_of_csr(csr_of(text))}


def query_approver_list(world: World, attributes: Row) -> Row:
    """Tell who may approve a certificate for a domain."""
    domain, kind = asked(attributes, "domain", "product_type")
    if not product_of(kind).lists_approvers:
        raise NoError(465, f"Invalid data: {kind} has no approver list")
    found = [{"domain": domain, "email": address, "type": "MANUAL"} for address in approvers(domain)]
    return {"approver_list": found}


def sw_register(world: World, attributes: Row) -> Row:
    """Take an order for a new certificate or for the renewal of one."""
    kind, csr_text, domain, period, server, how = asked(
        attributes, "product_type", "csr", "domain", "period", "server_type", "reg_type"
    )
    product, csr = product_of(kind), csr_of(csr_text)
    if how not in ("new", "renew"):
        raise NoError(465, f"Invalid data: reg_type {how}")
    _check_words(product, csr, domain, period, server)
    approver = _approver(product, domain, attributes)
    renewed = certificates.to_be_renewed(world, attributes, kind, domain) if how == "renew" else None
    order = {
        "order_id": world.number("order", 400_000),
        "product_type": kind,
        "domain": domain,
        "csr": csr_text,
        "period": period,
        "server_type": server,
        "reg_type": "renewal" if renewed else "new",
        "price": product.price,
        "contact_set": _contacts(product, attributes),
        "approver_email": approver,
        "special_instructions": str(attributes.get("special_instructions", "")),
        "comments": str(attributes.get("comments", "")),
        "renews": renewed["product_id"] if renewed else "",
        "made": world.now(),
        "mails": [],
        "reads_left": 0,
        "vetted": False,
    }
    held = attributes.get("handle", "process") == "save"
    kept = world.store.put("order", order["order_id"], order | {"state": PENDING})
    return _answer(world, kept if held else _submitted(world, kept))


def process_pending(world: World, attributes: Row) -> Row:
    """Submit an order that was only saved, or cancel it."""
    order = order_of(world, attributes)
    if order["state"] != PENDING:
        raise NoError(465, f"Order {order['order_id']} is not pending")
    if attributes.get("command") == "cancel":
        certificates.renewal_given_up(world, order)
        return _answer(world, put(world, order, state=CANCELLED))
    return _answer(world, _submitted(world, order))


def cancel_order(world: World, attributes: Row) -> Row:
    """Cancel an order whose certificate is not issued: what was submitted is declined, what was saved cancelled."""
    order = order_of(world, attributes)
    if order["state"] not in OPEN:
        raise NoError(465, f"Order {order['order_id']} cannot be cancelled: it is {order['state']}")
    certificates.renewal_given_up(world, order)
    state = CANCELLED if order["state"] == PENDING else DECLINED
    return _answer(world, put(world, order, state=state))


def update_order(world: World, attributes: Row) -> Row:
    """Change what an order that waits says; an absent attribute stays, an empty one is cleared."""
    order = order_of(world, attributes)
    if order["state"] not in (PENDING, AWAITING):
        raise NoError(435, f"Order {order['order_id']} is {order['state']} and cannot be updated")
    given = {name: attributes[name] for name in CHANGEABLE if name in attributes}
    if given.get("approver_email"):
        _approver(product_of(order["product_type"]), order["domain"], given)
    changed = put(world, order, **given)
    if changed["state"] == AWAITING and "approver_email" in given:
        changed = _mailed(world, changed)
    return _answer(world, changed)


def get_order_info(world: World, attributes: Row) -> Row:
    """Tell all of an order."""
    order = certificates.carried_on(world, order_of(world, attributes))
    told = {name: order[name] for name in TOLD}
    told["contact_email"] = contact_email(order)
    told["special_instructions"] = order["special_instructions"]
    told["notes_list"] = notes(world, order)
    told["supplier_order_id"] = f"S{order['order_id']}"
    told["state"] = world.state(order["state"])
    if PRODUCTS[order["product_type"]].domain_vetted:
        told["approver_email"] = order["approver_email"]
    if order.get("product_id"):
        told["product_id"] = order["product_id"]
    return told


def resend_approve_email(world: World, attributes: Row) -> Row:
    """Send the approver's mail once more."""
    order = order_of(world, attributes)
    if order["state"] != AWAITING:
        raise NoError(465, f"Order {order['order_id']} does not wait for approval")
    _mailed(world, order)
    return {"order_id": order["order_id"]}


# -- how an order is checked and moves -----------------------------------------------------------------------------


def _check_words(product: Product, csr: CSR, domain: str, period: str, server: str) -> None:
    if domain.lower() != csr.domain.lower():
        raise NoError(465, "Invalid data: domain is not the CSR's common name")
    if domain.startswith("*.") != ("wildcard" in product.type):
        raise NoError(465, f"Invalid data: {domain} does not fit {product.type}")
    if period not in PERIODS:
        raise NoError(465, f"Invalid data: period {period}")
    if server not in product.servers:
        raise NoError(465, f"Invalid data: server_type {server}")


def _approver(product: Product, domain: str, attributes: Row) -> str:
    """Return who approves; where nobody is named, the admin contact's address is used."""
    if not product.domain_vetted:
        return ""
    admin = attributes.get("contact_set", {}).get("admin", {})
    address = str(attributes.get("approver_email") or admin.get("email", ""))
    if address.lower() not in approvers(domain):
        raise NoError(465, f"Invalid data: approver_email {address or '(none)'} may not approve for {domain}")
    return address


def _contacts(product: Product, attributes: Row) -> Row:
    given = attributes.get("contact_set")
    if not isinstance(given, dict):
        raise NoError(460, "Required field missing: contact_set")
    for kind in product.contacts:
        contact = given.get(kind)
        if not isinstance(contact, dict):
            raise NoError(420, f"Bad contact: {kind} is missing")
        missing = [name for name in CONTACT_FIELDS if not contact.get(name)]
        if missing:
            raise NoError(420, f"Bad contact: {kind} lacks {', '.join(missing)}")
        if not PHONE.fullmatch(contact["phone"]):
            raise NoError(420, f"Bad contact: {kind} has the phone {contact['phone']}, not +CCC.NNNNNNN")
    return given


def _submitted(world: World, order: Row) -> Row:
    if PRODUCTS[order["product_type"]].domain_vetted:
        return _mailed(world, put(world, order, state=AWAITING, submitted=world.now()))
    return put(world, order, state=IN_PROGRESS, submitted=world.now())


def _mailed(world: World, order: Row) -> Row:
    mail = {"to": order["approver_email"], "at": world.now()}
    return put(world, order, mails=[*order["mails"], mail])


def _answer(world: World, order: Row) -> Row:
    return {"order_id": order["order_id"], "domain": order["domain"], "state": world.state(order["state"])}
