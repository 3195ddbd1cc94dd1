"""What every vendor plugin has to keep, whatever its vendor: the suite that test_every_plugin.py runs.

A plugin brings a ContractBench (tests/vendors/benches.py) as tests/vendors/<slug>/bench.py; each function here takes
one, fresh.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from tests.vendors.benches import ContractBench, Held, NewBench, Trouble
from tests.vendors.memory import Killed, MemoryBook
from vendors.base import Done, Resource, Service, Task, Term, Verdict
from vendors.capabilities import RenewsTerms
from vendors.errors import (
    LONGEST_WAIT,
    SHORTEST_WAIT,
    ConsentNeeded,
    Gone,
    LostAnswer,
    Misconfigured,
    Parked,
    Rejected,
    StillUnknown,
    Transient,
    VendorError,
    sentence,
)
from vendors.operations import attempt
from vendors.steps import WAITS, CallState, OnceOnly

__all__ = ["ContractBench", "Held", "NewBench", "Trouble", "every_check", "work"]  # what a plugin's own tests import

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


def _with(bench: ContractBench, service: Service, quantity: int) -> Service:
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


def _lives(bench: ContractBench, *actions: str) -> list[str]:
    """Return those of the actions that the plugin says it does."""
    return [name for name in actions if Action(name, bench.ordered + 1).is_asked_of(bench)]


def keeps_one_service_whatever_is_lost(new_bench: NewBench, action: Action) -> None:
    """Each trouble at each changing call of the action ends with exactly what was asked for, once."""
    calls = calls_of(new_bench, action)
    for kind in Trouble:
        for nth in range(1, calls + 1):
            with new_bench() as bench:
                task = action.prepared(bench)
                bench.trouble(kind, nth=nth)
                done = work(bench, task)
                assert action.is_there(bench), (action, kind, nth, bench.held())
                assert done.vendor_ids, (action, kind, nth)


def survives_being_killed(new_bench: NewBench, action: Action) -> None:
    """A worker killed right before or after any of its notes leaves a job that the next one finishes, once."""
    with new_bench() as bench:
        book = MemoryBook()
        work(bench, action.prepared(bench), book)
    for save in range(1, book.saves + 1):
        for dying in ("dies_before", "dies_after"):
            with new_bench() as bench:
                task = action.prepared(bench)
                work(bench, task, MemoryBook(**{dying: save}))
                assert action.is_there(bench), (action, dying, save, bench.held())


def does_nothing_when_repeated(new_bench: NewBench, action: Action) -> None:
    """A finished operation carried out again sends nothing that changes; its result is the same."""
    with new_bench() as bench:
        task, book = action.prepared(bench), MemoryBook()
        first = work(bench, task, book)
        before = bench.changing_calls()
        assert work(bench, task, book).vendor_ids == first.vendor_ids
        assert bench.changing_calls() == before
        assert action.is_there(bench), bench.held()


def change_to_what_is_there_already_leaves_it(new_bench: NewBench) -> None:
    """A second operation for the same quantity (a fresh book) leaves the vendor as it is."""
    with new_bench() as bench:
        if not _lives(bench, "change"):
            return
        service = provisioned(bench)
        work(bench, life(bench, "change", service, quantity=8))
        work(bench, life(bench, "change", _with(bench, service, 8), quantity=8, turn=2))
        assert bench.held() == [Held(8, running=True)]


def probe_tells_the_truth(new_bench: NewBench, action: Action) -> None:
    """A probe says "not done" before and "done" after, changes nothing, and claims nothing while the vendor is away."""
    with new_bench() as bench:
        task = action.prepared(bench)
        before = bench.changing_calls()
        nothing_to_do = action.name == "cancel" and not bench.ends
        expected = Verdict.DONE if nothing_to_do else Verdict.NOT_DONE
        assert bench.plugin.probe(bench.connection(), task).verdict is expected
        assert bench.changing_calls() == before
        done = work(bench, task)
        after = bench.changing_calls()
        probe = bench.plugin.probe(bench.connection(), task)
        assert probe.verdict is Verdict.DONE
        assert probe.done is not None
        assert probe.done.vendor_ids
        assert probe.done.vendor_ids.items() <= done.vendor_ids.items()
        assert bench.changing_calls() == after
        with bench.down():
            assert _verdict_without_vendor(bench, task) is Verdict.UNKNOWN


def two_orders_are_two_services(new_bench: NewBench) -> None:
    """Different operations are never taken for one another."""
    with new_bench() as bench:
        work(bench, provisioning(bench, reference="order:1:provision", quantity=bench.ordered))
        work(bench, provisioning(bench, reference="order:2:provision", quantity=bench.another))
        assert sorted(held.quantity for held in bench.held()) == sorted([bench.ordered, bench.another])


def tells_facts(new_bench: NewBench) -> None:
    """The facts of a service are labelled texts, each name once."""
    with new_bench() as bench:
        facts = bench.plugin.facts(bench.connection(), provisioned(bench))
        assert all(fact.name and fact.title and isinstance(fact.value, str) for fact in facts)
        assert len({fact.name for fact in facts}) == len(facts)


def offers_what_it_can_sell(new_bench: NewBench) -> None:
    """The catalogue's offers have ids and names, each id once; the access check names us."""
    with new_bench() as bench:
        offers = list(bench.plugin.catalogue(bench.connection()))
        assert all(offer.id and offer.name for offer in offers)
        assert len({offer.id for offer in offers}) == len(offers)
        bench.plugin.check_access(bench.connection())


