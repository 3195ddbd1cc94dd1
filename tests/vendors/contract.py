"""What every vendor plugin has to keep, whatever its vendor: the suite that test_every_plugin.py runs.

A plugin brings a ContractBench (tests/vendors/benches.py) as tests/vendors/<slug>/bench.py; each function here takes
one, fresh.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from tests.vendors import changing, gone
from tests.vendors.benches import ContractBench, Held, NewBench, Trouble
from tests.vendors.carrying import (
    ACTIONS,
    Action,
    asked,
    calls_of,
    life,
    lives,
    provisioned,
    provisioning,
    with_units,
    work,
)
from tests.vendors.memory import MemoryBook
from vendors.base import Task, Verdict
from vendors.errors import ConsentNeeded, LostAnswer, Misconfigured, Rejected, Transient, VendorError
from vendors.operations import attempt
from vendors.steps import WAITS, CallState, OnceOnly

EVERY_TROUBLE = bool(os.environ.get("PROVE"))
# Of so many calls on, a trouble befalls every one so many calls apart; of fewer, every second.
APART = 3
# What a plugin's own tests import.
__all__ = ["ContractBench", "Held", "NewBench", "Trouble", "every_check", "life", "provisioning", "work"]


def keeps_one_service_whatever_is_lost(new_bench: NewBench, action: Action) -> None:
    """Each trouble at each changing call of the action ends with exactly what was asked for, once.

    Where there are many calls, each suffers a third of the troubles and each trouble befalls a third of the calls; a
    single call suffers every second trouble, and that of the next action the others. With PROVE=1 all suffer all.
    """
    calls, turn = calls_of(new_bench, action), 1 + ACTIONS.index(action)
    step = 1 if EVERY_TROUBLE else APART if calls >= APART else 2
    for place, kind in enumerate(Trouble, turn):
        for nth in range(1 + place % step, calls + 1, step):
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
        if not lives(bench, "change"):
            return
        service = provisioned(bench)
        work(bench, life(bench, "change", service, quantity=8))
        work(bench, life(bench, "change", with_units(bench, service, 8), quantity=8, turn=2))
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
        assert bench.changing_calls() == after
        if bench.looks_up or action.name != "provision":
            assert probe.verdict is Verdict.DONE
            assert probe.done is not None
            assert probe.done.vendor_ids
            assert probe.done.vendor_ids.items() <= done.vendor_ids.items()
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
        for action in lives(bench, "change"):
            work(bench, life(bench, action, service, quantity=8))
        with pytest.raises((ConsentNeeded, Misconfigured)):
            bench.plugin.check_access(bench.wrong_connection())
        written = "\n".join(repr(exchange) for exchange in bench.journal.exchanges)
        assert len(bench.journal.exchanges) >= bench.changing_calls()
        assert bench.secret_values(), "the bench must name the secrets that were in play"
        assert [secret for secret in bench.secret_values() if secret in written] == []


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
    journals_without_secrets,
)


def every_check() -> Iterator[tuple[str, Callable[[NewBench], None]]]:
    """Yield each promise with its name, once per action where it concerns actions."""
    for promise in (*ONCE, *gone.ONCE, *changing.ONCE):
        yield promise.__name__, promise
    for per_action in EACH_ACTION:
        for action in ACTIONS:
            name = f"{per_action.__name__}-{action.name}-{action.quantity}"
            yield name, partial(asked, per_action, action)


def _verdict_without_vendor(bench: ContractBench, task: Task) -> Verdict:
    try:
        return bench.plugin.probe(bench.connection(), task).verdict
    except VendorError:
        return Verdict.UNKNOWN
