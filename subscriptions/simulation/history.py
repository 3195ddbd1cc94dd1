"""A billing history as JSON: read into plain values, or refused with the name of the field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.engine.rules import Rules
from billing.engine.types import FIRST, TYPES, rules_of
from core.money import minor_units
from subscriptions.simulation.account_class import Class, read_class
from subscriptions.simulation.events import Event, read_event
from subscriptions.simulation.reading import BadHistory, amount_of, day_of, flag, members, one_of, required, whole
from subscriptions.simulation.resources import PRICE_DECIMALS, Priced, read_resources
from subscriptions.simulation.terms import Timers, read_auto_renew, read_timers

# The books keep so many decimals of an amount.
AMOUNT_DECIMALS = 3
# Older data of the first type has later ones, which are clamped.
LAST_BILLING_DAY = 28
PLAN_FEES = {"setup_fee", "recurring_fee", "renewal_fee", "transfer_fee", "markup"}


@dataclass(frozen=True, slots=True)
class History:
    """The terms, and what happens under them up to and with `until`; amounts in `currency`."""

    currency: str
    billing_type: str
    billing_day: int
    months: int | None
    fixed_price: bool
    account_class: Class
    resources: Mapping[str, Priced]
    events: tuple[Event, ...]
    until: date
    service_term: Timers
    auto_renew: bool
    trial: bool


def read_history(given: Any) -> History:
    """Return the history that the JSON value describes, its events by day. Raises BadHistory."""
    top = members(given, "history", {
        "currency", "billing_type", "payment_model", "billing_day", "period", "fixed_price", "credit_limit",
        "account_class", "resources", "plan", "events", "until", "service_term", "auto_renew", "trial",
    })  # fmt: skip
    billing_type = one_of(top.get("billing_type", FIRST), tuple(TYPES), "billing_type")
    rules = rules_of(billing_type)
    one_of(top.get("payment_model", "prepay"), ("prepay",), "payment_model")
    currency = _currency(top)
    resources = read_resources(top, rules)
    _refuse_fees(top.get("plan", {}), rules)
    events = required(top, "events", "events")
    if not isinstance(events, list):
        raise BadHistory("events: must be a list")
    read = [read_event(event, f"events[{at}]", currency, resources, rules) for at, event in enumerate(events)]
    months = _months(top, rules)
    return History(
        currency=currency,
        billing_type=billing_type,
        billing_day=_billing_day(top, rules),
        months=months,
        fixed_price=flag(top.get("fixed_price", False), "fixed_price"),
        account_class=read_class(top.get("account_class", {}), top.get("credit_limit", "0"), currency),
        resources=resources,
        events=tuple(sorted(read, key=lambda event: event.day)),
        until=day_of(required(top, "until", "until"), "until"),
        service_term=read_timers(top.get("service_term", {})),
        auto_renew=read_auto_renew(top, months),
        trial=flag(top.get("trial", False), "trial"),
    )


def _refuse_fees(given: Any, rules: Rules) -> None:
    """Let a plan name only fees of nothing: none of the types here charges a part of the plan's own."""
    for fee, amount in members(given, "plan", PLAN_FEES).items():
        if amount_of(amount, f"plan.{fee}", PRICE_DECIMALS):
            raise BadHistory(f'plan.{fee}: {rules.key} takes no such fee of the plan\'s own, only "0"')


def _billing_day(top: Mapping[str, Any], rules: Rules) -> int:
    only = rules.allows.billing_day
    highest = 31 if rules.key == FIRST else LAST_BILLING_DAY
    day = whole(top.get("billing_day", 1), "billing_day", 1, highest)
    if only is not None and day != only:
        raise BadHistory(f"billing_day: must be {only} with {rules.key}")
    return day


def _months(top: Mapping[str, Any], rules: Rules) -> int | None:
    allows = rules.allows
    given = top.get("period", "endless") if allows.endless else required(top, "period", "period")
    if given == "endless" and allows.endless:
        return None
    if allows.longest is None:
        raise BadHistory(f'period: must be "endless" with {rules.key}')
    period = members(given, "period", {"months"})
    return whole(required(period, "months", "period.months"), "period.months", 1, allows.longest)


def _currency(top: Mapping[str, Any]) -> str:
    given = required(top, "currency", "currency")
    try:
        decimals = minor_units(given)
    except (TypeError, ValueError):
        raise BadHistory("currency: must be a three-letter ISO 4217 code") from None
    if decimals > AMOUNT_DECIMALS:
        raise BadHistory(f"currency: the books keep at most {AMOUNT_DECIMALS} decimals")
    return str(given)
