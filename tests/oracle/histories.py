"""Random histories: what a plan may be like, and what people may do with it from day to day.

A history is grown from one number, event by event, while the oracle lives through it, only to choose events that have
a fair chance of being accepted; one in a few is chosen regardless, so that refusals are compared too. Hypothesis draws
the numbers; `minimize` shortens a history better than drawing a smaller number would.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from tests.oracle.oracle import World
from tests.oracle.units import (
    ACTIVATING,
    ACTIVE,
    DELETED,
    GRACED,
    INSTALLING,
    ORDERED,
    STOPPED,
    Subscription,
    is_billing_day,
)
from tests.oracle.vendor import world_of

NAMES = [["main"], ["main"], ["main", "b"], ["main", "main", "b", "c"]]
CURRENCIES = ["USD", "USD", "USD", "USD", "JPY", "KWD"]
PRICES = {
    "USD": ["10.00", "3.33", "12.00", "7.77", "0.99", "0.15", "0.01", "0.0035", "0.005", "0", "19.999"],
    "JPY": ["1000", "333", "1", "0", "12.5", "3"],
    "KWD": ["3.333", "10.000", "0.001", "0.0005", "0", "0.015"],
}
AMOUNTS = {
    "USD": ["500.00", "60.00", "19.35", "0.01"],
    "JPY": ["5000", "900", "1"],
    "KWD": ["500.000", "19.355", "60.001"],
}
OPENING_FUNDS = ["0", "20", "60", "200", "20000", "20000", "20000"]
CREDITS = ["0", "0", "0", "20", "200", "1000"]
BILLING_DAYS = [1, 1, 15, 28, 29, 30, 31, *range(1, 32)]
STARTS = [
    date(2018, 8, 20),
    date(2018, 9, 1),
    date(2018, 12, 31),
    date(2019, 1, 29),
    date(2019, 1, 31),
    date(2019, 2, 28),
    date(2020, 1, 30),
    date(2020, 2, 15),
    date(2020, 2, 29),
    date(2023, 11, 30),
    date(2024, 2, 29),
]
BILLING_DAY, EVE = "billing day", "eve"
GAPS = [*[0] * 6, 1, 1, 1, 2, 2, 3, 5, 8, 13, 29, 45, BILLING_DAY, BILLING_DAY, EVE]
BEYOND_THE_LAST = [0, 1, 12, 31, 62, 120]
WHAT_SUITS = {
    None: ["order"],
    ORDERED: [*["pay"] * 9, "delete"],
    ACTIVE: [*["change"] * 14, *["stop"] * 6, "delete"],
    STOPPED: [*["activate"] * 12, "top_up", "top_up", "delete"],
    DELETED: ["top_up", "top_up", "price", "change"],
    GRACED: [*["renew"] * 5, "pay", "pay", "stop", "delete", "top_up", "price", "auto_renew"],
    INSTALLING: ["provide", "price", "top_up"],
    ACTIVATING: ["provide", "price", "top_up"],
}
ANYTHING = ["change", "stop", "activate", "pay", "delete"]


def random_plan(rng: Random) -> dict:
    """Return the settings of a history, events aside."""
    currency = rng.choice(CURRENCIES)
    keys = rng.choice([["seats"], ["seats"], ["seats", "stamps"]])
    return {
        "currency": currency,
        "billing_type": "csp_monthly",
        "payment_model": "prepay",
        "billing_day": rng.choice(BILLING_DAYS),
        "period": rng.choice(["endless", {"months": rng.choice([1, 2, 3, 6, 12, 13])}]),
        "fixed_price": rng.random() < 0.4,
        "credit_limit": rng.choice(CREDITS),
        "resources": [{"key": key, "price": rng.choice(PRICES[currency])} for key in keys],
    }


def random_terms(rng: Random) -> dict:
    """Return what a plan says of terms that end: when they are renewed, and what becomes of them else."""
    ahead = rng.choice([0, 0, 3, 10])
    return {
        "period": {"months": rng.choice([1, 1, 1, 2, 3])},
        "auto_renew": rng.random() < 0.6,
        "service_term": {
            "grace_days": rng.choice([0, 3, 10, 40]),
            "stop_days": rng.choice([None, 0, 5, 30]),
            "renew_point": ahead,
            "manual_renew_point": rng.choice([-1, -1, -1, 0, 15]),
        },
    }


OF_A_TERM = ["renew", "renew", "auto_renew", "price"]


def suits(subscription: Subscription | None, *, terms: bool = False) -> list[str]:
    """Return what may be done with a subscription as it stands, the likely things several times."""
    if subscription is None:
        return WHAT_SUITS[None]
    if terms and subscription.status == ACTIVE:
        return [*WHAT_SUITS[ACTIVE], *OF_A_TERM * 4, "pay", "pay"]
    if terms and subscription.expired:
        return [*["renew"] * 6, "pay", "pay", "top_up", "delete", "activate", "price"]
    if subscription.waiting is not None and subscription.status == ACTIVE:
        return ["pay", "pay", "pay", "pay", "stop", "change"]
    if subscription.expired and subscription.status == STOPPED:
        return ["delete", "price", "top_up", "activate"]
    return WHAT_SUITS[subscription.status]


def random_event(rng: Random, plan: dict, palette: list[str], names: list[str], world: World) -> dict:
    """Return what is done next, `day` aside. New prices are of a small palette, so that old ones come back."""
    keys = [resource["key"] for resource in plan["resources"]]
    name = rng.choice(names)
    chance = rng.random()
    what = rng.choice(ANYTHING if chance < 0.04 else suits(world.subscriptions.get(name), terms="service_term" in plan))
    if world.awaits(name) and rng.random() < 0.4:
        what = "provide"
    if what == "price" or chance > 0.86:
        return {"do": "price", "prices": {key: rng.choice(palette) for key in keys}}
    if what == "top_up":
        return {"do": what, "amount": rng.choice(AMOUNTS[plan["currency"]])}
    event: dict = {"do": what} if name == "main" else {"do": what, "subscription": name}
    if what == "auto_renew":
        event["on"] = rng.random() < 0.7
    if what == "renew":
        event["pay"] = rng.choice(["now", "balance", "balance", "later"])
        if rng.random() < 0.3:
            event["quantities"] = {key: rng.choice([0, 1, 2, 4, 6]) for key in keys}
    if what in ("order", "change"):
        counts = [1, 2, 3, 4, 5, 7, 9] if what == "order" and rng.random() < 0.8 else [0, 1, 2, 3, 4, 5, 7, 9]
        named = keys if rng.random() < 0.8 else [rng.choice(keys)]  # what is not named stays as it is
        event["quantities"] = {key: rng.choice(counts) for key in named}
        event["pay"] = rng.choice(["now", "now", "balance", "later", "later"])
    return event


def random_gap(rng: Random, today: date, billing_day: int) -> int:
    """Return how many days pass until the next event; now and then exactly to the billing day or to the eve of it."""
    gap = rng.choice(GAPS)
    if isinstance(gap, int):
        return gap
    days = next(n for n in range(1, 40) if is_billing_day(today + timedelta(days=n), billing_day))
    return days if gap == BILLING_DAY else days - 1


def random_history(rng: Random, longest: int, *, vendor: bool = False) -> dict:
    """Return a whole history in the input format of `manage.py simulate_billing`, and with a `vendor` who is late."""
    plan = random_plan(rng) | ({"vendor": True} if vendor else {})
    if not vendor and plan["period"] != "endless":
        plan |= random_terms(rng)
    palette = [item["price"] for item in plan["resources"]] + rng.choices(PRICES[plan["currency"]], k=2)
    names = rng.choice(NAMES)
    world = world_of(plan)
    today = rng.choice(STARTS) + timedelta(days=rng.randrange(4))
    events: list[dict] = []
    world.begin(today)
    for number in range(rng.randint(4, longest)):
        if number == 0:
            event = {"do": "top_up", "amount": funds} if (funds := rng.choice(OPENING_FUNDS)) != "0" else None
        else:
            event = random_event(rng, plan, palette, names, world)
        if event is not None:
            events.append({"day": today.isoformat(), **event})
            world.carry_out(events[-1])
        for _ in range(random_gap(rng, today, plan["billing_day"])):
            world.end_day()
            today += timedelta(days=1)
            world.begin(today)
    until = today + timedelta(days=rng.choice(BEYOND_THE_LAST))
    return {**plan, "events": events, "until": until.isoformat()}


def histories(longest: int = 20, *, vendor: bool = False) -> st.SearchStrategy[dict]:
    """Return the strategy of all histories of up to `longest` events."""
    numbers = st.integers(0, 2**63)
    return numbers.map(lambda number: random_history(Random(number), longest, vendor=vendor))
