"""Carrying operations out against the sandbox, without a database."""

from collections.abc import Mapping
from typing import Any

from tests.vendors.gsuite.bench import GSuiteBench
from tests.vendors.memory import MemoryBook
from vendors.base import Done, Outcome, Resource, Service, Task
from vendors.operations import attempt
from vendors.steps import OnceOnly

REFERENCE = "order:1:provision"


def once(bench: GSuiteBench, task: Task, book: MemoryBook | None = None) -> Outcome:
    """Make one attempt."""
    return attempt(bench.plugin, bench.connection(), task, OnceOnly(book or MemoryBook(), reference=task.reference))


def ordering(bench: GSuiteBench, reference: str = REFERENCE, **changes: Any) -> Task:
    """Return the task to provision an order."""
    return Task("provision", reference, order=bench.order(reference=reference, **changes))


def finished(bench: GSuiteBench, task: Task, book: MemoryBook | None = None) -> Done:
    """Carry a task out; people accept the terms where that is waited for."""
    book = book or MemoryBook()
    for _look in range(4):
        outcome = once(bench, task, book)
        if isinstance(outcome, Done):
            return outcome
        bench.act()
        bench.advance(outcome.look_again.total_seconds())
    raise AssertionError(outcome)


def service_of(task: Task, outcome: Outcome, **changes: Any) -> Service:
    """Return the service that an order's outcome left behind."""
    assert task.order is not None
    facts: Mapping[str, str] = {fact.name: fact.value for fact in outcome.facts}
    members: dict[str, Any] = {"options": task.order.options, "facts": facts, "term": task.order.term}
    return Service(outcome.vendor_ids, task.order.resources, **members | changes)


def sold(bench: GSuiteBench, plan: str = "FLEXIBLE", quantity: int = 5, **changes: Any) -> Service:
    """Return a service of a plan that is active."""
    options = {"plan": plan, **changes.pop("options", {})}
    task = ordering(bench, quantity=quantity, options=options, **changes)
    return service_of(task, finished(bench, task))


def with_plan(service: Service, plan: str, quantity: int = 5, **options: str) -> Service:
    """Return what another plan would sell of a service."""
    (key,) = service.resources
    offer = service.resources[key].offer
    return Service(service.vendor_ids, {key: Resource(offer, quantity)}, options={"plan": plan, **options})


def change(service: Service, quantity: int, turn: int = 1) -> Task:
    """Return the task to bring a service to so many seats."""
    (key,) = service.resources
    return Task("change", f"subscription:1:change:{turn}", service=service, quantities={key: quantity})


def switching(service: Service, to: Service) -> Task:
    """Return the task to make of a service what another plan sells."""
    return Task("switch", "order:9:switch", service=service, to=to)
