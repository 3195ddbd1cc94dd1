"""The plugin beyond the contract suite: several tariffs, licences, what was changed by hand, another server."""

import json
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from sandbox.drweb import DrWeb as Vendor
from sandbox.wsgi import serve
from tests.vendors.contract import life, provisioning, work
from tests.vendors.drweb.bench import ACCOUNT, STANDARD, DrWebBench, provided
from tests.vendors.memory import MemoryBook
from vendors.base import Order, Resource, Service, Task
from vendors.errors import Gone, Misconfigured, Rejected

PREMIUM = "91644cc3-1dc1-42dc-a41e-5ea001f5538d"


def test_connection_tells_the_server_and_its_licence(bench: DrWebBench) -> None:
    bench.vendor.behave(licensed=7)
    details = bench.plugin.check_access(bench.connection()).details
    assert (details["licensed"], details["free"], details["version"]) == ("7", "7", "10.01.0.201707130")


def test_address_without_the_api_is_a_matter_of_settings(bench: DrWebBench) -> None:
    with pytest.raises(Misconfigured, match="There is no AV-Desk Web API"):
        bench.plugin.check_access(bench.connection(base_url=f"{bench.base_url}/elsewhere"))


def test_catalogue_is_the_tariffs(bench: DrWebBench) -> None:
    offers = {offer.id: offer.name for offer in bench.plugin.catalogue(bench.connection())}
    assert offers[STANDARD] == "Dr.Web Standard"
    assert len(offers) == 9


def an_order(**quantities: int) -> Order:
    tariffs = {"pcs": STANDARD, "servers": PREMIUM}
    resources = {key: Resource(tariffs[key], quantity) for key, quantity in quantities.items()}
    return Order("order:1:provision", "Acme", ACCOUNT, resources)


def test_resources_are_counted_apart_and_changed_apart(bench: DrWebBench) -> None:
    order = an_order(pcs=3, servers=2)
    done = work(bench, Task("provision", order.reference, order=order))
    service = Service(done.vendor_ids, order.resources, "Acme")
    assert bench.plugin.count(bench.connection(), service) == {"pcs": 3, "servers": 2}
    task = Task("change", "subscription:1:change:1", service=service, quantities={"pcs": 1, "servers": 4})
    work(bench, task)
    assert bench.plugin.count(bench.connection(), service) == {"pcs": 1, "servers": 4}
    names = sorted(row["name"] for row in bench.stations_of(service) if row["deleted"] is None)
    assert names == ["Acme 1", "Acme 4", "Acme 5", "Acme 6", "Acme 7"]
    rates = {row["name"]: row["rate"] for row in bench.stations_of(service)}
    assert (rates["Acme 1"], rates["Acme 7"]) == (STANDARD, PREMIUM)


def test_resource_without_units_stands_in_no_ones_way(bench: DrWebBench) -> None:
    order = an_order(pcs=2, servers=0)
    done = work(bench, Task("provision", order.reference, order=order))
    nothing = Service(done.vendor_ids, {"pcs": Resource(STANDARD, 2), "servers": Resource(PREMIUM, 0)}, "Acme")
    for action in ("suspend", "resume"):
        work(bench, Task(action, f"subscription:1:{action}:1", service=nothing))
    assert bench.plugin.count(bench.connection(), nothing) == {"pcs": 2, "servers": 0}


def test_licences_that_run_out_are_told_before_and_what_was_placed_stays(bench: DrWebBench) -> None:
    bench.vendor.behave(licensed=3)
    with pytest.raises(Rejected, match="has licences for 3 more stations only, and 5 are needed"):
        bench.plugin.validate_order(bench.connection(), bench.order(reference="order:1:provision", quantity=5))
    task, book = provisioning(bench, quantity=5), MemoryBook()
    with pytest.raises(Rejected, match="The number of licenses is exceeded"):
        work(bench, task, book)
    assert bench.vendor.counts()["stations"] == 3
    bench.vendor.behave(licensed=5)
    work(bench, task, book)
    assert bench.vendor.counts()["stations"] == 5


def test_change_beyond_the_licences_is_told_before(bench: DrWebBench) -> None:
    service = provided(bench, 5)
    bench.vendor.behave(licensed=7)
    bench.plugin.check(bench.connection(), service, {"stations": 7})
    bench.plugin.check(bench.connection(), service, {"stations": 1})
    with pytest.raises(Rejected, match="has licences for 2 more stations only, and 3 are needed"):
        bench.plugin.check(bench.connection(), service, {"stations": 8})


def test_tariff_that_is_gone_is_named(bench: DrWebBench) -> None:
    order = replace(bench.order(reference="order:1:provision", quantity=1), resources={"pcs": Resource("gone", 1)})
    with pytest.raises(Rejected, match="AV-Desk does not know the product gone"):
        bench.plugin.validate_order(bench.connection(), order)


def test_count_tells_what_was_done_by_hand_and_a_change_mends_it(bench: DrWebBench) -> None:
    service = provided(bench, 5)
    bench.vendor.delete_stations(keep=4)
    assert bench.plugin.count(bench.connection(), service) == {"stations": 4}
    work(bench, life(bench, "change", service, quantity=6))
    assert bench.plugin.count(bench.connection(), service) == {"stations": 6}
    (user,) = {row["user_id"] for row in bench.stations_of(service)}
    bench.vendor.add_station(user=user)
    assert bench.plugin.count(bench.connection(), service) == {"stations": 7}


def test_another_server_at_the_address_does_not_make_a_service_gone(bench: DrWebBench) -> None:
    service = provided(bench, 5)
    other = replace(service, vendor_ids={**service.vendor_ids, "server_id": "another"})
    bench.vendor.delete_stations()
    with pytest.raises(Misconfigured, match="is another AV-Desk server than the one"):
        work(bench, life(bench, "suspend", other))
    with pytest.raises(Gone):
        bench.plugin.facts(bench.connection(), service)


def test_worker_that_dies_after_the_end_does_not_tell_that_nothing_was_there(bench: DrWebBench) -> None:
    service = provided(bench, 2)
    book = MemoryBook(dies_after=6)  # the last note: the group's end
    work(bench, life(bench, "cancel", service), book)
    assert book.saves >= 6
    assert book.notes == []
    assert bench.vendor.counts() == {"groups": 0, "stations": 0, "blocked": 0, "deleted": 2}


def test_two_installations_do_not_take_each_others_stations(bench: DrWebBench, settings: Settings) -> None:
    ours = provided(bench, 1)
    settings.BASE_URL = "https://another.example"
    theirs = provided(bench, 1)
    assert ours.vendor_ids["group_id"] != theirs.vendor_ids["group_id"]
    assert bench.vendor.counts()["stations"] == 2


def test_results_of_steps_are_small_json(bench: DrWebBench) -> None:
    book = MemoryBook()
    work(bench, provisioning(bench, quantity=5), book)
    assert all(len(json.dumps(call.result)) < 200 for call in book.steps.values())


def test_no_server_is_reached_that_is_not_in_the_settings(bench: DrWebBench) -> None:
    with serve(Vendor()) as other:
        bench.plugin.check_access(bench.connection(base_url=other.base_url))
    assert bench.vendor.requests_seen() == []
