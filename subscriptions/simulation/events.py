"""The events of a billing history as JSON: read into plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import minor_units
from subscriptions.simulation.account_class import limit_of
from subscriptions.simulation.reading import (
    PRICE_DECIMALS,
    BadHistory,
    amount_of,
    day_of,
    flag,
    members,
    name_of,
    one_of,
    required,
    whole,
)
from subscriptions.simulation.resources import MOST_UNITS
from subscriptions.simulation.shapes import SHAPES, Use

# Members that each deed has beside its day, its name and its subscription. The first ones were once taken by all.
OLD_MEMBERS = {"quantities", "prices", "amount", "pay"}
OLD_DEEDS = ("top_up", "order", "change", "stop", "activate", "delete", "pay", "price")
OWN_MEMBERS: Mapping[str, set[str]] = dict.fromkeys(OLD_DEEDS, OLD_MEMBERS) | {
    "order": OLD_MEMBERS | {"priority"},
    "price": OLD_MEMBERS | {"reseller"},
    "renew": {"pay", "quantities"},
    "switch": {"plan", "quantities", "pay"},
    "usage": set(),  # by the billing type: USE_MEMBERS
    "close_charges": set(),
    "pay_invoice": {"billing_day"},
    "hold": {"kind"},
    "release": {"kind"},
    "limit": {"credit_limit", "subscription_credit_limit"},
    "auto_renew": {"on"},
}
USE_MEMBERS = {Use.UNIT_HOURS: {"resource", "units", "hours"}, Use.COST: {"resource", "cost"}}
PAY = ("now", "balance", "later")
HOLDS = ("administrative",)
# An order's priority is an integer of either sign; the rows keep small ones from zero on.
FARTHEST_PRIORITY = 16_000
LONGEST_NAME = 100
# A vendor's cost is finer than a price.
COST_DECIMALS = 10
Members = Mapping[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens on a day. What the deed does not have is empty."""

    day: date
    do: str
    subscription: str
    quantities: Mapping[str, int]
    prices: Mapping[str, Decimal]
    amount: Decimal
    pay: str
    resource: str = ""
    unit_hours: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    priority: int = 0
    on: bool = False
    plan: str = ""
    reseller: str = ""
    billing_day: date | None = None
    # Which of the two limits is changed, and to what; None for no limit.
    limit_name: str = ""
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What events may name: resources of all plans, plans to switch to with theirs, resellers; and what kind it is."""

    currency: str
    billing_type: str
    postpay: bool
    resources: frozenset[str]
    plans: Mapping[str, frozenset[str]]
    resellers: tuple[str, ...]


def read_event(given: Any, path: str, known: Known) -> Event:
    """Return one event of the list. Raises BadHistory."""
    if not isinstance(given, dict):
        raise BadHistory(f"{path}: must be an object")
    do = one_of(required(given, "do", f"{path}.do"), tuple(OWN_MEMBERS), f"{path}.do")
    event = members(given, path, {"day", "do", "subscription"} | OWN_MEMBERS[do] | _of_use(do, path, known))
    if known.postpay and "pay" in event:
        raise BadHistory(f"{path}.pay: must be left out with postpay, whose orders are confirmed and paid by invoice")
    read = Event(
        day=day_of(required(event, "day", f"{path}.day"), f"{path}.day"),
        do=do,
        subscription=name_of(event.get("subscription", "main"), f"{path}.subscription", LONGEST_NAME),
        quantities=_quantities(event, do, path, known),
        prices=_prices(event, path, known) if do == "price" else {},
        amount=_top_up(event, path, known.currency) if do == "top_up" else Decimal(0),
        pay=one_of(event.get("pay", "now"), PAY, f"{path}.pay"),
    )
    own = _OWN.get(do)
    return read if own is None else replace(read, **own(event, path, known))


def _of_use(do: str, path: str, known: Known) -> set[str]:
    """Return the members by which use is told; none of another deed."""
    use = SHAPES[known.billing_type].use
    if do != "usage":
        return set()
    if use is None:
        raise BadHistory(
            f"{path}.do: nothing is used with the billing type {known.billing_type}, only with payg_internal and "
            "payg_external"
        )
    return USE_MEMBERS[use]


def _order(event: Members, path: str, _known: Known) -> Values:
    priority = whole(event.get("priority", 0), f"{path}.priority", -FARTHEST_PRIORITY, FARTHEST_PRIORITY)
    return {"priority": priority}


def _use(event: Members, path: str, known: Known) -> Values:
    at = f"{path}.resource"
    resource = one_of(required(event, "resource", at), tuple(sorted(known.resources)), at)
    if SHAPES[known.billing_type].use is Use.UNIT_HOURS:
        return {"resource": resource, "unit_hours": _unit_hours(event, path)}
    cost = amount_of(required(event, "cost", f"{path}.cost"), f"{path}.cost", COST_DECIMALS)
    if not cost:
        raise BadHistory(f"{path}.cost: must be more than zero")
    return {"resource": resource, "cost": cost}


def _unit_hours(event: Members, path: str) -> Decimal:
    """Return units x hours; both may have decimals, and what they make together at most six."""
    hours = Decimal(1)
    for name in ("units", "hours"):
        hours *= amount_of(required(event, name, f"{path}.{name}"), f"{path}.{name}", PRICE_DECIMALS)
    if not hours or hours != round(hours, PRICE_DECIMALS):
        raise BadHistory(f"{path}.hours: units x hours must be more than zero, with at most {PRICE_DECIMALS} decimals")
    return hours


def _plan(event: Members, path: str, known: Known) -> str:
    name = required(event, "plan", f"{path}.plan")
    if not known.plans:
        raise BadHistory(f"{path}.plan: must be a name of `plans`, of which the history has none")
    return one_of(name, tuple(known.plans), f"{path}.plan")


def _quantities(event: Members, do: str, path: str, known: Known) -> dict[str, int]:
    """Return the units wanted by resource: of a switch all of the plan's, of a renewal none where they stay."""
    if do not in ("order", "change", "renew", "switch") or (do == "renew" and "quantities" not in event):
        return {}
    at = f"{path}.quantities"
    given = members(required(event, "quantities", at), at, known.resources)
    if do == "switch":
        for key in sorted(known.plans[_plan(event, path, known)]):
            required(given, key, f"{at}.{key}")
    return {key: whole(count, f"{at}.{key}", 0, MOST_UNITS) for key, count in given.items()}


