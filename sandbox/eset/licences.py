"""Licences of the pretend ESET: ordered, changed, suspended, converted, found. Nothing deletes a full one."""

from datetime import UTC, datetime
from typing import Any

from sandbox.eset import errors
from sandbox.eset.asked import Asked
from sandbox.eset.companies import ours
from sandbox.eset.errors import licence_error, not_yours, unknown
from sandbox.eset.world import (
    DAY,
    FULL,
    PRODUCTS,
    ROOT,
    SUSPENDED,
    TRIAL,
    TRIAL_DAYS,
    ZONE,
    Document,
    EsetWorld,
    fresh_key,
)

# What GetHistory calls that which was done.
CONVERTED, EXTENDED, ORDERED, QUANTITY, SUSPEND, UNSUSPEND, KEY, UPGRADED = 2, 3, 4, 5, 6, 7, 8, 9
MOST_EXTENSIONS = 2


def order(world: EsetWorld, asked: Asked) -> Document:
    """Order a product for a customer, which each customer can have once."""
    company = ours(world, asked.required("customerId"))
    product, kind = asked.required("productCode"), asked.get("licenseType")
    if product not in PRODUCTS or company == ROOT:
        raise licence_error(errors.NO_PRODUCT)
    if kind not in (FULL, TRIAL):
        raise licence_error(errors.INVALID_TYPE)
    quantity = _quantity(world, asked)
    if kind == TRIAL and not world.switch("trials_allowed"):
        raise licence_error(errors.NO_TRIAL)
    if not world.switch("terms_accepted"):
        raise licence_error(errors.TERMS)
    if any(one["company"] == company and one["product"] == product for one in world.licences()):
        raise licence_error(errors.ALREADY_ORDERED)
    licence = {
        "key": fresh_key(),
        "company": company,
        "product": product,
        "type": kind,
        "quantity": quantity,
        "usage": 0,
        "made": world.now(),
        "suspended_at": None,
        "trial_until": world.now() + TRIAL_DAYS * DAY.total_seconds(),
        "extensions": 0,
        "changed_on": "",
        "history": [],
    }
    kept = _changed(world, licence, asked, ORDERED, before=0)
    return {"publicLicenseKey": kept["key"]}


def update_quantity(world: EsetWorld, asked: Asked) -> Document:
    """Bring a licence to another quantity, up or down."""
    licence, quantity = _active(world, asked), _quantity(world, asked)
    if quantity == licence["quantity"]:
        raise licence_error(errors.SAME_QUANTITY)
    today = world.today().isoformat()
    if world.switch("once_a_day") and licence["changed_on"] == today:
        raise licence_error(errors.OUT_OF_RANGE)
    fresh = {**licence, "quantity": quantity, "changed_on": today}
    _changed(world, fresh, asked, QUANTITY, before=licence["quantity"])
    return {}


def suspend(world: EsetWorld, asked: Asked) -> Document:
    """Suspend a licence."""
    licence = _there(world, asked)
    if licence["suspended_at"] is not None:
        raise licence_error(errors.ALREADY_SUSPENDED)
    if world.is_expired(licence, world.now()):
        raise licence_error(errors.NOT_ACTIVE)
    _changed(world, {**licence, "suspended_at": world.now()}, asked, SUSPEND)
    return {}


def unsuspend(world: EsetWorld, asked: Asked) -> Document:
    """Let a suspended licence run again."""
    licence = _there(world, asked)
    if licence["suspended_at"] is None:
        raise licence_error(errors.ALREADY_RUNNING)
    _changed(world, {**licence, "suspended_at": None}, asked, UNSUSPEND)
    return {}


def detail(world: EsetWorld, asked: Asked) -> Document:
    """Tell of a licence."""
    licence = _there(world, asked)
    is_trial = licence["type"] == TRIAL
    last = licence["history"][-1]
    return {
        "customerId": licence["company"],
        "lastUpdate": last["Date"],
        "lastUpdateBy": last["User"],
        "publicLicenseKey": licence["key"],
        "productCode": licence["product"],
        "productName": PRODUCTS[licence["product"]],
        "quantity": licence["quantity"],
        "usage": licence["usage"],
        "state": world.state_of(licence),
        "trial": is_trial,
        "trialExpiration": _written(licence["trial_until"]) if is_trial else None,
        "trialExtensions": licence["extensions"],
    }


