"""Random histories for hypothesis: what a plan may be like, and what people may do with it from day to day.

The strategy lets the oracle live through the history as it is drawn, only to choose events that have a fair chance of
being accepted; one in a few is drawn at random all the same, so that refusals are compared too.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle.oracle import World
from tests.oracle.units import ACTIVE, DELETED, ORDERED, STOPPED, Subscription, is_billing_day

NAMES = ("main", "b", "c")
PRICES = {
    "USD": ["10.00", "3.33", "12.00", "7.77", "0.99", "0.01", "0.005", "0", "19.999", "10.00"],
    "JPY": ["1000", "333", "1", "0", "12.5", "1000"],
    "KWD": ["3.333", "10.000", "0.001", "0.0005", "0", "10.000"],
}
AMOUNTS = {
    "USD": ["500.00", "60.00", "19.35", "1000.00", "0.01", "5000.00"],
    "JPY": ["5000", "900", "100000", "1"],
    "KWD": ["500.000", "19.355", "60.001", "1000.000"],
}
CREDITS = ["0", "0", "0", "50", "200", "1000"]
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
GAPS = [0, 0, 0, 1, 1, 2, 3, 5, 8, 13, 29, 45]
WHAT_SUITS = {
    None: ["order"],
    ORDERED: [*["pay"] * 6, "delete"],
    ACTIVE: [*["change"] * 12, *["stop"] * 6, "delete"],
    STOPPED: [*["activate"] * 9, "top_up", "top_up", "delete"],
    DELETED: ["top_up"],
}
ANYTHING = ["change", "stop", "activate", "pay", "delete"]


@st.composite
def plans(draw: st.DrawFn) -> dict:
    """Draw the settings of a history, events aside."""
    currency = draw(st.sampled_from(["USD", "USD", "USD", "USD", "JPY", "KWD"]))
    keys = ["seats", "stamps"][: draw(st.integers(1, 2))]
    return {
        "currency": currency,
        "billing_type": "csp_monthly",
        "payment_model": "prepay",
        "billing_day": draw(st.one_of(st.sampled_from([1, 1, 15, 28, 29, 30, 31]), st.integers(1, 31))),
        "period": draw(st.one_of(st.just("endless"), st.fixed_dictionaries({"months": st.integers(1, 13)}))),
        "fixed_price": draw(st.booleans()),
        "credit_limit": draw(st.sampled_from(CREDITS)),
        "resources": [{"key": key, "price": draw(st.sampled_from(PRICES[currency]))} for key in keys],
    }


def quantities(keys: list[str], biggest: int = 7) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({key: st.integers(0, biggest) for key in keys})


def suits(subscription: Subscription | None) -> list[str]:
    """Return what may be done with a subscription as it stands, the likely things several times."""
    if subscription is None:
        return WHAT_SUITS[None]
    if subscription.waiting is not None and subscription.status == ACTIVE:
        return ["pay", "pay", "pay", "pay", "pay", "stop"]
    if subscription.expired:
        return ["delete"]
    return WHAT_SUITS[subscription.status]


@st.composite
def events_of(draw: st.DrawFn, plan: dict, world: World) -> dict:
    """Draw what is done next, `day` aside."""
    keys = [resource["key"] for resource in plan["resources"]]
    name = draw(st.sampled_from(["main", "main", *NAMES]))
    subscription = world.subscriptions.get(name)
    chance = draw(st.integers(0, 19))
    if chance == 0:
        return {"do": "top_up", "amount": draw(st.sampled_from(AMOUNTS[plan["currency"]]))}
    if chance < 3:
        prices = st.sampled_from(PRICES[plan["currency"]])
        return {"do": "price", "prices": {key: draw(prices) for key in keys}}
    what = draw(st.sampled_from(ANYTHING if chance == 3 else suits(subscription)))
    if what == "top_up":
        return {"do": "top_up", "amount": draw(st.sampled_from(AMOUNTS[plan["currency"]]))}
    event = {"do": what} if name == "main" else {"do": what, "subscription": name}
    if what in ("order", "change"):
        event["quantities"] = draw(quantities(keys))
        event["pay"] = draw(st.sampled_from(["now", "now", "balance", "later"]))
    return event


@st.composite
def gaps(draw: st.DrawFn, today: date, billing_day: int) -> int:
    """Draw how many days pass until the next event; now and then exactly to the billing day or the eve of it."""
    gap = draw(st.sampled_from([*GAPS, "billing day", "eve"]))
    if isinstance(gap, int):
        return gap
    days = next(n for n in range(1, 40) if is_billing_day(today + timedelta(days=n), billing_day))
    return days if gap == "billing day" else days - 1


@st.composite
def histories(draw: st.DrawFn, longest: int = 16) -> dict:
    """Draw a whole history of up to `longest` events in the input format of `manage.py simulate_billing`."""
    plan = draw(plans())
    world = World(plan)
    today = draw(st.sampled_from(STARTS)) + timedelta(days=draw(st.integers(0, 3)))
    events: list[dict] = []
    world.begin(today)
    for number in range(draw(st.integers(2, longest))):
        for _ in range(draw(gaps(today, plan["billing_day"])) if number else 0):
            world.end_day()
            today += timedelta(days=1)
            world.begin(today)
        if number == 0 and draw(st.booleans()):
            event = {"do": "top_up", "amount": AMOUNTS[plan["currency"]][0]}
        else:
            event = draw(events_of(plan, world))
        events.append({"day": today.isoformat(), **event})
        world.carry_out(events[-1])
    until = today + timedelta(days=draw(st.sampled_from([0, 1, 12, 31, 62])))
    return {**plan, "events": events, "until": until.isoformat()}
