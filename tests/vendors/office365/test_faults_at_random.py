"""Purchases under faults at random, lists that lag and workers that die: one service each, none lost, none doubled.

Two in three as Microsoft sells today: through carts, once the customer has accepted the agreement; others as in 2019.
"""

import os
from random import Random

import pytest

from tests.vendors.contract import Held, work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import CHANGING, LAG, Office365Bench, open_bench
from tests.vendors.office365.orders import an_order
from vendors.base import Order, Resource, Task

# A thousand by `make prove`.
ROUNDS = 1000 if os.environ.get("PROVE") else 30
TO_CHANGES = (
    "drop_before", "drop_after", "error_before", "error_after", "throttle", "unavailable", "unreadable_after",
    "truncated_after", "odd_after", "redirect_after", "anothers_after",
    "timeout_before", "timeout_after", "gateway_before", "gateway_after", "conflict",
)  # fmt: skip
TO_READS = ("drop_before", "drop_after", "error_before", "throttle", "unavailable", "gateway_before")
RETRY_AFTERS = ("", "-5", "1e9", "99999999999999", "Wed, 28 Nov 2029 12:00:00", "Wed, 28 Nov 2029 12:00:00 -0000")
MODERN = "CFQ7TTC0LH18:0001"


def arranged(bench: Office365Bench, chance: Random) -> list[tuple[str, str, int]]:
    """Let one to three faults wait for this purchase, and its lists lag; return what was arranged."""
    bench.microsoft.heal()
    bench.road = chance.choice(("direct", "direct", "confirmed"))
    bench.microsoft.behave(
        list_lag_seconds=chance.randint(0, LAG),
        list_lag_varies=chance.random() < 0.5,
        checkout_repeats=chance.random() < 0.8,
        order_visible_delay_seconds=chance.choice((0, 0, 30)),
        subscription_id_delay_seconds=chance.choice((0, 0, 60)),
    )
    arranged = []
    for _fault in range(chance.randint(1, 3)):
        method = chance.choice(("POST", "POST", "GET"))
        kind = chance.choice(TO_READS if method == "GET" else TO_CHANGES)
        path, nth = chance.choice((CHANGING, CHANGING, r"/oauth2/v2.0/token$")), chance.randint(1, 4)
        if method == "GET":
            path = r"/partnercenter/"
        elif "token" in path:
            kind = chance.choice(("drop_before", "drop_after", "unavailable", "throttle"))
        details = {"retry_after": chance.choice(RETRY_AFTERS)} if kind in ("throttle", "unavailable") else {}
        bench.microsoft.fail(kind, method=method, path=path, nth=nth, **details)
        arranged.append((kind, method, nth))
    return arranged


def bought(number: int, chance: Random) -> tuple[Task, int]:
    """Return the task to buy some seats for a new customer, a third of them of the new catalogue, and how many."""
    quantity, reference = chance.randint(1, 300), f"order:{number}:provision"
    resources = {"seats": Resource(MODERN, quantity)} if chance.random() < 0.3 else None
    answers = {"domain_prefix": f"acme{number}"}
    order: Order = an_order(reference=reference, answers=answers)
    held = resources or {"seats": Resource(order.resources["seats"].offer, quantity)}
    return Task("provision", reference, order=an_order(reference=reference, answers=answers, resources=held)), quantity


@pytest.mark.prove
def test_each_purchase_is_made_once_whatever_happens_to_it() -> None:
    wanted = []
    with open_bench() as bench:
        for number in range(ROUNDS):
            chance = Random(number)  # repeatable, not secret
            story = arranged(bench, chance)
            task, quantity = bought(number, chance)
            dies = {chance.choice(("dies_before", "dies_after")): chance.randint(1, 8)} if chance.random() < 0.3 else {}
            work(bench, task, MemoryBook(**dies))
            wanted.append(Held(quantity, running=True))
            assert bench.held() == wanted, (number, story, dies)
        counts = bench.microsoft.counts()
        assert (counts["customers"], counts["orders"], counts["subscriptions"]) == (ROUNDS, ROUNDS, ROUNDS)
