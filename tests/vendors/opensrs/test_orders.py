"""Orders of certificates whose answers are lost: never bought twice, never lost."""

from dataclasses import replace

import pytest

from tests.sandbox.opensrs.asking import csr_for
from tests.vendors.benches import FAULTS
from tests.vendors.memory import MemoryBook
from tests.vendors.opensrs.bench import OpenSRSBench, domain_of
from tests.vendors.opensrs.working import REFERENCE, finished, once, ordering, service_of, settle, waiting
from vendors.base import Done, Task, Term, Waiting
from vendors.errors import Parked, Rejected, StillUnknown, VendorError
from vendors.opensrs import orders
from vendors.steps import WAITS

LOST = sorted({kind for kind, _ in FAULTS.values() if kind.endswith("_after")} | {"drop_before", "error_before"})


def lost(bench: OpenSRSBench, task: Task, book: MemoryBook, kind: str = "drop_after") -> Parked:
    """Lose the answer of the order, and return what the operation is parked with."""
    bench.vendor.fail(kind, path="^/sw_register$")
    with pytest.raises(Exception):  # noqa: B017, PT011 (a lost answer in one of many shapes: what follows matters)
        once(bench, task, book)
    with pytest.raises(Parked) as parked:
        once(bench, task, book)
    return parked.value


@pytest.mark.parametrize("kind", LOST)
def test_after_a_lost_answer_nothing_is_sent_until_an_operator_says(bench: OpenSRSBench, kind: str) -> None:
    task, book = ordering(bench), MemoryBook()
    parked = lost(bench, task, book, kind)
    assert (parked.step, [name for name, _label in parked.told]) == ("order", ["order_id"])
    assert bench.changing_calls() == 1
    there = bench.vendor.orders()
    settle(book, {"order_id": there[0]["order_id"]} if there else None)
    done = finished(bench, task, book)
    assert [order["order_id"] for order in bench.vendor.orders()] == [done.vendor_ids["order_id"]]
    assert bench.changing_calls() == (1 if there else 2)


def test_a_certificate_that_came_of_a_lost_order_is_found_by_itself(bench: OpenSRSBench) -> None:
    task, book = ordering(bench), MemoryBook()
    lost(bench, task, book)
    bench.vendor.behave(issuing_reads=0)
    bench.act()
    done = once(bench, task, book)
    assert isinstance(done, Done)
    assert done.vendor_ids["product_id"] == bench.vendor.certificates()[0]["product_id"]
    assert bench.changing_calls() == 1


def test_an_order_that_is_not_ours_is_parked_again(bench: OpenSRSBench) -> None:
    other = waiting(bench, ordering(bench, "order:2:provision"))
    task, book = ordering(bench), MemoryBook()
    lost(bench, task, book)
    for wrong in (other.vendor_ids["order_id"], "999"):
        settle(book, {"order_id": wrong})
        with pytest.raises(Parked, match="not ours"):
            once(bench, task, book)
    settle(book, {"order_id": bench.vendor.orders()[1]["order_id"]})
    assert isinstance(once(bench, task, book), Waiting)
    assert len(bench.vendor.orders()) == 2


def test_the_order_before_is_not_taken_for_its_renewal(bench: OpenSRSBench) -> None:
    service = service_of(finished(bench, ordering(bench)))
    bench.advance(330 * 86_400)
    task, book = Task("renew", "subscription:1:renew:1", service=service, term=Term(months=12)), MemoryBook()
    lost(bench, task, book)
    settle(book, {"order_id": service.vendor_ids["order_id"]})
    with pytest.raises(Parked, match="not ours"):
        once(bench, task, book)
    settle(book, {"order_id": bench.vendor.orders()[1]["order_id"]})
    assert isinstance(once(bench, task, book), Waiting)


def test_an_order_that_is_answered_and_never_known_is_not_bought_again(bench: OpenSRSBench) -> None:
    task, book = ordering(bench), MemoryBook()
    bench.vendor.fail("not_found", path="^/get_order_info$", times=1000)
    for _look in range(WAITS + 1):
        with pytest.raises(VendorError):
            once(bench, task, book)
    with pytest.raises(Parked):
        once(bench, task, book)
    bench.vendor.heal()
    assert len(bench.vendor.orders()) == 1


def test_a_refusal_is_certain_and_may_be_tried_again(bench: OpenSRSBench) -> None:
    task, book = ordering(bench), MemoryBook()
    bench.vendor.fail("refused", path="^/sw_register$", code=465, text="Invalid data: approver_email")
    with pytest.raises(Rejected) as refusal:
        once(bench, task, book)
    assert refusal.value.field == "approver"
    assert isinstance(once(bench, task, book), Waiting)
    assert len(bench.vendor.orders()) == 1


def test_an_order_that_is_not_known_at_once_is_waited_for(bench: OpenSRSBench) -> None:
    task, book = ordering(bench), MemoryBook()
    bench.vendor.fail("not_found", path="^/get_order_info$")
    with pytest.raises(Exception) as trouble:  # noqa: PT011 (NotYet is what matters)
        once(bench, task, book)
    assert type(trouble.value).__name__ == "NotYet"
    assert isinstance(once(bench, task, book), Waiting)
    assert bench.changing_calls() == 1


def test_years_products_and_days_are_read(bench: OpenSRSBench) -> None:
    assert [orders.years_of(months) for months in (None, 12, 24)] == [1, 1, 2]
    for months in (1, 6, 18, 36, 0):
        with pytest.raises(Rejected, match="years"):
            orders.years_of(months)
    with pytest.raises(Rejected, match="positivessl_wildcard"):
        orders.product_of("positivessl_wildcard")
    assert orders.day_of({"end": "2010-09-14-04:00"}, "end") == "2010-09-14"
    assert orders.day_of({"end": "2012-04-12T10:02:01.000-05:00"}, "end") == "2012-04-12"
    assert orders.day_of({"end": "soon"}, "end") == ""
    assert orders.state_of({"state": "Awaiting_Approval"}) == orders.AWAITING


def test_a_mark_is_not_found_in_a_longer_one(bench: OpenSRSBench) -> None:
    domain = domain_of(REFERENCE)
    answers = {"csr": csr_for(domain), "approver": f"admin@{domain}"}
    finished(bench, ordering(bench, "order:1:provision:2", answers=answers))
    purchase = orders.Purchase.of(bench.order(reference=REFERENCE))
    opensrs = orders.OpenSRS(bench.connection())
    assert orders.find(opensrs, purchase, "order:1:provision", now=bench.now) is None
    assert orders.find(opensrs, purchase, "order:1:provision:2", now=bench.now) is not None
    assert orders.find(opensrs, replace(purchase, domain="x.example"), "order:1:provision:2", now=bench.now) is None
    assert issubclass(Parked, StillUnknown)
