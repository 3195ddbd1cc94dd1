"""Lives of services under faults at random and workers that die: each station once, none lost, none doubled."""

import os
from random import Random

import pytest

from tests.vendors.contract import Held, work
from tests.vendors.drweb.bench import CHANGES, DrWebBench, open_bench
from tests.vendors.memory import MemoryBook
from vendors.base import Resource, Service, Task

# A thousand by `make prove`.
ROUNDS = 1000 if os.environ.get("PROVE") else 40
TO_CHANGES = (
    "drop_before", "drop_after", "error_before", "error_after", "throttle", "unavailable", "unreadable_after",
    "truncated_after", "odd_after", "redirect_after", "anothers_after",
    "timeout_before", "timeout_after", "gateway_before", "gateway_after", "conflict",
)  # fmt: skip
TO_READS = ("drop_before", "error_before", "throttle", "unavailable", "gateway_before", "truncated_after", "odd_after")
RETRY_AFTERS = ("", "-5", "1e9", "99999999999999", "Wed, 28 Nov 2029 12:00:00", "Wed, 28 Nov 2029 12:00:00 -0000")
READS = r"/(info|list|list-by-user-id)\.ds$"


def arranged(bench: DrWebBench, chance: Random) -> list[tuple[str, str, int]]:
    """Let one to three faults wait for this operation; return what was arranged."""
    bench.vendor.heal()
    story = []
    for _fault in range(chance.randint(1, 3)):
        kind, path = chance.choice(TO_CHANGES), CHANGES
        if chance.random() < 0.3:
            kind, path = chance.choice(TO_READS), READS
        details = {"retry_after": chance.choice(RETRY_AFTERS)} if kind in ("throttle", "unavailable") else {}
        nth = chance.randint(1, 5)
        bench.vendor.fail(kind, path=path, nth=nth, **details)
        story.append((kind, path, nth))
    return story


def dying(chance: Random) -> MemoryBook:
    """Return a book whose worker dies at some note, three times in ten."""
    if chance.random() > 0.3:
        return MemoryBook()
    return MemoryBook(**{chance.choice(("dies_before", "dies_after")): chance.randint(1, 8)})


def next_task(chance: Random, service: Service, number: int) -> tuple[Task, Held]:
    """Return something to do with the service, and what the vendor then holds of it."""
    quantity = service.resources["stations"].quantity
    action = chance.choice(("change", "change", "suspend", "resume", "cancel"))
    wanted = chance.randint(1, 6) if action == "change" else quantity
    quantities = {"stations": wanted} if action == "change" else {}
    running = action in ("change", "resume")
    return Task(action, f"subscription:{number}:{action}", service=service, quantities=quantities), Held(
        wanted, running=running
    )


@pytest.mark.prove
def test_each_station_is_made_changed_and_ended_once_whatever_happens() -> None:
    with open_bench() as bench:
        for number in range(ROUNDS):
            chance = Random(number)  # repeatable, not secret
            quantity = chance.randint(1, 4)
            story = arranged(bench, chance)
            order = bench.order(reference=f"order:{number}:provision", quantity=quantity)
            book = dying(chance)
            done = work(bench, Task("provision", order.reference, order=order), book)
            assert bench.held()[number:] == [Held(quantity, running=True)], (number, story, book)
            service = Service(done.vendor_ids, {"stations": Resource(order.resources["stations"].offer, quantity)})
            task, expected = next_task(chance, service, number)
            story, book = arranged(bench, chance), dying(chance)
            work(bench, task, book)
            held = bench.held()[number]
            there = [row for row in bench.stations_of(service) if row["deleted"] is None]
            if task.action == "cancel":
                assert there == [], (number, story, book)
            else:
                assert (len(there), held.running) == (expected.quantity, expected.running), (number, task, story, book)
        assert bench.vendor.counts()["groups"] == ROUNDS - bench.cancelled()
