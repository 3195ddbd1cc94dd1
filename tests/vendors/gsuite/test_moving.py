"""From plan to plan: out of a trial, into a year, and what happens when the year ends."""

from dataclasses import replace

import pytest

from tests.sandbox.google.asking import STARTER
from tests.vendors.gsuite.bench import GSuiteBench, domain_of
from tests.vendors.gsuite.working import REFERENCE, change, finished, once, sold, switching, with_plan
from tests.vendors.memory import MemoryBook
from vendors.base import Resource, Task
from vendors.errors import LostAnswer, Rejected, Transient

DOMAIN = domain_of(REFERENCE)
YEAR = 366 * 86_400


@pytest.mark.parametrize("plan", ["FLEXIBLE", "ANNUAL_MONTHLY_PAY", "ANNUAL_YEARLY_PAY"])
def test_a_trial_becomes_what_is_paid_at_once_with_its_seats(bench: GSuiteBench, plan: str) -> None:
    service = sold(bench, "TRIAL")
    to = with_plan(service, plan, 12)
    bench.plugin.may_switch(bench.connection(), service, to)
    finished(bench, switching(service, to))
    (row,) = bench.vendor.subscriptions()
    assert (row["plan"], row["seats"], row["status"]) == (plan, 12, "ACTIVE")


@pytest.mark.parametrize("path", ["/changePlan$", "/startPaidService$"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_lost_answer_on_the_way_is_no_harm(bench: GSuiteBench, path: str, kind: str) -> None:
    service, book = sold(bench, "TRIAL"), MemoryBook()
    task = switching(service, with_plan(service, "ANNUAL_YEARLY_PAY", 12))
    bench.vendor.fail(kind, path=path)
    with pytest.raises((LostAnswer, Transient)):
        once(bench, task, book)
    finished(bench, task, book)
    (row,) = bench.vendor.subscriptions()
    assert (row["plan"], row["seats"]) == ("ANNUAL_YEARLY_PAY", 12)


def test_the_id_that_comes_with_another_plan_is_told(bench: GSuiteBench) -> None:
    bench.vendor.behave(changes_ids=True)
    service = sold(bench)
    done = finished(bench, switching(service, with_plan(service, "ANNUAL_MONTHLY_PAY", 5)))
    (row,) = bench.vendor.subscriptions()
    assert done.vendor_ids["subscription_id"] == row["id"] != service.vendor_ids["subscription_id"]


def test_ways_that_google_does_not_lead(bench: GSuiteBench) -> None:
    service = sold(bench, "ANNUAL_MONTHLY_PAY")
    for plan in ("FLEXIBLE", "TRIAL", "ANNUAL_YEARLY_PAY"):
        with pytest.raises(Rejected, match="does not change the plan"):
            bench.plugin.may_switch(bench.connection(), service, with_plan(service, plan))
    other = replace(with_plan(service, "ANNUAL_MONTHLY_PAY"), resources={"seats": Resource("1010020028", 5)})
    with pytest.raises(Rejected, match="another product"):
        bench.plugin.may_switch(bench.connection(), service, other)


def test_fewer_seats_than_are_in_use_move_nowhere(bench: GSuiteBench) -> None:
    service = sold(bench)
    bench.vendor.use(domain=DOMAIN, sku=STARTER, users=4)
    with pytest.raises(Rejected, match="Enter 4 or more"):
        bench.plugin.may_switch(bench.connection(), service, with_plan(service, "ANNUAL_MONTHLY_PAY", 3))


def test_fewer_seats_come_with_the_next_year_by_way_of_the_flexible_plan(bench: GSuiteBench) -> None:
    service = replace(sold(bench, "ANNUAL_MONTHLY_PAY"), at_end="renews", next_units={"seats": 3})
    finished(bench, Task("arrange", "order:9:arrange", service=service))
    assert bench.vendor.subscriptions()[0]["renewal"] == "SWITCH_TO_PAY_AS_YOU_GO"
    bench.advance(YEAR)
    assert bench.vendor.subscriptions()[0]["plan"] == "FLEXIBLE"
    finished(bench, change(replace(service, next_units={}), 3))
    (row,) = bench.vendor.subscriptions()
    assert (row["plan"], row["seats"], row["renewal"]) == ("ANNUAL_MONTHLY_PAY", 3, "AUTO_RENEW_MONTHLY_PAY")


def test_the_end_of_a_year_is_arranged_once(bench: GSuiteBench) -> None:
    service = replace(sold(bench, "ANNUAL_YEARLY_PAY", options={"end_of_term": "ends"}), at_end="ends")
    assert bench.vendor.subscriptions()[0]["renewal"] == "CANCEL"
    sent = bench.changing_calls()
    finished(bench, Task("arrange", "subscription:1:arrange:1", service=service))
    assert bench.changing_calls() == sent
    finished(bench, Task("arrange", "subscription:1:arrange:2", service=replace(service, at_end="renews")))
    assert bench.vendor.subscriptions()[0]["renewal"] == "AUTO_RENEW_YEARLY_PAY"
    flexible = sold(bench, reference="order:2:provision")
    finished(bench, Task("arrange", "subscription:2:arrange", service=replace(flexible, at_end="ends")))
