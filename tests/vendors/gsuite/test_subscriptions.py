"""Subscriptions: bought once, and found again where Google has given them another id."""

import pytest

from tests.vendors.gsuite.bench import GSuiteBench, answers_of
from tests.vendors.gsuite.working import change, finished, once, ordering, service_of, sold
from tests.vendors.memory import MemoryBook
from vendors.base import Service, Task
from vendors.errors import Gone, LostAnswer, StillUnknown
from vendors.gsuite.client import Google
from vendors.gsuite.subscriptions import Subscription


def test_another_id_is_found_by_customer_and_sku(bench: GSuiteBench) -> None:
    service = sold(bench)
    other = bench.vendor.reissue(subscription_id=service.vendor_ids["subscription_id"])
    done = finished(bench, change(service, 8))
    assert done.vendor_ids["subscription_id"] == other
    assert bench.vendor.subscriptions()[0]["seats"] == 8
    facts = {fact.name: fact.value for fact in bench.plugin.observe(bench.connection(), service).facts}
    assert facts["subscription_id"] == other


def test_one_that_was_bought_anew_is_not_taken_for_the_one_that_was_cancelled(bench: GSuiteBench) -> None:
    first = sold(bench)
    finished(bench, Task("cancel", "subscription:1:cancel", service=first))
    answers = answers_of(first.vendor_ids["domain"])
    task = ordering(bench, reference="order:2:provision", answers=answers, vendor_ids=first.vendor_ids)
    second = service_of(task, finished(bench, task))
    assert first.vendor_ids["customer_id"] == second.vendor_ids["customer_id"]
    google = Google(bench.connection())
    with pytest.raises(Gone, match="was cancelled"):
        Subscription.of(google, first).living()
    bench.vendor.forget_subscription(subscription_id=first.vendor_ids["subscription_id"])
    finished(bench, Task("cancel", "subscription:1:cancel:again", service=first))
    assert [row["status"] for row in bench.vendor.subscriptions()] == ["ACTIVE"], "the second one runs on"


@pytest.mark.parametrize("way", ["forgotten", "taken_over"])
def test_what_is_gone_is_told_by_googles_own_word(bench: GSuiteBench, way: str) -> None:
    service = sold(bench)
    bench.lose(way)
    with pytest.raises(Gone) as gone:
        Subscription.of(Google(bench.connection()), service).living()
    sentence = {"forgotten": "has no subscription", "taken_over": "no customer of ours"}[way]
    assert sentence in str(gone.value)


def test_a_lost_purchase_is_looked_for_in_a_list_that_lags(bench: GSuiteBench) -> None:
    book, task = MemoryBook(), ordering(bench)
    bench.vendor.behave(list_lag_seconds=240)
    bench.vendor.fail("drop_after", method="POST", path="/subscriptions$")
    with pytest.raises(LostAnswer):
        once(bench, task, book)
    with pytest.raises(StillUnknown):
        once(bench, task, book)
    bench.advance(250)
    finished(bench, task, book)
    assert len(bench.vendor.subscriptions()) == 1


def test_a_service_without_a_subscription_is_cancelled_by_doing_nothing(bench: GSuiteBench) -> None:
    order = bench.order(reference="order:1:provision")
    done = finished(bench, Task("cancel", "subscription:1:cancel", service=Service({}, order.resources)))
    assert done.vendor_ids == {}
    assert bench.changing_calls() == 0
