"""Subscriptions made, changed, stopped and ended under faults at random, by workers that die: none twice, none lost."""

import os
from random import Random

import pytest

from tests.vendors.contract import work
from tests.vendors.kaspersky.bench import CHANGING, DETAILS, OPTIONS, KasperskyBench, open_bench
from tests.vendors.memory import MemoryBook
from vendors.base import Resource, Service, Task

# A thousand by `make prove`.
ROUNDS = 1000 if os.environ.get("PROVE") else 24
TO_CHANGES = (
    "drop_before", "drop_after", "error_before", "error_after", "throttle", "unavailable", "unreadable_after",
    "truncated_after", "odd_after", "redirect_after", "anothers_after", "timeout_before", "timeout_after",
    "gateway_before", "gateway_after", "conflict", "no_route",
)  # fmt: skip
TO_READS = (
    "drop_before", "drop_after", "error_before", "throttle", "unavailable", "gateway_before", "truncated_after",
    "odd_after", "unreadable_after", "no_route", "conflict",
)  # fmt: skip
RETRY_AFTERS = ("", "-5", "1e9", "Wed, 28 Nov 2029 12:00:00")


def arranged(bench: KasperskyBench, chance: Random) -> list[tuple[str, str, int]]:
    """Let one to three faults wait for this operation; return what was arranged."""
    bench.vendor.heal()
    story = []
    for _fault in range(chance.randint(1, 3)):
        changes = chance.random() < 0.7
        kind, path = chance.choice(TO_CHANGES if changes else TO_READS), CHANGING if changes else DETAILS
        details = {"retry_after": chance.choice(RETRY_AFTERS)} if kind in ("throttle", "unavailable") else {}
        nth = chance.randint(1, 3)
        bench.vendor.fail(kind, path=path, nth=nth, **details)
        story.append((kind, path, nth))
    return story


def dying(chance: Random) -> MemoryBook:
    """Return a book whose worker dies at some note, three times in ten."""
    if chance.random() > 0.3:
        return MemoryBook()
    return MemoryBook(**{chance.choice(("dies_before", "dies_after")): chance.randint(1, 4)})


def next_task(chance: Random, service: Service, number: int, turn: int) -> tuple[Task, int, bool]:
    """Return something to do with the service, how many units there then are, and whether it runs."""
    quantity = service.resources["licenses"].quantity
    action = chance.choice(("change", "change", "suspend", "cancel"))
    wanted = chance.randint(1, 49) if action == "change" else quantity
    quantities = {"licenses": wanted} if action == "change" else {}
    task = Task(action, f"subscription:{number}:{action}:{turn}", service=service, quantities=quantities)
    return task, wanted, action == "change"


@pytest.mark.prove
@pytest.mark.parametrize("tells", [True, False], ids=["details_tell_the_quantity", "details_tell_what_is_published"])
def test_each_subscription_is_made_changed_and_ended_once_whatever_happens(*, tells: bool) -> None:
    with open_bench() as bench:
        if not tells:
            bench.vendor.behave(details_tell=[], error_members="message")
        for number in range(ROUNDS // (1 if tells else 4)):
            chance = Random(number)  # repeatable, not secret
            quantity = chance.randint(1, 49)
            story, reference = arranged(bench, chance), f"order:{number}:provision"
            order, book = bench.order(reference=reference, quantity=quantity), dying(chance)
            done = work(bench, Task("provision", reference, order=order), book)
            made = bench.vendor.subscriptions()[number:]
            assert [(row["Quantity"], row["Status"]) for row in made] == [(quantity, "Active")], (number, story)
            assert done.vendor_ids["subscription_id"] == made[0]["SubscriptionId"], (number, story)
            told = book.sealed.get("activation_code")
            assert told == made[0]["ActivationCode"] or (told is None and book.notes), (number, story)
            service = Service(done.vendor_ids, {"licenses": Resource("licenses", quantity)}, options=OPTIONS)
            task, expected, runs = next_task(chance, service, number, 1)
            # Where details do not tell the quantity, an empty success of something in between reads as the vendor's.
            story = arranged(bench, chance) if tells or task.action != "change" else []
            work(bench, task, dying(chance))
            if task.action == "suspend":
                story += arranged(bench, chance)
                work(bench, Task("resume", f"subscription:{number}:resume", service=service), dying(chance))
                runs = True
            row = bench.vendor.subscriptions()[number]
            assert (row["Quantity"], row["Status"] == "Active") == (expected, runs), (number, task, story)
        assert bench.vendor.counts()["subscriptions"] == ROUNDS // (1 if tells else 4)
