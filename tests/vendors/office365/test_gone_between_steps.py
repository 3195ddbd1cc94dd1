"""A customer who goes away at Microsoft while the order is under way: told, and made anew by the next try."""

from dataclasses import replace

import pytest

from tests.vendors.contract import Held, provisioning, work
from tests.vendors.honesty import while_nothing_is_in_doubt
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import Office365Bench, open_bench
from tests.vendors.office365.orders import WITH_ADD_ON, an_order, change, provision, service_of
from vendors.base import Resource, Task
from vendors.errors import Gone, NotYet, Rejected


@pytest.mark.parametrize("way", ["remove_customer", "end_relationship"])
@pytest.mark.parametrize("road", ["confirmed", "direct"])
@pytest.mark.parametrize("nth", [2, 3], ids=["before the agreement or the cart", "before the order or the checkout"])
def test_customer_who_went_away_between_two_steps_is_made_anew_by_the_next_try(way: str, nth: int, road: str) -> None:
    """Each new try asked for the same customer, or ordered without an agreement, for ever."""
    with open_bench() as bench:
        bench.road = road
        task, book = provisioning(bench), MemoryBook()
        bench.microsoft.fail("conflict", method="POST", path=r"/partnercenter/(?!.*/validations/)", nth=nth)
        with pytest.raises(NotYet):
            while_nothing_is_in_doubt(bench, task, book)
        bench.lose(way)
        with pytest.raises(Gone) as refusal:
            work(bench, task, book)
        assert "Try again: what is no longer there is made anew." in str(refusal.value)
        book.waits = 0  # as "try again" does
        if way == "end_relationship":
            # The domain is that tenant's still: said at its field, and another one may be chosen.
            with pytest.raises(Rejected) as taken:
                work(bench, task, book)
            assert taken.value.field == "domain_prefix"
            assert task.order is not None
            task = replace(task, order=replace(task.order, answers={"domain_prefix": "acmeanew"}))
        work(bench, task, book)
        assert bench.held() == [Held(5, running=True)]


def test_customer_whom_microsoft_does_not_know_yet_is_waited_for_and_not_made_twice() -> None:
    with open_bench() as bench:
        task = provisioning(bench)
        bench.microsoft.fail("not_found", method="GET", path=r"/customers/[^/?]+(/agreements)?$", times=3, code=1000)
        work(bench, task)
        assert bench.microsoft.counts()["customers"] == 1
        assert bench.held() == [Held(5, running=True)]


def test_one_of_several_that_microsoft_does_not_know_any_more_is_told_as_deleted(bench: Office365Bench) -> None:
    """404/20003: the change of another is done and told so, and both are observed at night."""
    service = service_of(provision(bench, an_order(resources=WITH_ADD_ON)), WITH_ADD_ON)
    customer, gone = (service.vendor_ids[name] for name in ("customer_id", "subscription_id.archive"))
    bench.microsoft.world.store.delete(f"subscription:{customer}", gone.lower())
    change(bench, service, seats=7)
    for told in (
        bench.plugin.observe(bench.connection(), service).facts,
        bench.plugin.facts(bench.connection(), service),
    ):
        facts = {fact.name: fact.value for fact in told}
        assert (facts["status.archive"], facts["licences.archive"]) == ("deleted", "0")
        assert (facts["status.seats"], facts["licences.seats"]) == ("active", "7")


def test_of_what_is_brought_to_none_it_does_not_matter_that_it_is_gone(bench: Office365Bench) -> None:
    """One of several resources has ended at Microsoft: the service goes on without it."""
    service = service_of(provision(bench, an_order(resources=WITH_ADD_ON)), WITH_ADD_ON)
    gone = service.vendor_ids["subscription_id.archive"]
    bench.microsoft.alter_subscription(subscription_id=gone, status="deleted")
    with pytest.raises(Gone):
        change(bench, service, archive=1)
    change(bench, service, archive=0)
    left = replace(service, resources={**service.resources, "archive": Resource(WITH_ADD_ON["archive"].offer, 0)})
    for action in ("suspend", "resume", "arrange"):
        work(bench, Task(action, f"subscription:5:{action}:1", service=left))
