"""A subscription of the new commerce on the bench, for tests of its seats and of the end of its term."""

from dataclasses import replace
from typing import Any

from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.microsoft.test_agreements import NEW, ended, looked, ordering
from tests.vendors.office365.bench import Office365Bench
from vendors.base import Done, Service, Task
from vendors.commitments import AtEnd, Commitment
from vendors.operations import attempt
from vendors.steps import OnceOnly

A_DAY = 86_400


def bought(bench: Office365Bench, *, at_end: AtEnd | str = AtEnd.RENEWS, **next_units: int) -> Service:
    """Return five seats for a year, with what is wanted at the end of the term."""
    book, task = MemoryBook(), ordering()
    looked(bench, task, book)
    bench.act()
    ids = ended(bench, task, book).vendor_ids
    return Service(ids, NEW, "Acme mail", at_end=str(at_end), next_units=next_units)


def row(bench: Office365Bench) -> dict[str, Any]:
    """Return the only subscription as the sandbox keeps it."""
    store = bench.microsoft.world.store
    (customer,) = [one for one in store.all("customer") if not one["foreign"]]
    (kept,) = store.all(f"subscription:{customer['id']}")
    return kept


def held(bench: Office365Bench, service: Service) -> Commitment:
    """Return the only subscription as the plugin tells it."""
    (found,) = bench.plugin.commitments(bench.connection(), service)
    return found


def arranged(bench: Office365Bench, service: Service, key: str = "order:1:arrange") -> Done:
    """Have what is wanted at the end of the term arranged, by a worker that is sent again until it is done."""
    return work(bench, Task("arrange", key, service=service))


def changing(service: Service, seats: int, key: str = "order:2:change") -> Task:
    """Return the task of a change to so many seats."""
    return Task("change", key, service=service, quantities={"seats": seats})


def tried(bench: Office365Bench, task: Task, book: MemoryBook | None = None) -> Done:
    """Try a task once, as a worker does."""
    outcome = attempt(bench.plugin, bench.connection(), task, OnceOnly(book or MemoryBook(), reference=task.reference))
    assert isinstance(outcome, Done), outcome
    return outcome


def wanting(service: Service, at_end: AtEnd | str, **next_units: int) -> Service:
    """Return the service with another wish for the end of its term."""
    return replace(service, at_end=str(at_end), next_units=next_units)


def later(bench: Office365Bench, days: float) -> None:
    """Let days pass, as many as a grant does not live through: the permissions are granted again."""
    bench.advance(days * A_DAY)
    bench.consent()
