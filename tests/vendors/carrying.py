"""How the contract suite carries a plugin's actions out: as workers do, while people and the vendor do their part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.vendors.benches import ContractBench, Held, NewBench
from tests.vendors.memory import Killed, MemoryBook
from vendors.base import Done, Resource, Service, Task, Term
from vendors.capabilities import RenewsTerms
from vendors.errors import LONGEST_WAIT, SHORTEST_WAIT, LostAnswer, Parked, StillUnknown, Transient
from vendors.operations import attempt
from vendors.steps import CallState, OnceOnly

PATIENCE = 40
# What a worker pauses, in seconds, where the trouble does not say.
PAUSE = 10.0


def work(bench: ContractBench, task: Task, book: MemoryBook | None = None) -> Done:
    """Carry the task out as workers do, again and again, while people do what they are told.

    The vendor's trouble passes by itself; where the operation waits for somebody, that one acts; of a step that is
    parked, the operator looks into the vendor's records and says what is there.
    """
    book = book or MemoryBook()
    for _turn in range(PATIENCE):
        try:
            outcome = attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
            if isinstance(outcome, Done):
                return outcome
            bench.act()
            bench.advance(outcome.look_again.total_seconds())
        except Parked as parked:
            told = bench.settle(parked, task)
            state = CallState.REJECTED if told is None else CallState.CONFIRMED
            book.steps[parked.step] = replace(book.steps[parked.step], state=state, result=told)
        except (Transient, LostAnswer, StillUnknown) as trouble:
            pause = trouble.retry_after or PAUSE
            if not SHORTEST_WAIT <= pause <= LONGEST_WAIT:
                pytest.fail(f"a vendor made us wait {pause} seconds")
            bench.advance(pause)
        except Killed:
            bench.advance(PAUSE)
    pytest.fail(f"{task.action} is not done after {PATIENCE} attempts")


def provisioning(bench: ContractBench, *, reference: str = "order:1:provision", quantity: int | None = None) -> Task:
    """Return the task to provision a service of so many units, the bench's own number where none is named."""
    units = bench.ordered if quantity is None else quantity
    return Task(action="provision", reference=reference, order=bench.order(reference=reference, quantity=units))


def provisioned(bench: ContractBench, *, reference: str = "order:1:provision") -> Service:
    """Provision a service and return it."""
    task = provisioning(bench, reference=reference)
    done = work(bench, task)
    assert task.order is not None
    return Service(vendor_ids=done.vendor_ids, resources=task.order.resources, label=task.order.label)


def life(bench: ContractBench, action: str, service: Service, *, quantity: int = 0, turn: int = 1) -> Task:
    """Return the task to change, suspend, resume, renew or cancel the service."""
    quantities: Mapping[str, int] = {bench.resource: quantity} if action == "change" else {}
    until = bench.connection().now.date() + timedelta(days=395)
    term = Term(months=12, expires_on=until) if action == "renew" else Term()
    reference = f"subscription:1:{action}:{turn}"
    return Task(action=action, reference=reference, service=service, quantities=quantities, term=term)


def with_units(bench: ContractBench, service: Service, quantity: int) -> Service:
    offer = service.resources[bench.resource].offer
    return Service(service.vendor_ids, {bench.resource: Resource(offer, quantity)}, service.label)


@dataclass(frozen=True)
class Action:
    """One changing action, how to get there, and what the vendor then holds. `quantity` is that of a change."""

    name: str
    quantity: int
    running: bool = True

    def prepared(self, bench: ContractBench) -> Task:
        """Return the task, on a service that is where the action begins."""
        if self.name == "provision":
            return provisioning(bench)
        service = provisioned(bench)
        if self.name == "resume":
            work(bench, life(bench, "suspend", service))
        if self.name == "renew":
            bench.approach_end()
        return life(bench, self.name, service, quantity=self.quantity)

    def is_asked_of(self, bench: ContractBench) -> bool:
        """Return whether the plugin says that it does this at all."""
        support = bench.plugin.support
        return {
            "change": support.change and (support.lower or self.quantity > bench.ordered),
            "suspend": support.suspend,
            "resume": support.suspend,
            "renew": isinstance(bench.plugin, RenewsTerms),
        }.get(self.name, True)

    def is_there(self, bench: ContractBench) -> bool:
        """Return whether the vendor holds exactly what the action was to bring about, once."""
        units = self.quantity if self.name == "change" else bench.ordered
        running = self.running or not bench.ends
        held = bench.held()
        if self.name == "renew":  # the same, or another one beside what it renewed, which is over
            alone = [one for one in held if one.running] == [Held(units, running=True)]
            return len(held) <= 2 and alone and bench.is_renewed()
        paid_for = not bench.ends or all(one.costs == one.running for one in held)
        return held == [Held(units, running=running)] and paid_for


ACTIONS = (
    Action("provision", 5),
    Action("change", 8),
    Action("change", 3),
    Action("suspend", 0, running=False),
    Action("resume", 0),
    Action("renew", 0),
    Action("cancel", 0, running=False),
)


def lives(bench: ContractBench, *actions: str) -> list[str]:
    """Return those of the actions that the plugin says it does."""
    return [name for name in actions if Action(name, bench.ordered + 1).is_asked_of(bench)]


def asked(promise: Callable[[NewBench, Action], None], action: Action, new_bench: NewBench) -> None:
    """Ask a promise of an action, unless the plugin declares that it does no such thing."""
    with new_bench() as bench:
        is_done = action.is_asked_of(bench)
    if is_done:
        promise(new_bench, action)


def calls_of(new_bench: NewBench, action: Action) -> int:
    """Return how many changing calls the action makes where nothing goes wrong."""
    with new_bench() as bench:
        task = action.prepared(bench)
        before = bench.changing_calls()
        work(bench, task)
        return bench.changing_calls() - before
