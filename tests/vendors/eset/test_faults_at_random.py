"""Lives of services under faults at random and workers that die: each licence once, none lost, none doubled."""

import os
from random import Random

import pytest

from tests.vendors.contract import Held, work
from tests.vendors.eset.bench import CHANGES, READS, EsetBench, open_bench
from tests.vendors.memory import MemoryBook
from vendors.base import Resource, Service, Task

# A thousand by `make prove`.
ROUNDS = 1000 if os.environ.get("PROVE") else 20
TO_CHANGES = (
    "drop_before", "drop_after", "error_before", "error_after", "throttle", "unavailable", "unreadable_after",
    "truncated_after", "odd_after", "redirect_after", "anothers_after",
    "timeout_before", "timeout_after", "gateway_before", "gateway_after", "conflict",
)  # fmt: skip
TO_READS = ("drop_before", "error_before", "throttle", "unavailable", "gateway_before", "truncated_after", "not_found")
TO_TOKENS = ("drop_before", "drop_after", "error_after", "unavailable", "truncated_after")
RETRY_AFTERS = ("", "-5", "1e9", "99999999999999", "Wed, 28 Nov 2029 12:00:00", "Wed, 28 Nov 2029 12:00:00 -0000")


def arranged(bench: EsetBench, chance: Random) -> list[tuple[str, str, int]]:
    """Let one to three faults wait for this operation, and lists lag; return what was arranged."""
    bench.vendor.heal()
    bench.vendor.behave(list_lag_seconds=chance.choice((0, 0, 20, 120)))
    story = []
    for _fault in range(chance.randint(1, 3)):
        kind, path = chance.choice(TO_CHANGES), CHANGES
        where = chance.random()
        if where < 0.3:
            kind = chance.choice(TO_READS)
            path = "/License/Detail" if kind == "not_found" else READS
        elif where < 0.4:
            kind, path = chance.choice(TO_TOKENS), "/api/Token/"
        details = {"retry_after": chance.choice(RETRY_AFTERS)} if kind in ("throttle", "unavailable") else {}
        nth = chance.randint(1, 4)
        bench.vendor.fail(kind, path=path, nth=nth, **details)
        story.append((kind, path, nth))
    if chance.random() < 0.3:
        bench.advance(61)  # the access token is over
    return story


def dying(chance: Random) -> MemoryBook:
    """Return a book whose worker dies at some note, three times in ten."""
    if chance.random() > 0.3:
        return MemoryBook()
    return MemoryBook(**{chance.choice(("dies_before", "dies_after")): chance.randint(1, 5)})


def next_task(chance: Random, service: Service, number: int) -> tuple[Task, Held]:
    """Return something to do with the service, and what the vendor then holds of it."""
    quantity = service.resources["units"].quantity
    action = chance.choice(("change", "change", "suspend", "resume", "cancel"))
    wanted = chance.randint(1, 9) if action == "change" else quantity
    quantities = {"units": wanted} if action == "change" else {}
    running = action in ("change", "resume")
    task = Task(action, f"subscription:{number}:{action}", service=service, quantities=quantities)
    return task, Held(wanted, running=running)


@pytest.mark.prove
def test_each_licence_is_made_changed_and_ended_once_whatever_happens() -> None:
    with open_bench() as bench:
        for number in range(ROUNDS):
            chance = Random(number)  # repeatable, not secret
            quantity = chance.randint(1, 9)
            story = arranged(bench, chance)
            order = bench.order(reference=f"order:{number}:provision", quantity=quantity)
            book = dying(chance)
            done = work(bench, Task("provision", order.reference, order=order), book)
            assert bench.held()[number:] == [Held(quantity, running=True)], (number, story, book)
            service = Service(done.vendor_ids, {"units": Resource(order.resources["units"].offer, quantity)})
            task, expected = next_task(chance, service, number)
            story, book = arranged(bench, chance), dying(chance)
            work(bench, task, book)
            assert bench.held()[number] == expected, (number, task, story, book)
        counts = bench.vendor.counts()
        assert (counts["companies"], counts["licences"]) == (ROUNDS, ROUNDS)
