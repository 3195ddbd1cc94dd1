"""The way of an Office 365 service from order to end, step by step, on the sandbox over HTTP."""

from tests.vendors.contract import Held, work
from tests.vendors.office365.bench import E3, Office365Bench
from tests.vendors.office365.orders import (
    an_order,
    basic,
    change,
    provision,
    service_of,
)
from vendors.base import Resource, Task


def test_provisioning_goes_step_by_step_as_microsoft_wants_it(bench: Office365Bench) -> None:
    done = provision(bench, an_order())
    calls = [
        (call["method"], call["path"].removeprefix("/partnercenter/v1/").replace(done.vendor_ids["customer_id"], "{c}"))
        for call in bench.microsoft.requests_seen(path="/partnercenter/")
    ]
    changing = [call for call in calls if call[0] != "GET"]
    assert changing == [
        ("HEAD", "domains/acme.onmicrosoft.com"),
        ("POST", "validations/address"),
        ("POST", "customers"),
        ("POST", "customers/{c}/agreements"),
        ("POST", "customers/{c}/orders"),
    ]
    assert bench.held() == [Held(5, running=True)]


def test_result_names_ids_and_facts(bench: Office365Bench) -> None:
    done = provision(bench, an_order())
    (customer,) = bench.microsoft.world.store.all("customer")
    (order,) = bench.microsoft.world.store.all(f"order:{customer['id']}")
    subscription_id = order["lines"][0]["subscription"]
    assert done.vendor_ids == {
        "customer_id": customer["id"],
        "domain": "acme.onmicrosoft.com",
        "order_id.seats": order["id"],
        "subscription_id.seats": subscription_id,
    }
    assert [(fact.name, fact.value) for fact in done.facts] == [
        ("tenant_id", customer["id"]),
        ("domain", "acme.onmicrosoft.com"),
        ("subscription_id.seats", subscription_id),
        ("offer.seats", "Office 365 Enterprise E3"),
        ("order_id.seats", order["id"].upper()),
        ("status.seats", "active"),
        ("licences.seats", "5"),
    ]


def test_account_that_is_a_customer_already_is_not_made_again(bench: Office365Bench) -> None:
    first = provision(bench, an_order())
    again = provision(
        bench, an_order(reference="order:18:provision", vendor_ids=first.vendor_ids, answers={}, resources=basic(3))
    )
    assert again.vendor_ids["customer_id"] == first.vendor_ids["customer_id"]
    assert again.vendor_ids["subscription_id.seats"] != first.vendor_ids["subscription_id.seats"]
    assert bench.microsoft.counts() == {
        "customers": 1,
        "agreements": 1,
        "orders": 2,
        "subscriptions": 2,
        "users": 0,
    }


def test_stale_access_token_is_renewed_in_the_middle_and_nothing_is_done_twice(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    bench.secrets["access_token"] = "stale"
    change(bench, service, seats=8)
    assert bench.held() == [Held(8, running=True)]
    assert bench.secrets["access_token"] != "stale"


def test_the_status_that_is_told_follows_a_stop_and_an_activation(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    told = []
    for action in ("suspend", "resume", "cancel"):
        done = work(bench, Task(action, f"subscription:5:{action}", service=service))
        told.append([fact.value for fact in done.facts if fact.name == "status.seats"])
    assert told == [["suspended"], ["active"], ["suspended"]]
