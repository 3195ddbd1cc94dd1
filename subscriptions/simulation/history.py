"""A billing history as JSON: read into plain values, or refused with the name of the field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.money import minor_units
from subscriptions.simulation.account_class import Class, read_class
from subscriptions.simulation.chain import Level, read_chain
from subscriptions.simulation.documents import Discount, Tax, read_discount, read_taxes
from subscriptions.simulation.events import Event, Known, read_event
from subscriptions.simulation.plans import Sold, read_plan, read_plans
from subscriptions.simulation.reading import BadHistory, day_of, flag, listed, members, one_of, required, whole
from subscriptions.simulation.shapes import SHAPES
from subscriptions.simulation.terms import Timers, read_auto_renew, read_timers

# What a history means that names no billing type.
FIRST = "csp_monthly"
PREPAY, POSTPAY = "prepay", "postpay"
# The books keep so many decimals of an amount.
AMOUNT_DECIMALS = 3
# Prepaid data of the first type has later ones, which are clamped.
LAST_BILLING_DAY = 28
MEMBERS = {
    "currency", "billing_type", "payment_model", "billing_day", "period", "fixed_price", "credit_limit", "auto_renew",
    "trial", "resources", "plan", "plans", "service_term", "account_class", "discount", "taxes", "chain", "events",
    "until",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """The terms, and what happens under them up to and with `until`; amounts in `currency`."""

    currency: str
    postpay: bool
    billing_day: int
    months: int | None
    fixed_price: bool
    account_class: Class
    plan: Sold
    plans: Mapping[str, Sold]
    events: tuple[Event, ...]
    until: date
    service_term: Timers
    auto_renew: bool
    trial: bool
    discount: Discount | None
    taxes: tuple[Tax, ...]
    chain: tuple[Level, ...]


def read_history(given: Any) -> History:
    """Return the history that the JSON value describes, its events by day. Raises BadHistory."""
    top = members(given, "history", MEMBERS)
    billing_type = one_of(top.get("billing_type", FIRST), tuple(SHAPES), "billing_type")
    postpay = _postpay(top, billing_type)
    currency = _currency(top)
    plan = read_plan(top, "", billing_type, {})
    plans = read_plans(top, plan)
    keys = [key for one in (plan, *plans.values()) for key in one.resources]
    chain = read_chain(top.get("chain"), keys)
    known = Known(
        currency=currency,
        billing_type=billing_type,
        postpay=postpay,
        resources=frozenset(keys),
        plans={name: frozenset(one.resources) for name, one in plans.items()},
        resellers=tuple(level.reseller for level in chain),
    )
    months = _months(top, billing_type)
    return History(
        currency=currency,
        postpay=postpay,
        billing_day=_billing_day(top, billing_type, postpay),
        months=months,
        fixed_price=flag(top.get("fixed_price", False), "fixed_price"),
        account_class=read_class(top.get("account_class", {}), top.get("credit_limit", "0"), currency),
        plan=plan,
        plans=plans,
        events=_events(top, known),
        until=day_of(required(top, "until", "until"), "until"),
        service_term=read_timers(top.get("service_term", {})),
        auto_renew=read_auto_renew(top, months, SHAPES[billing_type].auto_renew),
        trial=flag(top.get("trial", False), "trial"),
        discount=read_discount(top.get("discount")),
        taxes=read_taxes(top.get("taxes"), keys),
        chain=chain,
    )


def _events(top: Mapping[str, Any], known: Known) -> tuple[Event, ...]:
    """Return the events by day, those of one day in their order."""
    given = listed(required(top, "events", "events"), "events", "events")
    read = [read_event(event, f"events[{at}]", known) for at, event in enumerate(given)]
    return tuple(sorted(read, key=lambda event: event.day))


def _postpay(top: Mapping[str, Any], billing_type: str) -> bool:
    postpay = one_of(top.get("payment_model", PREPAY), (PREPAY, POSTPAY), "payment_model") == POSTPAY
    if postpay and not SHAPES[billing_type].postpay:
        allowing = ", ".join(name for name, shape in SHAPES.items() if shape.postpay)
        raise BadHistory(f"payment_model: must be prepay with {billing_type}, postpay is only for {allowing}")
    return postpay


def _billing_day(top: Mapping[str, Any], billing_type: str, postpay: bool) -> int:
    first, last = SHAPES[billing_type].billing_days
    last = min(last, LAST_BILLING_DAY) if postpay else last
    under = f" with {billing_type}{' and postpay' if postpay else ''}"
    return whole(top.get("billing_day", 1), "billing_day", first, last, under=under)


def _months(top: Mapping[str, Any], billing_type: str) -> int | None:
    shape = SHAPES[billing_type]
    given = top.get("period", "endless") if shape.endless_if_left_out else required(top, "period", "period")
    if given == "endless" and shape.endless:
        return None
    if shape.months is None:
        raise BadHistory(f'period: must be "endless" with {billing_type}')
    if not isinstance(given, dict):
        either = 'must be "endless" or an object' if shape.endless else "must be an object"
        raise BadHistory(f'period: {either} such as {{"months": 12}} with {billing_type}')
    period = members(given, "period", {"months"})
    given = required(period, "months", "period.months")
    return whole(given, "period.months", *shape.months, under=f" with {billing_type}")


def _currency(top: Mapping[str, Any]) -> str:
    given = required(top, "currency", "currency")
    try:
        decimals = minor_units(given)
    except (TypeError, ValueError):
        raise BadHistory("currency: must be a three-letter ISO 4217 code") from None
    if decimals > AMOUNT_DECIMALS:
        raise BadHistory(f"currency: the books keep at most {AMOUNT_DECIMALS} decimals")
    return str(given)
