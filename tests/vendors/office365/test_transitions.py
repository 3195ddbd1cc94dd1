"""A switch of plan is a move at Microsoft, made once whatever becomes of its answer; what cannot move says why."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from tests.vendors.carrying import work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import Office365Bench, open_bench
from tests.vendors.office365.orders import an_order, service_of
from vendors.base import Resource, Service, Task, Verdict
from vendors.errors import Rejected
from vendors.office365.transitions import moves_of

BASIC, STANDARD, E3, TRIAL = "CFQ7TTC0LH18:0001", "CFQ7TTC0LDPB:0001", "CFQ7TTC0LF8R:0001", "CFQ7TTC0LDPB:0003"
YEAR = {"billing_cycle": "monthly", "term_duration": "P1Y"}
LOST = ("drop_after", "error_after", "unreadable_after", "timeout_after", "truncated_after", "anothers_after")


@pytest.fixture
def today() -> Iterator[Office365Bench]:
    """Microsoft of today, and customers who accept when they are asked."""
    with open_bench() as bench:
        bench.microsoft.live_today()
        yield bench


def bought(bench: Office365Bench, item: str = BASIC, options: Mapping[str, str] = YEAR, offered: int = 5) -> Service:
    """Return a service of so many seats."""
    resources = {"seats": Resource(item, offered)}
    order = an_order(resources=resources, options=dict(options))
    done = work(bench, Task("provision", order.reference, order=order))
    return replace(service_of(done, resources), options=dict(options))


def to(service: Service, item: str = STANDARD, quantity: int = 5, key: str = "seats", **options: str) -> Service:
    """Return what the service is to be."""
    return replace(service, resources={key: Resource(item, quantity)}, options={**YEAR, **options})


def task(service: Service, wanted: Service) -> Task:
    return Task("switch", "order:18:switch", service=service, to=wanted)


def held(bench: Office365Bench) -> list[tuple[str, int, str]]:
    """Return item, units and state of what the customer has at Microsoft."""
    store = bench.microsoft.world.store
    rows = [
        row
        for customer in store.all("customer")
        if not customer["foreign"]
        for row in store.all(f"subscription:{customer['id']}")
    ]
    return [(row["catalogue_item"].rpartition(":")[0], row["quantity"], row["status"]) for row in rows]


def moves(bench: Office365Bench) -> int:
    """Return how many moves Microsoft has carried out."""
    store = bench.microsoft.world.store
    rows = [row for customer in store.all("customer") for row in store.all(f"subscription:{customer['id']}")]
    return sum(len(row["transitions"]) for row in rows)


def test_it_moves_and_is_brought_to_its_units_and_again_sends_nothing(today: Office365Bench) -> None:
    service = bought(today)
    wanted = to(service, quantity=7, key="licences")
    today.plugin.may_switch(today.connection(), service, wanted)
    book = MemoryBook()
    assert today.plugin.probe(today.connection(), task(service, wanted)).verdict is Verdict.NOT_DONE
    done = work(today, task(service, wanted), book)
    assert held(today) == [(STANDARD, 7, "active")]
    ids = dict(service.vendor_ids) | dict(done.vendor_ids)
    assert ids["subscription_id.licences"] == service.vendor_ids["subscription_id.seats"]
    assert ids["subscription_id.seats"] == "", "it is forgotten under the key of the old plan"
    probe = today.plugin.probe(today.connection(), task(service, wanted))
    assert probe.verdict is Verdict.DONE
    before = today.changing_calls()
    work(today, task(service, wanted), book)
    assert (today.changing_calls(), moves(today)) == (before, 1)


@pytest.mark.parametrize("fault", LOST)
def test_a_move_whose_answer_is_lost_is_looked_for(today: Office365Bench, fault: str) -> None:
    service = bought(today)
    today.microsoft.fail(fault, method="POST", path=r"/transitions$", nth=1, times=1)
    work(today, task(service, to(service)))
    assert (held(today), moves(today)) == ([(STANDARD, 5, "active")], 1)


@pytest.mark.parametrize("dies", ["dies_before", "dies_after"])
@pytest.mark.parametrize("note", range(1, 5))
def test_a_worker_that_dies_moves_it_once(today: Office365Bench, dies: str, note: int) -> None:
    service = bought(today)
    work(today, task(service, to(service, quantity=6)), MemoryBook(**{dies: note}))
    assert (held(today), moves(today)) == ([(STANDARD, 6, "active")], 1)


def test_a_move_that_takes_hours_is_waited_for_and_not_sent_twice(today: Office365Bench) -> None:
    service = bought(today)
    today.microsoft.behave(transition_seconds=90)
    work(today, task(service, to(service, quantity=8)))
    assert (held(today), moves(today)) == ([(STANDARD, 8, "active")], 1)


def test_a_trial_becomes_what_is_paid_with_fewer_units_and_a_term_of_its_own(today: Office365Bench) -> None:
    service = bought(today, TRIAL, {"billing_cycle": "none", "term_duration": "P1M"}, offered=10)
    today.advance(10 * 86_400)
    wanted = to(service, quantity=4)
    today.plugin.may_switch(today.connection(), service, wanted)
    work(today, task(service, wanted))
    assert held(today) == [(STANDARD, 4, "active")]
    (commitment,) = today.plugin.commitments(today.connection(), replace(wanted, vendor_ids=service.vendor_ids))
    assert (commitment.term, commitment.billing_plan, commitment.is_trial) == ("P1Y", "monthly", False)
    assert commitment.units_returnable(today.connection().now) == 4


@pytest.mark.parametrize(
    ("item", "quantity", "options", "code"),
    [
        ("CFQ7TTC0LF8S:0002", 5, {}, "no_transition"),
        (BASIC, 5, {"term_duration": "P1M"}, "other_term"),
        (STANDARD, 3, {}, "fewer"),
    ],
)
def test_what_cannot_move_says_so_before_anything_is_sent(
    today: Office365Bench, item: str, quantity: int, options: dict[str, str], code: str
) -> None:
    service = bought(today)
    today.advance(10 * 86_400)
    with pytest.raises(Rejected) as refused:
        today.plugin.may_switch(today.connection(), service, to(service, item, quantity, **options))
    assert refused.value.code == code


def test_what_was_bought_before_the_new_commerce_does_not_move() -> None:
    with open_bench() as bench:
        bench.road = "confirmed"
        service = bought(bench, "796B6B5F-613C-4E24-A17C-EBA730D49C02", {})
        with pytest.raises(Rejected) as refused:
            bench.plugin.may_switch(bench.connection(), service, to(service))
    assert refused.value.code == "bought_before"


def test_what_is_stopped_does_not_move_now(today: Office365Bench) -> None:
    service = bought(today)
    (commitment,) = today.plugin.commitments(today.connection(), service)
    today.microsoft.alter_subscription(subscription_id=commitment.vendor_id, status="suspended")
    with pytest.raises(Rejected, match="isn't active"):
        today.plugin.may_switch(today.connection(), service, to(service))


def test_resources_become_each_other_by_their_key_else_the_one_that_is_left() -> None:
    ids = {"customer_id": "c", "subscription_id.a": "1", "subscription_id.b": "2", "subscription_id.gone": ""}
    service = Service(ids, {"a": Resource(BASIC, 1), "b": Resource(BASIC, 2)})
    wanted = Service(ids, {"c": Resource(E3, 3), "b": Resource(STANDARD, 2), "none": Resource(E3, 0)})
    assert [(move.old, move.new, move.quantity) for move in moves_of(service, wanted)] == [("a", "c", 3), ("b", "b", 2)]
    for resources in ({"b": Resource(E3, 1)}, {"c": Resource(E3, 1), "d": Resource(E3, 1)}):
        with pytest.raises(Rejected) as refused:
            moves_of(service, replace(wanted, resources=resources))
        assert refused.value.code == "not_one_to_one"
