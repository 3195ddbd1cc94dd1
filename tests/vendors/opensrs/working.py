"""Carrying operations out against the sandbox, without a database."""

from collections.abc import Mapping
from dataclasses import replace

from tests.vendors.memory import MemoryBook
from tests.vendors.opensrs.bench import OpenSRSBench
from vendors.base import Done, Outcome, Resource, Service, Task, Term, Waiting
from vendors.operations import attempt
from vendors.steps import CallState, OnceOnly

REFERENCE = "order:1:provision"


def once(bench: OpenSRSBench, task: Task, book: MemoryBook | None = None) -> Outcome:
    """Make one attempt."""
    return attempt(bench.plugin, bench.connection(), task, OnceOnly(book or MemoryBook(), reference=task.reference))


def ordering(bench: OpenSRSBench, reference: str = REFERENCE, **changes: object) -> Task:
    """Return the task to buy a certificate."""
    return Task("provision", reference, order=bench.order(reference=reference, **changes))


def finished(bench: OpenSRSBench, task: Task, book: MemoryBook | None = None) -> Done:
    """Carry a task out while people act as they are told."""
    book = book or MemoryBook()
    for _look in range(6):
        outcome = once(bench, task, book)
        if isinstance(outcome, Done):
            return outcome
        bench.act()
        bench.advance(outcome.look_again.total_seconds())
    raise AssertionError(outcome)


def waiting(bench: OpenSRSBench, task: Task, book: MemoryBook | None = None) -> Waiting:
    """Carry a task out until it waits for somebody."""
    outcome = once(bench, task, book)
    assert isinstance(outcome, Waiting)
    return outcome


def service_of(outcome: Outcome, **ids: str) -> Service:
    """Return the service that an outcome left behind."""
    facts: Mapping[str, str] = {fact.name: fact.value for fact in outcome.facts}
    resources = {"certificates": Resource("positivessl", 1)}
    return Service({**outcome.vendor_ids, **ids}, resources, term=Term(months=12), facts=facts)


def settle(book: MemoryBook, told: Mapping[str, str] | None) -> None:
    """Say of the parked step, as an operator does, that it is there, or (None) that it is not."""
    state = CallState.REJECTED if told is None else CallState.CONFIRMED
    result = None if told is None else dict(told)
    book.steps["order"] = replace(book.steps["order"], state=state, result=result)
