"""What is waited for before Microsoft carries an order out: a review, whose order can be overtaken meanwhile."""

from tests.vendors.contract import Held, work
from tests.vendors.memory import MemoryBook
from tests.vendors.microsoft.test_agreements import DOMAIN, NEW, ended, looked, ordering, waits
from tests.vendors.office365.bench import Office365Bench
from vendors.base import Service, Task, Who
from vendors.errors import sentence


def reviewed(bench: Office365Bench, book: MemoryBook) -> tuple[Task, Service]:
    """Have a review begin; return the order's task, and the service as it is known meanwhile."""
    bench.microsoft.behave(orders_reviewed=True)
    task = ordering()
    waits(looked(bench, task, book))
    bench.microsoft.accept_agreement(domain=DOMAIN)
    waiting = waits(looked(bench, task, book))
    assert waiting.who is Who.VENDOR
    assert waiting.vendor_ids["order_id.seats"] in sentence(waiting.message, dict(waiting.values))
    assert "subscription_id.seats" not in waiting.vendor_ids
    return task, Service(waiting.vendor_ids, NEW)


def test_order_that_microsoft_reviews_is_waited_for_and_goes_on_by_itself(bench: Office365Bench) -> None:
    book = MemoryBook()
    task, _service = reviewed(bench, book)
    bench.microsoft.finish_reviews(approved=True)
    ended(bench, task, book)
    assert bench.held() == [Held(5, running=True)]
    assert bench.microsoft.counts()["orders"] == 1


def test_cancellation_waits_for_the_review_too_and_ends_what_comes_of_it(bench: Office365Bench) -> None:
    _task, service = reviewed(bench, MemoryBook())
    cancel, book = Task("cancel", "subscription:1:cancel", service=service), MemoryBook()
    assert waits(looked(bench, cancel, book)).who is Who.VENDOR
    bench.microsoft.finish_reviews(approved=True)
    done = work(bench, cancel, book)
    assert not any(held.running for held in bench.held())
    assert {fact.name: fact.value for fact in done.facts}["status.seats"] == "deleted"


def test_order_that_microsoft_gave_up_leaves_nothing_to_end(bench: Office365Bench) -> None:
    _task, service = reviewed(bench, MemoryBook())
    bench.microsoft.finish_reviews(approved=False)
    work(bench, Task("cancel", "subscription:1:cancel", service=service))
    assert bench.held() == []
