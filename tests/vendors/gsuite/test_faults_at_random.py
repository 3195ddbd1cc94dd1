"""Seats ordered, changed, stopped, switched and cancelled under faults at random, by workers that die: each once."""

import os
from random import Random

import pytest

from sandbox.google.world import Row
from tests.vendors.gsuite.bench import CHANGING, GSuiteBench, answers_of, open_bench
from tests.vendors.gsuite.working import change, once, ordering, service_of, switching, with_plan
from tests.vendors.memory import Killed, MemoryBook
from vendors.base import Done, Service, Task, Waiting
from vendors.errors import LostAnswer, StillUnknown, Transient

# A thousand by `make prove`.
ROUNDS = 1000 if os.environ.get("PROVE") else 20
# A vendor of its own for each so many: its lists would else grow with every one before.
AT_ONE_VENDOR = min(ROUNDS, 50)
TURNS = 60
TO_CHANGES = (
    "drop_before", "drop_after", "error_before", "error_after", "throttle", "unavailable", "unreadable_after",
    "truncated_after", "odd_after", "redirect_after", "anothers_after", "timeout_before", "timeout_after",
    "gateway_before", "gateway_after", "conflict", "quota",
)  # fmt: skip
TO_READS = ("drop_before", "drop_after", "error_before", "throttle", "unavailable", "gateway_before", "truncated_after")


def arranged(bench: GSuiteBench, chance: Random) -> list[tuple[str, str, int]]:
    """Let one to three faults wait for what comes, and return what was arranged."""
    bench.vendor.heal()
    bench.vendor.behave(list_lag_seconds=chance.choice((0, 0, 240)), changes_ids=chance.random() < 0.5)
    told = []
    for _fault in range(chance.randint(1, 3)):
        changes = chance.random() < 0.7
        kind, nth = chance.choice(TO_CHANGES if changes else TO_READS), chance.randint(1, 4)
        where = {"path": CHANGING} if changes else {"path": "^/"}
        for method in ("POST", "DELETE") if changes else ("GET",):
            bench.vendor.fail(kind, nth=nth, method=method, **where)
        told.append((kind, "changes" if changes else "reads", nth))
    return told


def worked(bench: GSuiteBench, task: Task, chance: Random, *, until_it_waits: bool = False) -> Done | Waiting:
    """Carry a task out as workers and customers do together, some of whom die."""
    dies = {chance.choice(("dies_before", "dies_after")): chance.randint(1, 8)} if chance.random() < 0.4 else {}
    book = MemoryBook(**dies)
    for _turn in range(TURNS):
        try:
            outcome = once(bench, task, book)
        except Killed:
            continue
        except (Transient, LostAnswer, StillUnknown) as trouble:
            bench.advance(trouble.retry_after or 10)
        else:
            if isinstance(outcome, Done) or until_it_waits:
                return outcome
            bench.act()
            bench.advance(outcome.look_again.total_seconds())
    raise AssertionError(f"{task.action} is not done after {TURNS} turns")


def of_mark(bench: GSuiteBench, mark: str) -> list[Row]:
    """Return the subscriptions that bear a mark of ours."""
    return [row for row in bench.vendor.subscriptions() if row["order"] == mark]


def lived(bench: GSuiteBench, number: int, service: Service, chance: Random) -> tuple[str, int, str]:
    """Let something happen to a service, and return plan, seats and status that it has to have then."""
    way = chance.choice(("leave", "change", "suspend", "switch", "cancel"))
    arranged(bench, chance)
    if way == "change":
        seats = chance.choice((3, 9))
        worked(bench, change(service, seats, turn=number), chance)
        return "FLEXIBLE", seats, "ACTIVE"
    if way == "switch":
        worked(bench, switching(service, with_plan(service, "ANNUAL_YEARLY_PAY", 7)), chance)
        return "ANNUAL_YEARLY_PAY", 7, "ACTIVE"
    if way in ("suspend", "cancel"):
        worked(bench, Task(way, f"subscription:{number}:{way}", service=service), chance)
    return "FLEXIBLE", 5, {"suspend": "SUSPENDED", "cancel": "CANCELLED"}.get(way, "ACTIVE")


@pytest.mark.prove
@pytest.mark.parametrize("first", range(0, ROUNDS, AT_ONE_VENDOR))
def test_each_subscription_is_what_was_asked_for_once_whatever_happens(first: int) -> None:
    with open_bench() as bench:
        for number in range(first, first + AT_ONE_VENDOR):
            chance = Random(number)  # repeatable, not secret
            reference = f"order:{number}:provision"
            story = arranged(bench, chance)
            task = ordering(bench, reference, answers=answers_of(f"shop-{number}.example.com"))
            early = chance.random() < 0.2
            service = service_of(task, worked(bench, task, chance, until_it_waits=early))
            if early:
                arranged(bench, chance)
                worked(bench, Task("cancel", f"{reference}:cancel", service=service), chance)
                wanted = ("FLEXIBLE", 5, "CANCELLED")
            else:
                wanted = lived(bench, number, service, chance)
            found = [(row["plan"], row["seats"], row["status"]) for row in of_mark(bench, reference)]
            assert found == [wanted], (number, story)
        assert bench.vendor.counts() == dict.fromkeys(("customers", "users", "subscriptions"), AT_ONE_VENDOR)
