"""What the clock does to subscriptions of the new commerce: terms end and begin anew, moves to other products are done.

A term is over at 00:00 UTC after its last day; from then on its end waits in a queue, of a day at most, in which
nothing can be changed. A subscription is brought up to date whenever it is read, and when a test moves the clock.
"""

from uuid import uuid4

from sandbox.microsoft import listing
from sandbox.microsoft.commerce import DAY, begin_term, last_day, without_seats
from sandbox.microsoft.offer import availability_id, catalogue_item_id
from sandbox.microsoft.offers import BY_ID, Offer
from sandbox.microsoft.schedules import CANCEL, EXTEND, RENEW
from sandbox.microsoft.shapes import Json, read_moment
from sandbox.microsoft.world import World


def pass_time(world: World) -> None:
    """Bring every subscription up to date."""
    with world.store.transaction():
        for customer in world.store.all("customer"):
            for kept in world.store.all(f"subscription:{customer['id']}"):
                brought_up(world, customer, kept)


def brought_up(world: World, customer: Json, kept: Json) -> Json:
    """Return a subscription as it is by now: moved, renewed, extended, cancelled, disabled or deleted."""
    if kept["catalogue_item"] is None:
        return kept
    now = kept
    while (later := _moved(world, customer, now) or _ended(world, now)) is not None:
        now = later
    if now is kept:
        return kept
    return listing.keep(world, f"subscription:{customer['id']}", {**now, "version": kept["version"] + 1})


# the end of a term


def _ended(world: World, kept: Json) -> Json | None:
    """Return what a subscription becomes next, None while nothing is due."""
    now = world.now()
    if kept["status"] == "disabled":
        gone = now >= kept["disabled"] + float(world.switch("disabled_days")) * DAY
        return {**kept, "status": "deleted"} if gone else None
    if kept["status"] not in ("active", "suspended") or now < kept["ends"] + world.switch("term_end_queue_seconds"):
        return None
    if kept["status"] == "suspended":
        return _disabled(kept)
    kind = _kind(world, kept)
    if kind == RENEW:
        return _renewed(world, kept)
    if kind == EXTEND:
        return _extended(world, kept)
    return {**_disabled(kept), "status": "deleted"} if kind == CANCEL else _disabled(kept)


def _kind(world: World, kept: Json) -> str | None:
    """Return what happens: what is scheduled, else renewal where it is automatic, else the extended term."""
    chosen = kept["actions"][0]["kind"] if kept["actions"] else RENEW if kept["auto_renew"] else EXTEND
    return None if chosen == EXTEND and not _is_extendable(world, kept) else str(chosen)


def _is_extendable(world: World, kept: Json) -> bool:
    """Say whether the extended term is open: bought or renewed, and ending, after the days that Microsoft set."""
    begun, ending = (read_moment(world.switch(name)) or 0.0 for name in ("extended_bought_since", "extended_since"))
    is_late = kept["began"] >= begun and last_day(kept) >= ending
    return kept["extended"] or (is_late and not BY_ID[kept["offer"].lower()].trial)


def _disabled(kept: Json) -> Json:
    done = {"auto_renew": False, "actions": [], "instructions": None}
    return {**kept, **done, "status": "disabled", "disabled": kept["ends"]}


def _renewed(world: World, kept: Json) -> Json:
    """Return a subscription in its next term, as what is scheduled says; scheduled actions win."""
    planned: Json = (kept["actions"][0]["instructions"] if kept["actions"] else None) or kept["instructions"] or {}
    plan: Json = {name: planned.get(name) or kept[name] for name in ("offer", "term", "cycle", "quantity")}
    start, ends = kept["ends"], planned.get("ends")
    begun = begin_term(world, term=plan["term"], start=start, bought=start, quantity=plan["quantity"], ends=ends)
    return {
        **_as(world, kept, BY_ID[plan["offer"].lower()]),
        **begun,
        "quantity": plan["quantity"],
        "cycle": plan["cycle"],
        "promotion": planned.get("promotion"),
        "actions": [],
        "instructions": None,
    }


def _as(world: World, kept: Json, offer: Offer) -> Json:
    """Return a subscription as one of the offer, under its own name where it was called by its old offer's."""
    before = BY_ID[kept["offer"].lower()]
    item = catalogue_item_id(offer, world.switch("availabilities"))
    name = offer.name if kept["name"] == before.name else kept["name"]
    return {**kept, "offer": offer.id, "catalogue_item": item, "name": name}


def extended_sku(sku: str) -> str:
    """Return the SKU under which a SKU's extended term is sold; how Microsoft names them is not published."""
    return f"E{sku[1:]}"


def _extended(world: World, kept: Json) -> Json:
    """Return a subscription in its extended term: by the month, under a SKU of its own, until somebody ends it."""
    offer = BY_ID[kept["offer"].lower()]
    product, sku = offer.modern or ("", "")
    item = f"{product}:{extended_sku(sku)}:{availability_id(offer, world.switch('availabilities'))}"
    start, quantity = kept["ends"], kept["quantity"]
    begun = begin_term(world, term="P1M", start=start, bought=start, quantity=quantity, ends=None)
    changes = {"catalogue_item": item, "extended": True, "cycle": "monthly", "promotion": None, "auto_renew": False}
    return {**kept, **begun, **changes, "actions": [], "instructions": None}


# moves to another product


def _moved(world: World, customer: Json, kept: Json) -> Json | None:
    """Return a subscription after the first of its moves that is due, None where none is."""
    for number, move in enumerate(kept["transitions"]):
        if not move["done"] and move["until"] <= world.now():
            done = [*kept["transitions"]]
            done[number] = {**move, "done": True}
            return _move(world, customer, {**kept, "transitions": done}, move)
    return None


def _move(world: World, customer: Json, kept: Json, move: Json) -> Json:
    kind, offer = f"subscription:{customer['id']}", BY_ID[move["offer"].lower()]
    seats = {
        "quantity": move["quantity"],
        "until": kept["cancel_until"],
    }  # they keep the window of where they came from
    left = kept["quantity"] - move["quantity"]
    rest = {"quantity": left, "batches": without_seats(world, kept["batches"], move["quantity"])}
    emptied = {**kept, "status": "deleted", "auto_renew": False, "actions": [], "instructions": None}
    if move["to"]:
        target = world.store.get(kind, move["to"].lower()) or kept
        grown = {"quantity": target["quantity"] + move["quantity"], "batches": [*target["batches"], seats]}
        listing.keep(world, kind, {**target, **grown, "version": target["version"] + 1})
        return {**kept, **rest} if left else emptied
    if not left:
        return {**_as(world, kept, offer), **_commitment(world, kept, move), "actions": [], "instructions": None}
    child = {
        **_as(world, kept, offer),
        **_commitment(world, kept, move),
        "id": str(uuid4()).upper(),
        "created": world.now(),
        "quantity": move["quantity"],
        "transitions": [],
        "version": 1,
        "past": [],
    }
    if move["term"] == kept["term"]:
        child["batches"] = [seats]
    listing.keep(world, kind, child)
    return {**kept, **rest}


def _commitment(world: World, kept: Json, move: Json) -> Json:
    """Return the term after a move: the running one, or one that begins today where it is longer or was a trial's."""
    renewing = {"cycle": move["cycle"], "auto_renew": kept["auto_renew"] or BY_ID[kept["offer"].lower()].trial}
    if move["term"] == kept["term"] and not BY_ID[kept["offer"].lower()].trial:
        return renewing
    now = world.now()
    begun = begin_term(world, term=move["term"], start=now, bought=now, quantity=move["quantity"], ends=None)
    return {**begun, **renewing}