def refuses_wrong_credentials(new_bench: NewBench) -> None:
    """Wrong credentials are told apart from other trouble, and nothing is made with them."""
    with new_bench() as bench:
        with pytest.raises((ConsentNeeded, Misconfigured)):
            bench.plugin.check_access(bench.wrong_connection())
        task = provisioning(bench)
        with pytest.raises((ConsentNeeded, Misconfigured)):
            attempt(bench.plugin, bench.wrong_connection(), task, OnceOnly(MemoryBook(), reference=task.reference))
        assert bench.held() == []


def waits_while_the_vendor_is_down(new_bench: NewBench, action: Action) -> None:
    """While nobody answers, every action is trouble that passes; afterwards it is carried out once."""
    with new_bench() as bench:
        task, book = action.prepared(bench), MemoryBook()
        with bench.down(), pytest.raises((Transient, LostAnswer)):
            attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
        work(bench, task, book)
        assert action.is_there(bench), bench.held()


def does_not_wait_for_ever_for_a_busy_vendor(new_bench: NewBench) -> None:
    """A conflict that never ends is told to people after a bounded number of attempts, and can be tried again."""
    with new_bench() as bench:
        task, book = provisioning(bench), MemoryBook()
        bench.trouble(Trouble.CONFLICT, nth=1, times=WAITS + 1)
        with pytest.raises(Rejected):
            work(bench, task, book)
        assert bench.changing_calls() == WAITS + 1
        assert bench.held() == []
        work(bench, task, book)
        assert ACTIONS[0].is_there(bench), bench.held()


def looks_before_it_sends_what_was_refused(new_bench: NewBench) -> None:
    """What the vendor has by now, though it refused it first, is found when somebody tries again."""
    with new_bench() as bench:
        task, book = provisioning(bench), MemoryBook()
        work(bench, task, book)
        sent = bench.changing_calls()
        book.steps = {name: replace(call, state=CallState.REJECTED) for name, call in book.steps.items()}
        work(bench, task, book)
        assert bench.changing_calls() == sent
        assert ACTIONS[0].is_there(bench), bench.held()


def says_how_long_to_wait_when_throttled(new_bench: NewBench) -> None:
    """A throttled call is trouble that passes, and says for how long."""
    with new_bench() as bench:
        task = provisioning(bench)
        bench.trouble(Trouble.THROTTLED, nth=1)
        with pytest.raises(Transient) as trouble:
            attempt(bench.plugin, bench.connection(), task, OnceOnly(MemoryBook(), reference=task.reference))
        assert trouble.value.retry_after is not None
        assert trouble.value.retry_after > 0


def journals_without_secrets(new_bench: NewBench) -> None:
    """Every exchange is journalled, and no secret that was in play stands in the journal."""
    with new_bench() as bench:
        service = provisioned(bench)
        for action in _lives(bench, "change"):
            work(bench, life(bench, action, service, quantity=8))
        with pytest.raises((ConsentNeeded, Misconfigured)):
            bench.plugin.check_access(bench.wrong_connection())
        written = "\n".join(repr(exchange) for exchange in bench.journal.exchanges)
        assert len(bench.journal.exchanges) >= bench.changing_calls()
        assert bench.secret_values(), "the bench must name the secrets that were in play"
        assert [secret for secret in bench.secret_values() if secret in written] == []


