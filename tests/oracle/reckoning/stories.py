"""Random histories of every billing type: grown day by day while the reckoning lives along, so that things happen.

What is likely to be accepted is drawn more often; one event in a few is drawn regardless, so that refusals are compared
too. A history is grown from one number, always the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.oracle.reckoning.compare import world_of
from tests.oracle.reckoning.days import is_billing_day
from tests.oracle.reckoning.settings import AMOUNTS, PRICES, random_settings
from tests.oracle.reckoning.things import ACTIVE, DELETED, GRACED, KINDS, ORDERED, SHUT, STOPPED, Subscription
from tests.oracle.reckoning.world import World

STARTS = [
    date(2018, 8, 20), date(2018, 9, 1), date(2018, 12, 31), date(2019, 1, 29), date(2019, 1, 31), date(2019, 2, 28),
    date(2020, 1, 30), date(2020, 2, 15), date(2020, 2, 29), date(2023, 11, 30), date(2024, 2, 29),
]  # fmt: skip
BILLING_DAY, EVE, END, GRACE = "billing day", "eve of it", "end of a term", "a day of grace"
GAPS = [*[0] * 7, 1, 1, 1, 2, 2, 3, 5, 8, 13, 29, BILLING_DAY, BILLING_DAY, EVE, END, END, GRACE]
BEYOND = [0, 1, 12, 31, 62, 120]
NAMES = [["main"], ["main"], ["main", "b"], ["main", "main", "b", "c"]]
OPENING = ["0", "20", "60", "300", "20000", "20000", "20000"]
ANYTHING = ["change", "stop", "activate", "pay", "delete", "renew", "switch"]


@dataclass
class Story:
    """A history that grows, the account that lives it, and what may be drawn."""

    rng: Random
    plan: dict
    world: World
    names: list[str]
    events: list[dict] = field(default_factory=list)

    @property
    def postpay(self) -> bool:
        return self.plan.get("payment_model") == "postpay"

    @property
    def chain(self) -> list[dict]:
        return self.plan.get("chain", [])

    def do(self, event: dict) -> None:
        """Add an event of today, and have it done."""
        event = {"day": self.world.today.isoformat(), **event}
        self.events.append(event)
        self.world.carry_out_event(event)


def suits(story: Story, sub: Subscription | None) -> list[str]:
    """Return what may be done with a subscription as it stands, the likely things several times."""
    kind = KINDS[story.plan["billing_type"]]
    if sub is None:
        return ["order"]
    if sub.status == ORDERED:
        return ["pay", "pay", "pay", "pay", "delete"]
    if sub.status == DELETED:
        return ["top_up", "price"]
    likely = {
        ACTIVE: ["change"] * (2 if kind.metered else 10) + ["stop"] * 3 + ["delete"] + ["switch"] * 2,
        STOPPED: ["renew"] * 4 + ["delete"] if sub.ended else ["activate"] * 10 + ["delete"],
        GRACED: ["renew"] * 4 + ["delete", "stop"],
        SHUT: ["activate", "change", "stop", "pay_invoice", "pay_invoice", "pay_invoice"],
    }[sub.status]
    if sub.order is not None or (sub.renewal is not None and not sub.renewal.paid):
        likely = likely + ["pay"] * 8
    if kind.metered:
        likely = likely + ["usage"] * 12
    if sub.end is not None:
        likely = [*likely, "renew", "renew", "auto_renew"]
    if story.plan["billing_type"] == "csp_annual":
        likely = [*likely, "close_charges"]
    if story.postpay:
        likely = [*likely, "pay_invoice", "limit"]
    return likely


def counts(story: Story, plan: str | None, *, all_named: bool) -> dict[str, int]:
    """Return quantities of a plan's resources."""
    few = [1, 2, 3, 4, 5, 7, 9] if story.rng.random() < 0.7 else [0, 1, 2, 3, 5, 9]
    keys = story.world.keys(plan)
    named = keys if all_named or story.rng.random() < 0.8 else [story.rng.choice(keys)]
    return {key: story.rng.choice(few) for key in named}


def pays(story: Story) -> dict[str, str]:
    """Return how an order is paid; postpaid it is not."""
    return {} if story.postpay else {"pay": story.rng.choice(["now", "now", "balance", "balance", "later"])}


def order(story: Story, sub: Subscription | None) -> dict:
    """An order, now and then of a priority."""
    first = {"priority": story.rng.choice([-1, 1])} if story.rng.random() < 0.2 else {}
    return {"quantities": counts(story, None, all_named=False), **pays(story), **first}


def change(story: Story, sub: Subscription | None) -> dict:
    """A change of quantities."""
    return {"quantities": counts(story, sub.plan if sub else None, all_named=False), **pays(story)}


def renew(story: Story, sub: Subscription | None) -> dict:
    """A renewal, now and then with other quantities where no piece of the old term is left to differ."""
    ahead = KINDS[story.plan["billing_type"]].renews_at_once and sub is not None and sub.status == ACTIVE
    if ahead or story.rng.random() < 0.7:
        return pays(story)
    return {"quantities": counts(story, sub.plan if sub else None, all_named=False), **pays(story)}


def switch(story: Story, sub: Subscription | None) -> dict | None:
    """A switch to another plan, where the history has one."""
    plans = list(story.plan.get("plans", {}))
    if not plans:
        return None
    name = story.rng.choice(plans)
    return {"plan": name, "quantities": counts(story, name, all_named=True), **pays(story)}


