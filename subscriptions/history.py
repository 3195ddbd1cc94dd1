"""A billing history as JSON: read into plain values, or refused with the name of the field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from billing.engine.lines import LineType
from billing.engine.rules import Metered, Rules
from billing.engine.types import FIRST, TYPES, rules_of
from core.fitting import is_text
from core.money import minor_units

DEEDS = ("top_up", "order", "change", "stop", "activate", "delete", "pay", "price", "usage")
PAY = ("now", "balance", "later")
# The books keep so many decimals of an amount, and of a price.
AMOUNT_DECIMALS = 3
PRICE_DECIMALS = 6
# Older data of the first type has later ones, which are clamped.
LAST_BILLING_DAY = 28


class BadHistory(ValueError):
    """The history is not in the format; the text begins with the field's path."""


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


@dataclass(frozen=True, slots=True)
class Priced:
    """A resource of the plan: its prices, what is included and demanded, and the most that may be had."""

    price: Decimal
    setup_fee: Decimal
    included: int
    minimum: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class History:
    """The terms, and what happens under them up to and with `until`; amounts in `currency`."""

    currency: str
    billing_type: str
    billing_day: int
    months: int | None
    fixed_price: bool
    credit_limit: Decimal
    resources: Mapping[str, Priced]
    events: tuple[Event, ...]
    until: date


def read_history(given: Any) -> History:
    """Return the history that the JSON value describes, its events by day. Raises BadHistory."""
    top = _members(given, "history", {
        "currency", "billing_type", "payment_model", "billing_day", "period", "fixed_price", "credit_limit",
        "resources", "events", "until",
    })  # fmt: skip
    billing_type = _one_of(top.get("billing_type", FIRST), tuple(TYPES), "billing_type")
    rules = rules_of(billing_type)
    _one_of(top.get("payment_model", "prepay"), ("prepay",), "payment_model")
    currency = _currency(top)
    resources = _resources(top, rules)
    events = _required(top, "events", "events")
    if not isinstance(events, list):
        raise BadHistory("events: must be a list")
    read = [_event(event, f"events[{at}]", currency, resources, rules) for at, event in enumerate(events)]
    return History(
        currency=currency,
        billing_type=billing_type,
        billing_day=_billing_day(top, rules),
        months=_months(top, rules),
        fixed_price=_flag(top.get("fixed_price", False), "fixed_price"),
        credit_limit=_amount(top.get("credit_limit", "0"), "credit_limit", 2),
        resources=resources,
        events=tuple(sorted(read, key=lambda event: event.day)),
        until=_day(_required(top, "until", "until"), "until"),
    )


def _event(given: Any, path: str, currency: str, prices: Mapping[str, Priced], rules: Rules) -> Event:
    known = {"day", "do", "subscription", "quantities", "prices", "amount", "pay"}
    known |= {"resource", "units", "hours"} if isinstance(rules, Metered) else set()
    event = _members(given, path, known)
    do = _one_of(_required(event, "do", f"{path}.do"), DEEDS, f"{path}.do")
    if do == "usage" and not isinstance(rules, Metered):
        raise BadHistory(f"{path}.do: nothing is used with the billing type {rules.key}")
    name = event.get("subscription", "main")
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not is_text(name):
        raise BadHistory(f"{path}.subscription: must be a name")
    return Event(
        day=_day(_required(event, "day", f"{path}.day"), f"{path}.day"),
        do=do,
        subscription=name,
        quantities=_quantities(event, path, prices) if do in ("order", "change") else {},
        prices=_new_prices(event, path, prices) if do == "price" else {},
        amount=_top_up(event, path, currency) if do == "top_up" else Decimal(0),
        pay=_one_of(event.get("pay", "now"), PAY, f"{path}.pay"),
        resource=_one_of(_required(event, "resource", f"{path}.resource"), tuple(prices), f"{path}.resource")
        if do == "usage"
        else "",
        unit_hours=_unit_hours(event, path) if do == "usage" else Decimal(0),
    )


def _unit_hours(event: Mapping[str, Any], path: str) -> Decimal:
    """Return units x hours; both may have decimals, and what they make together at most six."""
    hours = Decimal(1)
    for name in ("units", "hours"):
        given = _required(event, name, f"{path}.{name}")
        if isinstance(given, int) and not isinstance(given, bool):
            given = str(given)
        hours *= _amount(given, f"{path}.{name}", PRICE_DECIMALS)
    if not hours or hours != round(hours, PRICE_DECIMALS):
        raise BadHistory(f"{path}.hours: units x hours must be more than zero, with at most {PRICE_DECIMALS} decimals")
    return hours


def _quantities(event: Mapping[str, Any], path: str, prices: Mapping[str, Priced]) -> dict[str, int]:
    given = _members(_required(event, "quantities", f"{path}.quantities"), f"{path}.quantities", set(prices))
    return {key: _whole(count, f"{path}.quantities.{key}", 0, 1_000_000) for key, count in given.items()}


def _new_prices(event: Mapping[str, Any], path: str, prices: Mapping[str, Priced]) -> dict[str, Decimal]:
    given = _members(_required(event, "prices", f"{path}.prices"), f"{path}.prices", set(prices))
    return {key: _amount(price, f"{path}.prices.{key}", PRICE_DECIMALS) for key, price in given.items()}


