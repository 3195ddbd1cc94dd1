"""Subscriptions of the new commerce: terms, the window in which seats can be given back, and what PATCH may change.

Every batch of seats has a window of its own: those of a purchase or a renewal, and those that are added within a term.
PATCH takes the whole resource: what a body leaves out is set back.
"""

from sandbox.microsoft import schedules
from sandbox.microsoft.errors import PartnerCenterError, invalid_property
from sandbox.microsoft.lines import check_quantity
from sandbox.microsoft.offer import CYCLE_MONTHS, MONTHS
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.products import check_plan, product_type, sold_as
from sandbox.microsoft.shapes import Fields, Json, add_months, link, midnight, stamp
from sandbox.microsoft.world import World

DAY = 86400  # seconds


def window_end(world: World, moment: float) -> float:
    """Return the moment until which seats that were bought at `moment` can be given back."""
    end = moment + float(world.switch("window_days")) * DAY
    return midnight(end) + DAY if world.switch("window_ends") == "midnight" else end


def begin_term(world: World, *, term: str, start: float, bought: float, quantity: int, ends: float | None) -> Json:
    """Return the members of a term that begins on the day of `start`, with one batch of seats bought at `bought`."""
    begin, until = midnight(start), window_end(world, bought)
    return {
        "term": term,
        "began": begin,
        "ends": ends or midnight(add_months(begin, MONTHS[term])),
        "batches": [{"quantity": quantity, "until": until}],
        "cancel_until": until,
    }


def new_members(world: World, offer: Offer, line: Json) -> Json:
    """Return the members that only a subscription of the new commerce has, as it is bought."""
    now = world.now()
    term = begin_term(world, term=line["term"], start=now, bought=now, quantity=line["quantity"], ends=line["ends"])
    instructions = _paid(offer, line) if offer.trial else None
    return {
        **term,
        "promotion": line["promotion"],
        "actions": [],
        "instructions": instructions,
        "extended": False,
        "auto_renew": bool(world.switch("trial_auto_renews")) if offer.trial else True,
        "transitions": [],
    }


def _paid(offer: Offer, line: Json) -> Json:
    """Return what a trial renews to: what it becomes, for a year paid by the month unless the line said otherwise."""
    target = sold_as(*offer.becomes[0])
    term, cycle = line["renews_to"]
    return {
        "offer": target.id if target else offer.id,
        "availability": None,
        "term": term or "P1Y",
        "cycle": cycle or "monthly",
        "promotion": None,
        "quantity": line["quantity"],
        "ends": None,
    }


# the window


def open_batches(kept: Json, now: float) -> list[Json]:
    """Return the batches of seats whose window is open, the oldest first."""
    return [batch for batch in kept["batches"] if batch["until"] > now and batch["quantity"] > 0]


def refundable(kept: Json, now: float) -> int:
    """Return how many seats can be given back."""
    return int(sum(batch["quantity"] for batch in open_batches(kept, now)))


def _may_cancel(kept: Json, now: float) -> bool:
    return bool(kept["extended"] or now < kept["cancel_until"])


def _with_quantity(world: World, kept: Json, quantity: int) -> list[Json]:
    """Return the batches of a subscription with another quantity; raise 900257 for seats whose window is over."""
    now, difference = world.now(), quantity - kept["quantity"]
    batches = open_batches(kept, now)
    if difference > 0:
        return [*batches, {"quantity": difference, "until": window_end(world, now)}]
    if kept["extended"]:
        return batches
    if -difference > refundable(kept, now):
        days = world.switch("window_days")
        description = f"You have passed your {days}-day window for reducing seats for this subscription."
        raise PartnerCenterError(400, int(world.switch("lowering_refusal")), description)
    return without_seats(world, batches, -difference)


def without_seats(world: World, batches: list[Json], seats: int) -> list[Json]:
    """Return the batches after some seats are gone, as far as they were of these."""
    left, kept = seats, []
    for batch in reversed(batches) if world.switch("lowered_batch") == "newest" else batches:
        taken = min(left, batch["quantity"])
        left -= taken
        kept.append({**batch, "quantity": batch["quantity"] - taken})
    return sorted((batch for batch in kept if batch["quantity"]), key=lambda batch: batch["until"])


# PATCH


def changes_of(world: World, customer: Json, kept: Json, fields: Fields) -> Json:
    """Return what the body of a PATCH changes; what it leaves out of renewal and schedules is set back."""
    offer = BY_ID[kept["offer"].lower()]
    status = _status(world, kept, fields.text("status").lower() or kept["status"])
    renews = fields.get("autorenewenabled") is True
    wanted: Json = {
        "status": status,
        "auto_renew": renews,
        "actions": schedules.read_actions(world, customer, kept, offer, fields, renews=renews),
        "instructions": schedules.read_instructions(
            world, customer, kept, offer, fields.part("scheduledNextTermInstructions")
        ),
    }
    if "friendlyname" in fields:
        wanted["name"] = fields.text("friendlyName")
    wanted |= _quantity(world, kept, offer, fields, status) | _term(world, kept, offer, fields)
    moved = {name for name in ("quantity", "term") if wanted.get(name, kept[name]) != kept[name]}
    if moved or (status != kept["status"] and status != "active"):
        wanted |= {"actions": [], "instructions": None}  # a change within the term drops what was scheduled
    changed = {name: value for name, value in wanted.items() if value != kept[name]}
    if kept["status"] == status == "suspended" and set(changed) - {"name"}:
        raise PartnerCenterError(400, 800091, "Can't update a subscription with suspended status")
    return changed


