"""Certificates bought, renewed and cancelled under faults at random, by workers that die: none twice, none lost."""

import os
from random import Random

import pytest

from tests.vendors.memory import Killed, MemoryBook
from tests.vendors.opensrs.bench import CHANGING, OpenSRSBench, open_bench
from tests.vendors.opensrs.working import once, ordering, service_of, settle
from vendors.base import Done, Service, Task, Term, Waiting
from vendors.errors import LostAnswer, Parked, StillUnknown, Transient

# A thousand by `make prove`.
ROUNDS = 1000 if os.environ.get("PROVE") else 40
# A vendor of its own for each so many: its lists would else grow with every one before.
AT_ONE_VENDOR = min(ROUNDS, 100)
TURNS = 60
TO_CHANGES = (
    "drop_before", "drop_after", "error_before", "error_after", "throttle", "unavailable", "unreadable_after",
    "truncated_after", "odd_after", "redirect_after", "anothers_after", "timeout_before", "timeout_after",
    "gateway_before", "gateway_after", "busy",
)  # fmt: skip
TO_READS = ("drop_before", "drop_after", "error_before", "throttle", "unavailable", "gateway_before", "truncated_after")
YEAR = {"term": Term(months=12)}


def arranged(bench: OpenSRSBench, chance: Random) -> list[tuple[str, str, int]]:
    """Let one to three faults wait for what comes, and return what was arranged."""
    bench.vendor.heal()
    told = []
    for _fault in range(chance.randint(1, 3)):
        changes = chance.random() < 0.7
        kind, nth = chance.choice(TO_CHANGES if changes else TO_READS), chance.randint(1, 3)
        bench.vendor.fail(kind, path=CHANGING if changes else "^/get_", nth=nth)
        told.append((kind, "changes" if changes else "reads", nth))
    return told


def worked(bench: OpenSRSBench, task: Task, chance: Random, *, until_it_waits: bool = False) -> Done | Waiting:
    """Carry a task out as workers, customers and operators do together, some of whom die."""
    dies = {chance.choice(("dies_before", "dies_after")): chance.randint(1, 4)} if chance.random() < 0.4 else {}
    book = MemoryBook(**dies)
    for _turn in range(TURNS):
        try:
            outcome = once(bench, task, book)
        except Killed:
            continue
        except Parked as parked:
            settle(book, bench.settle(parked, task))
        except (Transient, LostAnswer, StillUnknown) as trouble:
            bench.advance(trouble.retry_after or 10)
        else:
            if isinstance(outcome, Done) or until_it_waits:
                return outcome
            bench.act()
            bench.advance(outcome.look_again.total_seconds())
    raise AssertionError(f"{task.action} is not done after {TURNS} turns")


def state_of(bench: OpenSRSBench, mark: str) -> list[str]:
    """Return the states of all orders that bear a mark of ours."""
    return [order["state"] for order in bench.vendor.orders() if order["comments"] == mark]


@pytest.mark.prove
@pytest.mark.parametrize("first", range(0, ROUNDS, AT_ONE_VENDOR))
def test_each_certificate_is_bought_once_whatever_happens_to_it(first: int) -> None:
    with open_bench() as bench:
        for number in range(first, first + AT_ONE_VENDOR):
            chance = Random(number)  # repeatable, not secret
            reference = f"order:{number}:provision"
            story = arranged(bench, chance)
            cancelled = chance.random() < 0.3
            outcome = worked(bench, ordering(bench, reference), chance, until_it_waits=cancelled)
            service: Service = service_of(outcome)
            arranged(bench, chance)
            if cancelled:
                worked(bench, Task("cancel", f"{reference}:cancel", service=service), chance)
            elif chance.random() < 0.3:
                bench.advance(330 * 86_400)
                arranged(bench, chance)
                renewal = Task("renew", f"renewal:{number}:of", service=service, **YEAR)
                renewed = worked(bench, renewal, chance)
                assert state_of(bench, renewal.reference) == ["completed"], (number, story)
                assert renewed.vendor_ids["product_id"] != service.vendor_ids["product_id"]
            ended = "declined" if cancelled and isinstance(outcome, Waiting) else "completed"
            assert state_of(bench, reference) == [ended], (number, story)
        assert bench.vendor.counts()["orders"] >= AT_ONE_VENDOR