def _top_up(event: Mapping[str, Any], path: str, currency: str) -> Decimal:
    amount = _amount(_required(event, "amount", f"{path}.amount"), f"{path}.amount", minor_units(currency))
    if not amount:
        raise BadHistory(f"{path}.amount: must be more than zero")
    return amount


def _resources(top: Mapping[str, Any], rules: Rules) -> dict[str, Priced]:
    given = _required(top, "resources", "resources")
    if not isinstance(given, list) or not given:
        raise BadHistory("resources: must be a list of at least one resource")
    prices: dict[str, Priced] = {}
    for at, item in enumerate(given):
        path = f"resources[{at}]"
        resource = _members(item, path, {"key", "price", "setup_fee", "renewal_fee", "included", "minimum", "limit"})
        key = _required(resource, "key", f"{path}.key")
        if not isinstance(key, str) or not 0 < len(key) <= 60 or not is_text(key) or key in prices:
            raise BadHistory(f"{path}.key: must be a name of its own, of at most 60 characters")
        prices[key] = _priced(resource, path, rules)
    return prices


def _priced(resource: Mapping[str, Any], path: str, rules: Rules) -> Priced:
    bounds = {name: _whole(resource.get(name, 0), f"{path}.{name}", 0, 1_000_000) for name in ("included", "minimum")}
    for name, units in bounds.items():
        if units and not rules.allows.included:
            raise BadHistory(f"{path}.{name}: {rules.key} charges what is used: nothing is included or demanded")
    fees = {
        fee: _amount(resource.get(str(fee), "0"), f"{path}.{fee}", PRICE_DECIMALS)
        for fee in (LineType.SETUP_FEE, LineType.RENEWAL_FEE)
    }
    for fee, amount in fees.items():
        if amount and fee not in rules.fees:
            raise BadHistory(f"{path}.{fee}: {rules.key} takes no such fee")
    limit = resource.get("limit")
    return Priced(
        price=_amount(_required(resource, "price", f"{path}.price"), f"{path}.price", PRICE_DECIMALS),
        setup_fee=fees[LineType.SETUP_FEE],
        limit=None if limit is None else _whole(limit, f"{path}.limit", max(bounds.values()), 1_000_000),
        **bounds,
    )


def _billing_day(top: Mapping[str, Any], rules: Rules) -> int:
    only = rules.allows.billing_day
    highest = 31 if rules.key == FIRST else LAST_BILLING_DAY
    day = _whole(top.get("billing_day", 1), "billing_day", 1, highest)
    if only is not None and day != only:
        raise BadHistory(f"billing_day: must be {only} with {rules.key}")
    return day


def _months(top: Mapping[str, Any], rules: Rules) -> int | None:
    allows = rules.allows
    given = top.get("period", "endless") if allows.endless else _required(top, "period", "period")
    if given == "endless" and allows.endless:
        return None
    if allows.longest is None:
        raise BadHistory(f'period: must be "endless" with {rules.key}')
    period = _members(given, "period", {"months"})
    return _whole(_required(period, "months", "period.months"), "period.months", 1, allows.longest)


def _currency(top: Mapping[str, Any]) -> str:
    given = _required(top, "currency", "currency")
    try:
        decimals = minor_units(given)
    except (TypeError, ValueError):
        raise BadHistory("currency: must be a three-letter ISO 4217 code") from None
    if decimals > AMOUNT_DECIMALS:
        raise BadHistory(f"currency: the books keep at most {AMOUNT_DECIMALS} decimals")
    return str(given)


def _members(given: Any, path: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BadHistory(f"{path}: must be an object")
    for name in given:
        if name not in known:
            raise BadHistory(f"{name if path == 'history' else f'{path}.{name}'}: is not known here")
    return given


def _required(given: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in given:
        raise BadHistory(f"{path}: is missing")
    return given[name]


def _one_of(given: Any, choices: tuple[str, ...], path: str) -> str:
    if given not in choices:
        raise BadHistory(f"{path}: must be one of {', '.join(choices)}")
    return str(given)


def _whole(given: Any, path: str, lowest: int, highest: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not lowest <= given <= highest:
        raise BadHistory(f"{path}: must be a whole number from {lowest} to {highest}")
    return given


def _flag(given: Any, path: str) -> bool:
    if not isinstance(given, bool):
        raise BadHistory(f"{path}: must be true or false")
    return given


def _day(given: Any, path: str) -> date:
    try:
        day = date.fromisoformat(given)
    except (TypeError, ValueError):
        raise BadHistory(f"{path}: must be a day such as 2018-08-20") from None
    if not 1900 <= day.year <= 2999:
        raise BadHistory(f"{path}: must lie between 1900 and 2999")
    return day


def _amount(given: Any, path: str, decimals: int) -> Decimal:
    try:
        amount = Decimal(given) if isinstance(given, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or not 0 <= amount < Decimal(10) ** 10:
        raise BadHistory(f'{path}: must be a decimal number in quotes, not negative, such as "10.00"')
    if amount != round(amount, decimals):
        raise BadHistory(f"{path}: must have at most {decimals} decimals")
    return amount