def gone_at_the_vendor_can_be_stopped_and_deleted(new_bench: NewBench) -> None:
    """What the vendor no longer has is stopped and deleted at once, with a note since when we know; and again."""
    with new_bench() as bench:
        for turn, (way, action) in enumerate(product(bench.ways_gone, _lives(bench, "suspend", "cancel"))):
            service = provisioned(bench, reference=f"order:{turn}:provision")
            bench.lose(way)
            task, book = life(bench, action, service), MemoryBook()
            done = work(bench, task, book)
            assert done.vendor_ids == service.vendor_ids, (way, action)
            (note,) = book.notes
            assert note["values"]["day"] == bench.connection().now.date().isoformat(), (way, action)
            assert sentence(note["message"], note["values"]).startswith("There was nothing left to end: "), way
            assert work(bench, task, book) == done


def gone_at_the_vendor_is_not_changed_or_resumed(new_bench: NewBench) -> None:
    """Changing, resuming and renewing what is gone is refused, with the way out: delete, then order anew."""
    with new_bench() as bench:
        for turn, (way, action) in enumerate(product(bench.ways_gone, _lives(bench, "change", "resume", "renew"))):
            service = provisioned(bench, reference=f"order:{turn}:provision")
            bench.lose(way)
            with pytest.raises(VendorError) as refusal:
                work(bench, life(bench, action, service, quantity=8))
            assert isinstance(refusal.value, Gone), (way, action)
            assert "order it anew" in str(refusal.value), (way, action)
        assert [held for held in bench.held() if held.running] == []


def gone_at_the_vendor_is_ordered_anew(new_bench: NewBench) -> None:
    """An order of an account whose ids at the vendor lead nowhere any more makes what it needs, once."""
    with new_bench() as bench:
        for turn, way in enumerate(bench.ways_gone):
            service = provisioned(bench, reference=f"order:1{turn}:provision")
            bench.lose(way)
            anew = provisioning(bench, reference=f"order:2{turn}:provision", quantity=bench.another)
            assert anew.order is not None
            order = replace(anew.order, vendor_ids=service.vendor_ids)
            bench.plugin.validate_order(bench.connection(), order)
            done = work(bench, replace(anew, order=order))
            assert done.vendor_ids
            assert [held for held in bench.held() if held.running] == [Held(bench.another, running=True)], way
            bench.lose(way)


def what_a_gateway_does_not_find_is_not_gone(new_bench: NewBench) -> None:
    """A gateway's own 404 and wrong credentials say nothing of the service: nothing is taken for ended."""
    with new_bench() as bench:
        service = provisioned(bench)
        for action in _lives(bench, "suspend", "cancel", "change", "resume", "renew"):
            task, book = life(bench, action, service, quantity=8), MemoryBook()
            steps = OnceOnly(book, reference=task.reference)
            with bench.astray(), pytest.raises(VendorError) as trouble:
                attempt(bench.plugin, bench.connection(), task, steps)
            assert not isinstance(trouble.value, Gone), action
            with pytest.raises((ConsentNeeded, Misconfigured)):
                attempt(bench.plugin, bench.wrong_connection(), task, OnceOnly(MemoryBook(), reference=task.reference))
            assert book.notes == [], action
        assert bench.held() == [Held(bench.ordered, running=True)]


EACH_ACTION: tuple[Callable[[NewBench, Action], None], ...] = (
    keeps_one_service_whatever_is_lost,
    survives_being_killed,
    does_nothing_when_repeated,
    probe_tells_the_truth,
    waits_while_the_vendor_is_down,
)
ONCE: tuple[Callable[[NewBench], None], ...] = (
    change_to_what_is_there_already_leaves_it,
    two_orders_are_two_services,
    tells_facts,
    offers_what_it_can_sell,
    refuses_wrong_credentials,
    does_not_wait_for_ever_for_a_busy_vendor,
    looks_before_it_sends_what_was_refused,
    says_how_long_to_wait_when_throttled,
    gone_at_the_vendor_can_be_stopped_and_deleted,
    gone_at_the_vendor_is_not_changed_or_resumed,
    gone_at_the_vendor_is_ordered_anew,
    what_a_gateway_does_not_find_is_not_gone,
    journals_without_secrets,
)


def every_check() -> Iterator[tuple[str, Callable[[NewBench], None]]]:
    """Yield each promise with its name, once per action where it concerns actions."""
    for promise in ONCE:
        yield promise.__name__, promise
    for per_action in EACH_ACTION:
        for action in ACTIONS:
            name = f"{per_action.__name__}-{action.name}-{action.quantity}"
            yield name, partial(asked, per_action, action)


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


def _verdict_without_vendor(bench: ContractBench, task: Task) -> Verdict:
    try:
        return bench.plugin.probe(bench.connection(), task).verdict
    except VendorError:
        return Verdict.UNKNOWN