def _prices(event: Members, path: str, known: Known) -> dict[str, Decimal]:
    at = f"{path}.prices"
    given = members(required(event, "prices", at), at, known.resources)
    return {key: amount_of(price, f"{at}.{key}", PRICE_DECIMALS) for key, price in given.items()}


def _price(event: Members, path: str, known: Known) -> Values:
    if "reseller" not in event:
        return {}
    if not known.resellers:
        raise BadHistory(f"{path}.reseller: must be a reseller of the chain, and the history has none")
    return {"reseller": one_of(event["reseller"], known.resellers, f"{path}.reseller")}


def _limit(event: Members, path: str, known: Known) -> Values:
    named = [name for name in ("credit_limit", "subscription_credit_limit") if name in event]
    if len(named) != 1:
        missing = f"{path}.{'subscription_credit_limit' if named else 'credit_limit'}"
        raise BadHistory(f"{missing}: one of credit_limit and subscription_credit_limit has to be given, and not both")
    (name,) = named
    if event[name] is None and name == "subscription_credit_limit":
        return {"limit_name": name, "limit": None}
    return {"limit_name": name, "limit": limit_of(event[name], f"{path}.{name}", known.currency)}


def _invoice(event: Members, path: str, _known: Known) -> Values:
    return {"billing_day": day_of(event["billing_day"], f"{path}.billing_day")} if "billing_day" in event else {}


def _hold(event: Members, path: str, _known: Known) -> Values:
    one_of(event.get("kind", HOLDS[0]), HOLDS, f"{path}.kind")
    return {}


def _auto_renew(event: Members, path: str, _known: Known) -> Values:
    return {"on": flag(required(event, "on", f"{path}.on"), f"{path}.on")}


def _top_up(event: Members, path: str, currency: str) -> Decimal:
    amount = amount_of(required(event, "amount", f"{path}.amount"), f"{path}.amount", minor_units(currency))
    if not amount:
        raise BadHistory(f"{path}.amount: must be more than zero")
    return amount


_OWN: Mapping[str, Callable[[Members, str, Known], Values]] = {
    "order": _order,
    "usage": _use,
    "switch": lambda event, path, known: {"plan": _plan(event, path, known)},
    "price": _price,
    "limit": _limit,
    "pay_invoice": _invoice,
    "hold": _hold,
    "release": _hold,
    "auto_renew": _auto_renew,
}
