"""Carrying operations out against the sandbox, without a database."""

from dataclasses import replace

from tests.vendors.contract import work
from tests.vendors.kaspersky.bench import OPTIONS, KasperskyBench
from tests.vendors.memory import MemoryBook
from vendors.base import Done, Resource, Service, Task

REFERENCE = "order:1:provision"


def provided(bench: KasperskyBench, quantity: int = 5, book: MemoryBook | None = None, **changes: object) -> Service:
    """Provide a subscription, and return it with the facts that were told."""
    order = bench.order(reference=REFERENCE, quantity=quantity, **changes)
    done = work(bench, Task("provision", REFERENCE, order=order), book)
    return told(Service(done.vendor_ids, order.resources, options=order.options, term=order.term), done)


def told(service: Service, done: Done) -> Service:
    """Return the service with what an operation has told of it."""
    facts = {**service.facts, **{fact.name: fact.value for fact in done.facts}}
    return replace(service, vendor_ids={**service.vendor_ids, **done.vendor_ids}, facts=facts)


def of(service: Service, quantity: int, **options: str) -> Service:
    """Return what another plan would make of a service."""
    resources = {"licenses": Resource("licenses", quantity)}
    return replace(service, resources=resources, options={**OPTIONS, **options})