def change_product(world: EsetWorld, asked: Asked) -> Document:
    """Make another product of a licence that is full and runs."""
    licence, product, quantity = _there(world, asked), asked.required("newProductCode"), _quantity(world, asked)
    runs = licence["type"] == FULL and world.state_of(licence) != SUSPENDED
    taken = {one["product"] for one in world.licences() if one["company"] == licence["company"]}
    if not runs or product not in PRODUCTS or product in taken:
        raise licence_error(errors.NO_PRODUCT_CHANGE)
    fresh = {**licence, "product": product, "quantity": quantity}
    _changed(world, fresh, asked, UPGRADED, before=licence["quantity"])
    return {}


def convert(world: EsetWorld, asked: Asked) -> Document:
    """Make a full licence of a trial; its public key may become another one."""
    licence = _there(world, asked)
    if licence["type"] == FULL:
        raise licence_error(errors.CONVERTED)
    fresh = {**licence, "type": FULL, "quantity": _quantity(world, asked), "suspended_at": None}
    fresh = _changed(world, fresh, asked, CONVERTED, before=licence["quantity"])
    if world.switch("key_changes"):
        world.store.delete("licence", licence["key"])
        fresh = _changed(world, {**fresh, "key": fresh_key()}, asked, KEY)
    return {"publicLicenseKey": fresh["key"]}


def extend_trial(world: EsetWorld, asked: Asked) -> Document:
    """Let a trial go on for thirty days more, twice at most."""
    licence = _there(world, asked)
    if licence["type"] == FULL:
        raise licence_error(errors.NOT_TRIAL)
    if licence["extensions"] >= MOST_EXTENSIONS:
        raise licence_error(errors.EXTENDED_TOO_OFTEN)
    if world.is_expired(licence, world.now()):
        raise licence_error(errors.EXPIRED)
    until = licence["trial_until"] + TRIAL_DAYS * DAY.total_seconds()
    _changed(world, {**licence, "trial_until": until, "extensions": licence["extensions"] + 1}, asked, EXTENDED)
    return {}


def remove(world: EsetWorld, asked: Asked) -> Document:
    """Remove a trial; nothing else is ever removed."""
    licence = _there(world, asked)
    if licence["type"] == FULL:
        raise licence_error(errors.NOT_TRIAL)
    world.store.delete("licence", licence["key"])
    return {}


def history(world: EsetWorld, asked: Asked) -> Document:
    """List what was done to a licence, by pages."""
    rows = _there(world, asked)["history"]
    return {"history": asked.page_of(rows), "paging": {"totalCount": len(rows)}}


def search(world: EsetWorld, asked: Asked) -> Document:
    """Find licences by product or key, of one customer or of all."""
    wanted, customer = asked.text("keyword").lower(), asked.text("customerId")
    company = ours(world, customer) if customer else ""
    rows = [
        row
        for row in world.licences()
        if world.is_ours(row["company"]) and company in ("", row["company"]) and world.is_listed(row["made"])
    ]
    told = [
        {"publicLicenseKey": row["key"], "productCode": row["product"], "productName": PRODUCTS[row["product"]]}
        for row in rows
    ]
    found = [one for one in told if any(wanted in value.lower() for value in one.values())]
    return {"search": asked.page_of(found), "paging": {"totalCount": len(found)}}


def _there(world: EsetWorld, asked: Asked) -> Document:
    licence = world.licence(asked.required("publicLicenseKey"))
    if licence is None:
        raise unknown("License")
    if not world.is_ours(licence["company"]):
        raise not_yours("License")
    return licence


def _active(world: EsetWorld, asked: Asked) -> Document:
    licence = _there(world, asked)
    if world.is_expired(licence, world.now()):
        raise licence_error(errors.EXPIRED)
    if licence["suspended_at"] is not None:
        raise licence_error(errors.NOT_ACTIVE)
    return licence


def _quantity(world: EsetWorld, asked: Asked) -> int:
    quantity: Any = asked.number("quantity")
    if quantity < 1:
        raise licence_error(errors.INVALID_QUANTITY)
    if not int(world.switch("fewest")) <= quantity <= int(world.switch("most")):
        raise licence_error(errors.OUT_OF_RANGE)
    return int(quantity)


def _changed(world: EsetWorld, licence: Document, asked: Asked, kind: int, *, before: int | None = None) -> Document:
    """Keep a licence with a further line of its history."""
    line = {
        "Type": kind,
        "Date": _written(world.now()),
        "User": asked.username,
        "RequestedUnits": licence["quantity"],
        "PreviousUnits": licence["quantity"] if before is None else before,
        "LicenseTypeId": licence["type"],
        "TrialExtensionCount": licence["extensions"],
    }
    return world.keep_licence({**licence, "history": [*licence["history"], line]})


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")
