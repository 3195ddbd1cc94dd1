"""The events of a billing history as JSON: read into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.engine.rules import Metered, Rules
from core.fitting import is_text
from core.money import minor_units
from subscriptions.simulation.account_class import limit_of
from subscriptions.simulation.reading import BadHistory, amount_of, day_of, flag, members, one_of, required, whole
from subscriptions.simulation.resources import PRICE_DECIMALS, Priced

DEEDS = (
    "top_up", "order", "change", "stop", "activate", "delete", "pay", "price", "usage", "close_charges",
    "hold", "release", "limit", "renew", "auto_renew",
)  # fmt: skip
PAY = ("now", "balance", "later")
# Members that only these events have; the others were once taken by all, and still are.
OWN_MEMBERS = {
    "order": {"priority"},
    "usage": {"resource", "units", "hours"},
    "hold": {"kind"},
    "release": {"kind"},
    "limit": {"credit_limit"},
    "auto_renew": {"on"},
}
HOLDS = ("administrative",)
# An order's priority is an integer of either sign; the rows keep small ones from zero on.
FARTHEST_PRIORITY = 16_000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens on a day."""

    day: date
    do: str
    subscription: str
    quantities: Mapping[str, int]
    prices: Mapping[str, Decimal]
    amount: Decimal
    pay: str
    resource: str = ""
    unit_hours: Decimal = Decimal(0)
    priority: int = 0
    on: bool = False


def read_event(given: Any, path: str, currency: str, prices: Mapping[str, Priced], rules: Rules) -> Event:
    """Return one event of the list; `prices` are the resources that it may name. Raises BadHistory."""
    do = _deed(given, path)
    known = {"day", "do", "subscription", "quantities", "prices", "amount", "pay"} | OWN_MEMBERS.get(do, set())
    event = members(given, path, known)
    if do == "usage" and not isinstance(rules, Metered):
        raise BadHistory(f"{path}.do: nothing is used with the billing type {rules.key}")
    name = event.get("subscription", "main")
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not is_text(name):
        raise BadHistory(f"{path}.subscription: must be a name")
    if do in ("hold", "release"):
        one_of(event.get("kind", HOLDS[0]), HOLDS, f"{path}.kind")
    return Event(
        day=day_of(required(event, "day", f"{path}.day"), f"{path}.day"),
        do=do,
        subscription=name,
        quantities=_quantities(event, path, prices)
        if do in ("order", "change") or (do == "renew" and "quantities" in event)
        else {},
        prices=_new_prices(event, path, prices) if do == "price" else {},
        amount=_event_amount(event, do, path, currency),
        pay=one_of(event.get("pay", "now"), PAY, f"{path}.pay"),
        resource=one_of(required(event, "resource", f"{path}.resource"), tuple(prices), f"{path}.resource")
        if do == "usage"
        else "",
        unit_hours=_unit_hours(event, path) if do == "usage" else Decimal(0),
        priority=whole(event.get("priority", 0), f"{path}.priority", -FARTHEST_PRIORITY, FARTHEST_PRIORITY),
        on=flag(required(event, "on", f"{path}.on"), f"{path}.on") if do == "auto_renew" else False,
    )


def _deed(given: Any, path: str) -> str:
    if not isinstance(given, dict):
        raise BadHistory(f"{path}: must be an object")
    return one_of(required(given, "do", f"{path}.do"), DEEDS, f"{path}.do")


def _event_amount(event: Mapping[str, Any], do: str, path: str, currency: str) -> Decimal:
    """Return the money of a top-up, the limit of another limit; nothing of any other event."""
    if do == "top_up":
        return _top_up(event, path, currency)
    if do == "limit":
        return limit_of(required(event, "credit_limit", f"{path}.credit_limit"), f"{path}.credit_limit", currency)
    return Decimal(0)


def _unit_hours(event: Mapping[str, Any], path: str) -> Decimal:
    """Return units x hours; both may have decimals, and what they make together at most six."""
    hours = Decimal(1)
    for name in ("units", "hours"):
        hours *= amount_of(required(event, name, f"{path}.{name}"), f"{path}.{name}", PRICE_DECIMALS)
    if not hours or hours != round(hours, PRICE_DECIMALS):
        raise BadHistory(f"{path}.hours: units x hours must be more than zero, with at most {PRICE_DECIMALS} decimals")
    return hours


def _quantities(event: Mapping[str, Any], path: str, prices: Mapping[str, Priced]) -> dict[str, int]:
    given = members(required(event, "quantities", f"{path}.quantities"), f"{path}.quantities", set(prices))
    return {key: whole(count, f"{path}.quantities.{key}", 0, 1_000_000) for key, count in given.items()}


def _new_prices(event: Mapping[str, Any], path: str, prices: Mapping[str, Priced]) -> dict[str, Decimal]:
    given = members(required(event, "prices", f"{path}.prices"), f"{path}.prices", set(prices))
    return {key: amount_of(price, f"{path}.prices.{key}", PRICE_DECIMALS) for key, price in given.items()}


def _top_up(event: Mapping[str, Any], path: str, currency: str) -> Decimal:
    amount = amount_of(required(event, "amount", f"{path}.amount"), f"{path}.amount", minor_units(currency))
    if not amount:
        raise BadHistory(f"{path}.amount: must be more than zero")
    return amount
