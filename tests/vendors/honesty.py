"""What every plugin keeps beside its actions: it declares itself well, tells units as they are, and hides secrets.

Further promises of the suite (tests/vendors/contract.py), run by test_every_plugin.py with it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from tests.vendors.benches import ContractBench, NewBench, Trouble
from tests.vendors.carrying import ACTIONS, Action, asked, calls_of, life, provisioned, provisioning, work
from tests.vendors.memory import MemoryBook
from vendors.base import Service, Task, VendorPlugin, Verdict, Waiting
from vendors.capabilities import CorrectsOrders, CountsUnits, ObservesServices
from vendors.errors import (
    SHORTEST_WAIT,
    ConsentNeeded,
    LostAnswer,
    Misconfigured,
    StillUnknown,
    Transient,
    kept,
    sentence,
)
from vendors.operations import attempt
from vendors.steps import OnceOnly


def _waits_sensibly(waiting: Waiting) -> None:
    """Check that a wait tells what to do, and is looked at again neither never nor all the time."""
    told = sentence(waiting.message, kept(waiting.values))
    assert told, "a wait says what is to be done"
    assert "%(" not in told, told
    assert timedelta(seconds=SHORTEST_WAIT) <= waiting.look_again <= timedelta(days=1), waiting.look_again
    assert waiting.at_most is None or waiting.at_most >= waiting.look_again


def lost_credentials_are_told(new_bench: NewBench, action: Action) -> None:
    """With wrong credentials no action claims anything, before it began and with a step in doubt; then it goes on."""
    calls = calls_of(new_bench, action)
    for in_doubt in (False, True) if calls else (False,):
        with new_bench() as bench:
            task, book = action.prepared(bench), MemoryBook()
            if in_doubt:
                bench.trouble(Trouble.LOST_AFTER, nth=calls)
                with pytest.raises((Transient, LostAnswer, StillUnknown)):
                    while_nothing_is_in_doubt(bench, task, book)
            with pytest.raises((ConsentNeeded, Misconfigured)):
                attempt(bench.plugin, bench.wrong_connection(), task, OnceOnly(book, reference=task.reference))
            work(bench, task, book)
            assert action.is_there(bench), (action, in_doubt, bench.held())


def while_nothing_is_in_doubt(bench: ContractBench, task: Task, book: MemoryBook) -> None:
    """Carry the task on as long as it waits for people, who do what they have to."""
    steps = OnceOnly(book, reference=task.reference)
    while isinstance(outcome := attempt(bench.plugin, bench.connection(), task, steps), Waiting):
        bench.act()
        bench.advance(outcome.look_again.total_seconds())


def questions_with_wrong_credentials_are_not_answered(new_bench: NewBench) -> None:
    """Facts, units and observations are not made up where the vendor did not let us in."""
    with new_bench() as bench:
        service, plugin = provisioned(bench), bench.plugin
        questions = [plugin.facts] if _overrides(plugin, "facts") else []
        questions += [plugin.observe] if isinstance(plugin, ObservesServices) else []
        questions += [plugin.count] if isinstance(plugin, CountsUnits) else []
        for question in questions:
            with pytest.raises((ConsentNeeded, Misconfigured)):
                tuple(question(bench.wrong_connection(), service))


def probe_knows_the_units(new_bench: NewBench) -> None:
    """A change to other units than are there is not done, whatever was done before."""
    with new_bench() as bench:
        if not bench.plugin.support.change:
            return
        service = provisioned(bench)
        for turn, quantity in enumerate((bench.ordered + 3, bench.ordered - 2)):
            task = life(bench, "change", service, quantity=quantity, turn=turn)
            assert bench.plugin.probe(bench.connection(), task).verdict is Verdict.NOT_DONE, quantity


def keeps_secrets_out_of_what_is_shown(new_bench: NewBench) -> None:
    """No secret stands in ids, facts, results of steps or notes; what is sealed has a label."""
    with new_bench() as bench:
        task, book = provisioning(bench), MemoryBook()
        done = work(bench, task, book)
        assert task.order is not None
        service = Service(done.vendor_ids, task.order.resources, label=task.order.label)
        shown: list[object] = [done, bench.plugin.facts(bench.connection(), service), book.notes]
        if isinstance(bench.plugin, ObservesServices):
            shown.append(bench.plugin.observe(bench.connection(), service))
        shown += [call.result for call in book.steps.values()]
        secrets = {*bench.secret_values(), *(value for name, value in book.sealed.items() if "password" in name)}
        assert [secret for secret in secrets if secret in repr(shown)] == []
        assert book.sealed.keys() <= {secret.name for secret in bench.plugin.secrets}


def tells_units_as_they_are(new_bench: NewBench) -> None:
    """What facts and counts say of the units is what the vendor holds."""
    with new_bench() as bench:
        service = provisioned(bench)
        (held,) = bench.held()
        if isinstance(bench.plugin, CountsUnits):
            assert bench.plugin.count(bench.connection(), service) == {bench.resource: held.quantity}
        if bench.quantity_fact:
            told = {fact.name: fact.value for fact in bench.plugin.facts(bench.connection(), service)}
            assert told[bench.quantity_fact] == str(held.quantity)


def sells_sensible_units(new_bench: NewBench) -> None:
    """No offer is sold in fewer units than none, nor in more than its most."""
    with new_bench() as bench:
        for offer in bench.plugin.catalogue(bench.connection()):
            least, most = offer.minimum, offer.maximum
            assert least is None or least >= 0, offer
            assert most is None or most >= max(least or 0, 1), offer


def declares_itself_well(new_bench: NewBench) -> None:
    """Names of inputs and secrets are told once; what follows from an answer follows from one that is asked."""
    with new_bench() as bench:
        plugin = bench.plugin
        for fields in (plugin.settings_fields, plugin.template_fields, plugin.order_fields):
            names = [field.name for field in fields]
            assert len(set(names)) == len(names), names
            assert all(field.label for field in fields)
            assert all(set(field.after) <= set(names) - {field.name} for field in fields)
        assert not any(field.is_secret for field in (*plugin.template_fields, *plugin.order_fields))
        assert len({secret.name for secret in plugin.secrets}) == len(plugin.secrets)


def a_cancel_overtakes_what_waits(new_bench: NewBench) -> None:
    """An order that waits for somebody is ended by the ids that it has told of so far."""
    with new_bench() as bench:
        order = bench.waiting_order(reference="order:1:provision")
        task, book = Task("provision", "order:1:provision", order=order), MemoryBook()
        outcome = attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
        if isinstance(outcome, Waiting):
            _waits_sensibly(outcome)
            repeated = attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
            assert isinstance(repeated, Waiting)
            assert repeated.vendor_ids == outcome.vendor_ids
        work(bench, life(bench, "cancel", Service(outcome.vendor_ids, order.resources, label=order.label)))
        assert not bench.ends or not any(held.running or held.costs for held in bench.held())


def what_waits_is_corrected_once(new_bench: NewBench) -> None:
    """The order as the vendor has it changes nothing; and nothing is claimed where nobody answers, or lets us in."""
    with new_bench() as bench:
        plugin = bench.plugin
        if not isinstance(plugin, CorrectsOrders):
            return
        order = bench.waiting_order(reference="order:1:provision")
        task = Task("provision", "order:1:provision", order=order)
        outcome = attempt(plugin, bench.connection(), task, OnceOnly(MemoryBook(), reference=task.reference))
        service, before = Service(outcome.vendor_ids, order.resources, label=order.label), bench.changing_calls()
        plugin.correct(bench.connection(), service, order)
        with pytest.raises((ConsentNeeded, Misconfigured)):
            plugin.correct(bench.wrong_connection(), service, order)
        with bench.down(), pytest.raises((Transient, LostAnswer)):
            plugin.correct(bench.connection(), service, order)
        assert bench.changing_calls() == before, "it was there already"


def _overrides(plugin: VendorPlugin, name: str) -> bool:
    return getattr(type(plugin), name) is not getattr(VendorPlugin, name)


ONCE: tuple[Callable[[NewBench], None], ...] = (
    questions_with_wrong_credentials_are_not_answered,
    keeps_secrets_out_of_what_is_shown,
    tells_units_as_they_are,
    sells_sensible_units,
    declares_itself_well,
    a_cancel_overtakes_what_waits,
    what_waits_is_corrected_once,
    probe_knows_the_units,
)


def honest_checks() -> Iterator[tuple[str, Callable[[NewBench], None]]]:
    """Yield each promise with its name, as tests/vendors/contract.py does its own."""
    for promise in ONCE:
        yield promise.__name__, promise
    for action in ACTIONS:
        name = f"{lost_credentials_are_told.__name__}-{action.name}-{action.quantity}"
        yield name, partial(asked, lost_credentials_are_told, action)
