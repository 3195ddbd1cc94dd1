"""What is sent when quantities and states change, and what Microsoft may answer."""

import pytest

from tests.vendors.contract import Held, work
from tests.vendors.office365.bench import E3, Office365Bench
from tests.vendors.office365.orders import (
    WITH_ADD_ON,
    an_order,
    change,
    provision,
    service_of,
)
from vendors.base import Done, Resource, Task


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
