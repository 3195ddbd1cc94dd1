"""What is sent when quantities and states change, and what Microsoft may answer."""

import pytest

from tests.vendors.contract import Held, work
from tests.vendors.memory import MemoryBook
from tests.vendors.microsoft.test_agreements import NEW, ended, looked, ordering, waits
from tests.vendors.office365.bench import E3, Office365Bench
from tests.vendors.office365.orders import (
    WITH_ADD_ON,
    an_order,
    change,
    provision,
    service_of,
)
from vendors.base import Done, Resource, Task, Verdict
from vendors.microsoft.plugin import partner_center_of


def test_resource_lowered_to_nothing_is_suspended_and_comes_back(bench: Office365Bench) -> None:
    resources = {"seats": Resource(E3, 5)}
    service = service_of(provision(bench, an_order()), resources)
    change(bench, service, seats=0)
    assert bench.held() == [Held(5, running=False)]
    change(bench, service_of(Done(service.vendor_ids), {"seats": Resource(E3, 0)}), "order:19:change", seats=7)
    assert bench.held() == [Held(7, running=True)]


def test_change_that_is_only_accepted_is_waited_for(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    bench.microsoft.fail("accepted", method="PATCH", reads=2)
    done = change(bench, service, seats=8)
    assert bench.held() == [Held(8, running=True)]
    assert ("licences.seats", "8") in [(fact.name, fact.value) for fact in done.facts]


def test_change_of_a_stale_version_is_read_and_sent_again_with_a_new_id(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    bench.microsoft.fail("stale_etag", method="PATCH")
    change(bench, service, seats=8)
    patches = bench.microsoft.requests_seen(method="PATCH")
    assert [call["status"] for call in patches] == [400, 200]
    assert patches[0]["request_id"] != patches[1]["request_id"]
    assert bench.held() == [Held(8, running=True)]


def test_change_sends_the_whole_resource_under_its_version(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    bench.microsoft.forget_requests()
    change(bench, service, seats=8)
    (patch,) = bench.microsoft.requests_seen(method="PATCH")
    assert patch["headers"]["if-match"] == f'"{patch["body"]["attributes"]["etag"]}"'
    assert (patch["body"]["quantity"], patch["body"]["offerId"], patch["body"]["status"]) == (8, E3, "active")


def test_answers_in_pascal_case_are_understood(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    bench.microsoft.behave(pascal_case_patch_answers=True)
    change(bench, service, seats=8)
    assert bench.held() == [Held(8, running=True)]


def test_cancelled_service_is_suspended_and_does_not_renew(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    work(bench, Task("cancel", "subscription:5:cancel:1", service=service))
    (customer,) = bench.microsoft.world.store.all("customer")
    (row,) = bench.microsoft.world.store.all(f"subscription:{customer['id']}")
    assert (row["status"], row["auto_renew"]) == ("suspended", False)


def test_base_and_add_on_are_suspended_and_come_back_in_the_order_microsoft_demands(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order(resources=WITH_ADD_ON)), WITH_ADD_ON)
    work(bench, Task("suspend", "subscription:5:suspend:1", service=service))
    assert [held.running for held in bench.held()] == [False, False]
    work(bench, Task("resume", "subscription:5:resume:1", service=service))
    assert [held.running for held in bench.held()] == [True, True]


@pytest.mark.parametrize("body", [{}, [], None, "text", {"quantity": "many"}, {"status": 5}, {"quantity": 5}], ids=str)
def test_changed_subscription_of_another_shape_is_read_by_its_id_and_not_changed_twice(
    bench: Office365Bench, body: object
) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    bench.microsoft.forget_requests()
    bench.microsoft.fail("odd_after", method="PATCH", body=body)
    change(bench, service, seats=8)
    assert bench.held() == [Held(8, running=True)]
    assert len(bench.microsoft.requests_seen(method="PATCH")) == 1


@pytest.mark.parametrize("days", [1, 8])
def test_cancellation_gives_back_inside_the_window_and_ends_with_the_term_after_it(
    bench: Office365Bench, days: int
) -> None:
    """Both were suspended, which Microsoft goes on billing."""
    book, task = MemoryBook(), ordering()
    waits(looked(bench, task, book))
    bench.act()
    service = service_of(ended(bench, task, book), NEW)
    bench.advance(days * 86_400)
    cancel = Task("cancel", "subscription:1:cancel", service=service)
    bench.microsoft.fail("drop_after", method="PATCH", path="/subscriptions/")
    facts = {fact.name: fact.value for fact in work(bench, cancel).facts}
    (customer,) = bench.microsoft.world.store.all("customer")
    path = f"customers/{customer['id']}/subscriptions/{service.vendor_ids['subscription_id.seats']}"
    told = partner_center_of(bench.connection()).read(path).body
    if days == 1:
        assert (facts, told["status"]) == ({"status.seats": "deleted", "ends_on.seats": ""}, "deleted")
        return
    assert facts == {"status.seats": "active", "ends_on.seats": str(told["commitmentEndDate"])[:10]}
    assert told["autoRenewEnabled"] is False
    assert told["scheduledActions"][0]["actionType"] == "Cancel"
    assert bench.plugin.probe(bench.connection(), cancel).verdict is Verdict.DONE
    assert bench.held() == [Held(5, running=True)]
    bench.microsoft.advance(days=367)
    assert not any(held.running for held in bench.held())