def check_updatable(world: World, kept: Json) -> None:
    """Raise the published code where nothing can be changed now: over, ending, too young, or being moved."""
    if kept["status"] in ("disabled", "expired"):
        raise PartnerCenterError(400, 900279, "Update operations are no longer allowed for this subscription.")
    if world.now() >= kept["ends"]:
        description = (
            "Your subscription is in the process of being expired. No further updates are allowed on this subscription."
        )
        raise PartnerCenterError(400, 900277, description)
    if world.switch("updates_paused"):
        raise PartnerCenterError(400, 900280, "Update operations are currently not allowed for this subscription.")
    if world.now() - kept["created"] < float(world.switch("subscription_ready_seconds")):
        raise PartnerCenterError(409, 800082, "Subscription is not ready to be updated. Try again after sometime")
    if kept["waiting"] or any(not move["done"] for move in kept["transitions"]):
        description = "There is a pending operation on this subscription. Please try again after 24 hours."
        raise PartnerCenterError(409, 900278, description)


def _status(world: World, kept: Json, status: str) -> str:
    if status == "deleted" and not _may_cancel(kept, world.now()):
        days = world.switch("window_days")
        description = f"You have passed your {days}-day cancellation window. We are unable to cancel your purchase"
        raise PartnerCenterError(400, int(world.switch("cancel_refusal")), description)
    if status not in ("active", "suspended", "deleted"):
        raise invalid_property("status", f"{status} cannot be set")
    return status


def _quantity(world: World, kept: Json, offer: Offer, fields: Fields, status: str) -> Json:
    quantity = fields.number("quantity")
    if "quantity" not in fields or quantity == kept["quantity"]:
        return {}
    if kept["status"] == "suspended" and status == "suspended":
        description = "Subscription quantity cannot be increased or decreased while subscription is being suspended"
        raise PartnerCenterError(400, 2001, description)
    check_quantity(world, offer, quantity)
    return {"quantity": quantity, "batches": _with_quantity(world, kept, quantity or 0)}


def _term(world: World, kept: Json, offer: Offer, fields: Fields) -> Json:
    """Return a longer term, which begins today; a billing plan alone is not changed within a term."""
    term = fields.text("termDuration").upper() or kept["term"]
    cycle = fields.text("billingCycle").lower() or kept["cycle"]
    if term == kept["term"]:
        if cycle != kept["cycle"]:
            raise PartnerCenterError(400, 800097, "Can't update the billing cycle for this subscription")
        return {}
    if offer.trial:
        raise PartnerCenterError(400, 800107, "Term changes are not supported for trial offers.")
    check_plan(offer, term, cycle)
    if MONTHS[term] < MONTHS[kept["term"]]:
        description = "The target term duration cannot be shorter than the current term duration."
        raise PartnerCenterError(400, 800122, description)
    begin = midnight(world.now())
    return {"term": term, "cycle": cycle, "began": begin, "ends": midnight(add_months(begin, MONTHS[term]))}


# how it is written


def last_day(kept: Json) -> float:
    """Return the midnight at which the last day of a subscription's term begins: ends are inclusive."""
    return float(kept["ends"]) - DAY


def _cycle_end(kept: Json, now: float) -> float:
    """Return the midnight at which the last day of the running billing cycle begins."""
    months = CYCLE_MONTHS.get(kept["cycle"], MONTHS[kept["term"]])
    count, end = 1, add_months(kept["began"], months)
    while end <= now and end < kept["ends"]:
        count += 1
        end = add_months(kept["began"], months * count)
    return min(midnight(end), float(kept["ends"])) - DAY


def shape(world: World, customer: Json, kept: Json) -> Json:
    """Return the members of a subscription that only the new commerce writes."""
    offer, now = BY_ID[kept["offer"].lower()], world.now()
    country = customer["address"]["country"]
    product, sku, availability = kept["catalogue_item"].split(":")
    batches = open_batches(kept, now)
    details = [
        {"quantity": batch["quantity"], "allowedUntilDateTime": stamp(batch["until"], digits=7)} for batch in batches
    ]
    base = f"/products/{product}"
    may_cancel = kept["status"] in ("active", "suspended") and _may_cancel(kept, now)
    until = kept["ends"] if kept["extended"] else kept["cancel_until"]
    return {
        "productType": product_type(offer),
        "commitmentEndDate": stamp(last_day(kept), digits=0),
        "commitmentEndDateTime": stamp(kept["ends"] - 1, digits=0),
        "billingCycleEndDate": stamp(_cycle_end(kept, now), digits=0),
        "cancellationAllowedUntilDate": stamp(until, digits=7) if may_cancel else None,
        "refundableQuantity": {"totalQuantity": refundable(kept, now), "details": details}
        if kept["status"] == "active"
        else None,
        "promotionId": kept["promotion"],
        "renewalTermDuration": (kept["instructions"] or kept)["term"],
        "scheduledNextTermInstructions": schedules.shape_instructions(kept["instructions"]),
        "scheduledActions": schedules.shape_actions(kept["actions"]),
        "isMicrosoftProduct": True,
        "publisherName": "Microsoft Corporation",
        "links": {
            "product": link(f"{base}?country={country}"),
            "sku": link(f"{base}/skus/{sku}?country={country}"),
            "availability": link(f"{base}/skus/{sku}/availabilities/{availability}?country={country}"),
            "self": link(f"/customers/{customer['id']}/subscriptions/{kept['id']}"),
        },
    }
