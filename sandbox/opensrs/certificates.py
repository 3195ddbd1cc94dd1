"""Products: the certificates that completed orders have become."""

from datetime import UTC, datetime

from sandbox.opensrs.authority import issue
from sandbox.opensrs.csr import CSR, read_csr
from sandbox.opensrs.rows import (
    AWAITING,
    COMPLETED,
    CONFIRMED,
    IN_PROGRESS,
    NoError,
    asked,
    contact_email,
    notes,
    order_of,
    put,
)
from sandbox.opensrs.world import Row, World

DAY = 86_400.0
YEAR = 365 * DAY
RENEWABLE_BEFORE, RENEWABLE_AFTER = 60 * DAY, 15 * DAY
ACTIVE, EXPIRED, RENEWING, RENEWED, REVOKED = "active", "expired", "renewing", "renewed", "revoked"


def told_of_csr(csr: CSR) -> Row:
    """Return what parse_csr tells of a request."""
    names = ("domain", "organization", "organization_unit", "locality", "state", "country", "email")
    flags = {"has_bad_extensions": "0", "valid_true_domain": "1", "valid_quick_domain": "1"}
    return {name: csr.subject.get(name, "") for name in names} | flags


def approve(world: World, order: Row) -> Row:
    """Do what the approver's click, or the authority's own check, does: the certificate is issued soon."""
    reads = int(world.switch("issuing_reads"))
    confirmed = put(world, order, state=CONFIRMED, reads_left=reads, vetted=True)
    return confirmed if reads else _completed(world, confirmed)


def carried_on(world: World, order: Row) -> Row:
    """Return an order as it stands by now: an approved one is issued after so many reads of it."""
    alone = world.switch("approves_by_itself")
    if order["state"] == AWAITING and alone is not None and world.now() - order["submitted"] >= float(alone):
        order = approve(world, order)
    if not order["vetted"] or order["state"] not in (CONFIRMED, IN_PROGRESS):
        return order
    if order["reads_left"] > 0:
        return put(world, order, state=IN_PROGRESS, reads_left=order["reads_left"] - 1)
    return _completed(world, order)


def _completed(world: World, order: Row) -> Row:
    """Issue the certificate; that of a renewal has what is left of the one before on top."""
    start = world.now()
    end = start + YEAR * int(order["period"])
    before = world.store.get("product", order["renews"]) if order["renews"] else None
    if before is not None:
        end += max(before["end"] - start, 0)
        world.store.put("product", before["product_id"], {**before, "state": RENEWED})
    number = world.number("product", 200_000)
    issued = issue(
        read_csr(order["csr"]),
        serial=int(number),
        start=datetime.fromtimestamp(start, UTC),
        end=datetime.fromtimestamp(end, UTC),
    )
    product = {
        "product_id": number,
        "order_id": order["order_id"],
        "product_type": order["product_type"],
        "domain": order["domain"],
        "contact_email": contact_email(order),
        "state": ACTIVE,
        "start": start,
        "end": end,
        "certificate": issued.certificate,
        "intermediate": issued.intermediate,
        "root": issued.root,
    }
    world.store.put("product", number, product)
    return put(world, order, state=COMPLETED, product_id=number)


def to_be_renewed(world: World, attributes: Row, kind: str, domain: str) -> Row:
    """Return the certificate that a renewal is for, marked so; 555 where it is renewed, 465 outside its days."""
    product = _named(world, attributes)
    if (product["product_type"], product["domain"].lower()) != (kind, domain.lower()):
        raise NoError(465, "Invalid data: the certificate to renew is of another product or domain")
    if product["state"] in (RENEWING, RENEWED):
        raise NoError(555, f"Certificate {product['product_id']} is already renewed")
    if not _is_renewable(world, product):
        raise NoError(465, f"Certificate {product['product_id']} cannot be renewed now")
    return world.store.put("product", product["product_id"], {**product, "state": RENEWING})


def renewal_given_up(world: World, order: Row) -> None:
    """Let the certificate of a cancelled renewal be renewed again."""
    before = world.store.get("product", order["renews"]) if order["renews"] else None
    if before is not None:
        world.store.put("product", before["product_id"], {**before, "state": ACTIVE})


def _named(world: World, attributes: Row) -> Row:
    """Return the certificate that product_id names, or the one that the order of order_id has become."""
    number = str(attributes.get("product_id", ""))
    if not number:
        number = str(order_of(world, attributes).get("product_id", ""))
    found = world.store.get("product", number)
    if found is None:
        raise NoError(480, f"Product {number or '(none yet)'} was not found")
    return found


def _state(world: World, product: Row) -> str:
    if product["state"] in (ACTIVE, RENEWING) and world.now() >= product["end"]:
        return EXPIRED
    return str(product["state"])


def _is_renewable(world: World, product: Row) -> bool:
    near = product["end"] - RENEWABLE_BEFORE <= world.now() <= product["end"] + RENEWABLE_AFTER
    return near and product["state"] == ACTIVE


def _told(world: World, product: Row) -> Row:
    return {
        "product_id": product["product_id"],
        "product_type": product["product_type"],
        "domain": product["domain"],
        "contact_email": product["contact_email"],
        "state": world.state(_state(world, product)),
        "issue_date": world.dated(product["start"]),
        "start_date": world.dated(product["start"]),
        "expiry_date": world.dated(product["end"]),
        "is_renewable": "1" if _is_renewable(world, product) else "0",
    }


# -- the commands --------------------------------------------------------------------------------------------------


def get_product_info(world: World, attributes: Row) -> Row:
    """Tell all of a certificate."""
    asked(attributes, "product_id")
    product = _named(world, attributes)
    told = _told(world, product)
    if str(attributes.get("all_info", "")) == "1":
        order = world.store.get("order", product["order_id"]) or {}
        told |= {"csr": order["csr"], "csr_data": told_of_csr(read_csr(order["csr"]))}
        told["notes_list"] = notes(world, order)
        told["contact_set"] = order["contact_set"]
    return told


def get_products(world: World, attributes: Row) -> Row:
    """List the certificates that run out within the days asked for."""
    first, last = (_day(attributes, name) for name in ("min_expiry_date", "max_expiry_date"))
    wanted = str(attributes.get("state", "")).replace("_", "-")
    found = [
        _told(world, product)
        for product in world.store.all("product")
        if first <= product["end"] < last + DAY and wanted in ("", _state(world, product))
    ]
    return {"product_list": found}


def _day(attributes: Row, name: str) -> float:
    (given,) = asked(attributes, name)
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise NoError(465, f"Invalid data: {name} {given}") from error


def get_cert(world: World, attributes: Row) -> Row:
    """Hand out a certificate, with those of its authority where they are wanted."""
    product = _named(world, attributes)
    data: Row = {"certificate": product["certificate"]}
    if str(attributes.get("return_ca_certs", "")) == "1":
        data["ca_certs"] = [
            {"cert_type": "INTERMEDIATE", "certificate": product["intermediate"]},
            {"cert_type": "ROOT", "certificate": product["root"]},
        ]
    told = {name: value for name, value in _told(world, product).items() if name != "is_renewable"}
    return told | {"cert_data": data}


def resend_cert_email(world: World, attributes: Row) -> Row:
    """Send the certificate to its contact once more."""
    order = order_of(world, attributes)
    if order["state"] != COMPLETED:
        raise NoError(465, f"Order {order['order_id']} is not completed")
    put(world, order, mails=[*order["mails"], {"to": contact_email(order), "at": world.now()}])
    return {"order_id": order["order_id"]}
