"""What every plugin keeps of a service that its vendor no longer has: ended at once, told with the way out, made anew.

Further promises of the suite (tests/vendors/contract.py), run with it.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from tests.vendors.benches import Held, NewBench
from tests.vendors.carrying import life, lives, provisioned, provisioning, work
from tests.vendors.memory import MemoryBook
from vendors.errors import ConsentNeeded, Gone, Misconfigured, VendorError, sentence
from vendors.operations import attempt
from vendors.steps import OnceOnly


def gone_at_the_vendor_can_be_stopped_and_deleted(new_bench: NewBench) -> None:
    """What the vendor no longer has is stopped and deleted at once, with a note since when we know; and again."""
    with new_bench() as bench:
        for turn, (way, action) in enumerate(product(bench.ways_gone, lives(bench, "suspend", "cancel"))):
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
        for turn, (way, action) in enumerate(product(bench.ways_gone, lives(bench, "change", "resume", "renew"))):
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
        for action in lives(bench, "suspend", "cancel", "change", "resume", "renew"):
            task, book = life(bench, action, service, quantity=8), MemoryBook()
            steps = OnceOnly(book, reference=task.reference)
            with bench.astray(), pytest.raises(VendorError) as trouble:
                attempt(bench.plugin, bench.connection(), task, steps)
            assert not isinstance(trouble.value, Gone), action
            with pytest.raises((ConsentNeeded, Misconfigured)):
                attempt(bench.plugin, bench.wrong_connection(), task, OnceOnly(MemoryBook(), reference=task.reference))
            assert book.notes == [], action
        assert bench.held() == [Held(bench.ordered, running=True)]


ONCE: tuple[Callable[[NewBench], None], ...] = (
    gone_at_the_vendor_can_be_stopped_and_deleted,
    gone_at_the_vendor_is_not_changed_or_resumed,
    gone_at_the_vendor_is_ordered_anew,
    what_a_gateway_does_not_find_is_not_gone,
)
