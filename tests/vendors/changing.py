"""What every plugin keeps of units: several resources are told apart, and changes come as often as it declares.

Further promises of the suite (tests/vendors/contract.py), run with it.
"""

from collections.abc import Callable
from dataclasses import replace

from tests.vendors.benches import ContractBench, NewBench, Trouble
from tests.vendors.carrying import life, work
from tests.vendors.memory import MemoryBook
from vendors.base import Order, Resource, Service, Task
from vendors.changing import ChangeRule


def keeps_several_resources_apart(new_bench: NewBench) -> None:
    """All resources of an order are there, whatever is lost of its calls; a change of one leaves the others."""
    for nth in range(1, _calls(new_bench) + 1):
        with new_bench() as bench:
            order = bench.several(reference="order:1:provision")
            assert order is not None
            bench.trouble(Trouble.LOST_AFTER, nth=nth)
            service = _provided(bench, order)
            wanted = {key: one.quantity for key, one in order.resources.items()}
            assert bench.units() == wanted, nth
            if nth > 1 or not (bench.plugin.support.change and bench.plugin.support.lower):
                continue
            for turn, (key, step) in enumerate((key, step) for key in wanted for step in (2, -1)):
                task = life(bench, "change", service, quantity=0, turn=turn)
                units = {key: wanted[key] + step}
                work(bench, replace(task, quantities=units))
                wanted |= units
                assert bench.units() == wanted, units
                service = _with(service, wanted)
            work(bench, life(bench, "cancel", service))
            assert not any(held.running or held.costs for held in bench.held())


def takes_as_many_changes_a_day_as_it_declares(new_bench: NewBench) -> None:
    """A vendor that is held to its contract takes every change that the rule allows, and on the next day more."""
    with new_bench() as bench:
        rule = bench.plugin.change_rule(bench.ruled)
        if rule.a_day is None:
            return
        bench.hold_to_the_rule()
        order = replace(bench.order(reference="order:1:provision", quantity=bench.ordered), options=bench.ruled)
        service = _provided(bench, order)
        for turn in range(2 * rule.a_day):
            if turn == rule.a_day:
                now = bench.connection().now
                bench.advance((rule.day_begins(now, days=1) - now).total_seconds())
            wanted = bench.ordered + 1 + turn
            work(bench, life(bench, "change", service, quantity=wanted, turn=turn))
            assert [held.quantity for held in bench.held()] == [wanted]
            service = _with(service, {bench.resource: wanted})


def says_when_units_change_without_being_asked_twice(new_bench: NewBench) -> None:
    """The rule follows from the template's settings alone, and none is needed for it."""
    with new_bench() as bench:
        plugin = bench.plugin
        choices = [{field.name: value} for field in plugin.template_fields for value, _label in field.choices]
        for options in ({}, bench.ruled, *choices):
            assert isinstance(plugin.change_rule(options), ChangeRule), options
            assert plugin.change_rule(options) == plugin.change_rule(options), options


def _provided(bench: ContractBench, order: Order) -> Service:
    done = work(bench, Task("provision", order.reference, order=order), MemoryBook())
    return Service(done.vendor_ids, order.resources, label=order.label, options=order.options)


def _with(service: Service, units: dict[str, int]) -> Service:
    resources = {key: Resource(one.offer, units[key]) for key, one in service.resources.items()}
    return replace(service, resources=resources)


def _calls(new_bench: NewBench) -> int:
    """Return how many changing calls such an order makes; none where services are of one resource."""
    with new_bench() as bench:
        order = bench.several(reference="order:1:provision")
        if order is None:
            return 0
        before = bench.changing_calls()
        _provided(bench, order)
        return bench.changing_calls() - before


ONCE: tuple[Callable[[NewBench], None], ...] = (
    keeps_several_resources_apart,
    takes_as_many_changes_a_day_as_it_declares,
    says_when_units_change_without_being_asked_twice,
)