def usage(story: Story, sub: Subscription | None) -> dict | None:
    """What was used."""
    key = story.rng.choice(story.world.keys(None))
    if story.plan["billing_type"] == "payg_external":
        return {"resource": key, "cost": story.rng.choice(["0.0043", "1.10", "12.345678", "300", "0.005", "7"])}
    if story.plan["billing_type"] == "payg_internal":
        hours = story.rng.choice(["1", "24", "130.5", "0.25", "720"])
        return {"resource": key, "units": story.rng.choice(["1", "2", "3", "0.5"]), "hours": hours}
    return None


def price(story: Story, sub: Subscription | None) -> dict:
    """New prices, now and then of a reseller."""
    few = PRICES[story.plan["currency"]]
    keys = [key for name in story.world.plans for key in story.world.keys(name)]
    more = {}
    if story.chain and story.rng.random() < 0.4:
        more = {"reseller": story.rng.choice(story.chain)["reseller"]}
    return {
        "prices": {key: story.rng.choice(few) for key in keys if story.rng.random() < 0.7} or {keys[0]: few[0]},
        **more,
    }


def limit(story: Story, sub: Subscription | None) -> dict:
    """Another limit."""
    if story.postpay:
        return {"subscription_credit_limit": story.rng.choice(["40", "100", "1000", "5000"])}
    return {"credit_limit": story.rng.choice(["0", "50", "1000"])}


def pay_invoice(story: Story, sub: Subscription | None) -> dict | None:
    """A bill is paid."""
    return {} if story.postpay else None


MAKERS: dict[str, Callable[[Story, Subscription | None], dict | None]] = {
    "order": order, "change": change, "renew": renew, "switch": switch, "usage": usage, "price": price,
    "limit": limit, "pay_invoice": pay_invoice,
    "pay": lambda story, sub: None if story.postpay else {},
    "auto_renew": lambda story, sub: {"on": story.rng.random() < 0.7},
    "top_up": lambda story, sub: {"amount": story.rng.choice(AMOUNTS[story.plan["currency"]])},
}  # fmt: skip
BEYOND_THE_ENGINE = {"hold", "release", "limit", "switch", "close_charges", "pay_invoice"}
OF_THE_ACCOUNT = {"price", "top_up", "limit", "hold", "release"}


def random_event(story: Story) -> dict | None:
    """Return what is done next, the day aside."""
    name = story.rng.choice(story.names)
    sub = story.world.subs.get(name)
    chance = story.rng.random()
    if story.world.hold == "credit":  # what is ordered waits behind the debt: only money helps
        return (
            {"do": "top_up", **MAKERS["top_up"](story, sub)} if chance < 0.7 else {"do": "limit", **limit(story, sub)}
        )
    what = story.rng.choice(ANYTHING if chance < 0.04 else suits(story, sub))
    if chance > 0.9:
        what = story.rng.choice(["price", "price", "top_up", "limit"])
    if story.world.hold == "administrative" and chance < 0.5:
        what = "release"
    elif 0.04 < chance < 0.06 and sub is not None and story.world.hold is None:
        what = "hold"
    members = MAKERS.get(what, lambda story, sub: {})(story, sub)
    if members is None:
        return None
    named = {} if what in OF_THE_ACCOUNT or name == "main" else {"subscription": name}
    return {"do": what, **named, **members}


def random_gap(story: Story) -> int:
    """Return how many days pass until the next event."""
    gap, today = story.rng.choice(GAPS), story.world.today
    if isinstance(gap, int):
        return gap
    ends = [s.end for s in story.world.subs.values() if s.end is not None and s.end > today]
    if gap in (END, GRACE) and ends:
        return min((min(ends) - today).days, 120) + (2 if gap == GRACE else story.rng.choice([-1, 0, 0, 1, 1]))
    days = next(n for n in range(1, 40) if is_billing_day(today + timedelta(days=n), story.plan["billing_day"]))
    return days - 1 if gap == EVE else days


def random_story(seed: int, longest: int = 16, *, alone: bool = False, **given: object) -> tuple[dict, dict]:
    """Return a whole history and what the reckoning makes of it; `given` are settings that are not drawn.

    `alone`: only what the engine knows of, which has no holds, no other plans and nobody's limit.
    """
    rng = Random(seed)
    if alone:
        given = {"payment_model": "prepay", "plans": None, "chain": None, **given}
    plan = random_settings(rng, given)
    world = world_of({**plan, "events": [], "until": "2018-01-01"})
    world.is_held_by_balance = not alone
    story = Story(rng, plan, world, rng.choice(NAMES))
    world.begin_day(rng.choice(STARTS) + timedelta(days=rng.randrange(4)))
    if (funds := rng.choice(OPENING)) != "0" and not story.postpay:
        story.do({"do": "top_up", "amount": funds})
    for _ in range(rng.randint(4, longest)):
        event = random_event(story)
        if event is not None and not (alone and event["do"] in BEYOND_THE_ENGINE):
            story.do(event)
        pass_days(world, max(random_gap(story), 0))
    pass_days(world, rng.choice(BEYOND))
    return {**plan, "events": story.events, "until": world.today.isoformat()}, world.books()


def pass_days(world: World, days: int) -> None:
    """Let the nights of so many days pass."""
    for _ in range(days):
        world.begin_day(world.today + timedelta(days=1))
