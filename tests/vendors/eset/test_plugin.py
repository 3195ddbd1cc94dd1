"""The plugin beside its contract: connection, catalogue, facts, trials and other plans, what is said of the rule."""

from dataclasses import replace

import pytest

from tests.vendors.contract import life, provisioning, work
from tests.vendors.eset.bench import ACCOUNT, ENDPOINT, NOD32, SERVER, EsetBench, parked_after, provided
from tests.vendors.memory import MemoryBook
from vendors.base import Effective, Order, Resource, Service, Task
from vendors.errors import Misconfigured, Rejected, sentence


def facts(bench: EsetBench, service: Service) -> dict[str, str]:
    return {fact.name: fact.value for fact in bench.plugin.facts(bench.connection(), service)}


def switched(service: Service, product: str = NOD32, quantity: int = 5, **options: str) -> Task:
    """Return the task to switch a service to another plan's product, units and type of licence."""
    to = Service(service.vendor_ids, {"units": Resource(product, quantity)}, service.label, options)
    return Task("switch", f"order:{product}:{quantity}:switch", service=service, to=to)


def test_access_names_who_we_are_and_a_wrong_address_is_told_apart(bench: EsetBench) -> None:
    told = bench.plugin.check_access(bench.connection()).details
    assert (told["user"], told["company"]) == ("api@msp.example", "Brokerage MSP")
    assert bench.plugin.check_access(bench.connection(base_url=f"{bench.base_url}/api/")).details == told
    bench.secrets["password"] = "wrong, while the tokens are still good"
    with pytest.raises(Misconfigured):
        bench.plugin.check_access(bench.connection())
    bench.vendor.fail("gateway_before", times=9, status=404)
    with pytest.raises(Misconfigured):
        bench.plugin.check_access(bench.connection())


def test_an_account_without_rights_to_licences_does_not_pass_the_check(bench: EsetBench) -> None:
    bench.vendor.behave(rights=False)
    with pytest.raises(Misconfigured) as trouble:
        bench.plugin.check_access(bench.connection())
    assert trouble.value.code == "no_rights"


def test_products_are_those_that_are_named_and_those_of_licences_that_are_there(bench: EsetBench) -> None:
    provided(bench)
    typed = f"{SERVER} ESET Server Security\n\n  {ENDPOINT}  \n"
    offers = {offer.id: offer.name for offer in bench.plugin.catalogue(bench.connection(products=typed))}
    assert offers == {
        SERVER: "ESET Server Security",
        ENDPOINT: ENDPOINT,
        NOD32: "ESET NOD32 Antivirus Business Edition",
    }


def test_one_service_is_of_one_product(bench: EsetBench) -> None:
    two = {"units": Resource(NOD32, 1), "servers": Resource(SERVER, 1)}
    order = replace(bench.order(reference="order:1:provision", quantity=1), resources=two)
    with pytest.raises(Rejected) as refusal:
        bench.plugin.validate_order(bench.connection(), replace(order, account=replace(ACCOUNT, city="")))
    assert [problem.field for problem in refusal.value.problems] == ["city", ""]
    with pytest.raises(Rejected):
        bench.plugin.validate_template(bench.connection(), {"units": NOD32, "servers": SERVER}, {})
    with pytest.raises(Rejected):
        work(bench, Task("provision", order.reference, order=order))
    bench.plugin.validate_template(bench.connection(), {"units": NOD32}, {})
    bench.plugin.validate_order(bench.connection(), bench.order(reference="order:1:provision", quantity=1))


def test_units_activated_are_shown_beside_those_that_are_billed_and_too_many_alarm(bench: EsetBench) -> None:
    service = provided(bench)
    bench.vendor.use(units=3)
    told = facts(bench, service)
    assert (told["ordered"], told["activated"], told["state"], told["trial_until"]) == ("5", "3", "Normal", "")
    assert told["licence_id"] == service.vendor_ids["licence_id"]
    bench.vendor.use(units=7)
    seen = bench.plugin.observe(bench.connection(), service)
    (alarming,) = [fact for fact in seen.facts if fact.alarm]
    assert alarming.value == "Error"
    assert sentence(alarming.alarm, dict(alarming.alarm_values)).startswith("7 units of the licence ")
    assert bench.plugin.count(bench.connection(), service) == {"units": 5}


def test_a_trial_becomes_a_full_licence_under_another_id(bench: EsetBench) -> None:
    service = provided(bench, licence="trial")
    assert facts(bench, service)["trial_until"]
    task = switched(service, quantity=7)
    assert task.to is not None
    bench.plugin.may_switch(bench.connection(), service, task.to)
    done = work(bench, task)
    assert done.vendor_ids["licence_id"] != service.vendor_ids["licence_id"]
    (held,) = bench.held()
    assert (held.quantity, held.running, held.costs) == (7, True, True)
    assert work(bench, task).vendor_ids == done.vendor_ids
    there = replace(service, vendor_ids=done.vendor_ids, options={})
    work(bench, life(bench, "change", there, quantity=9))
    assert facts(bench, there)["trial_until"] == ""


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "unreadable_after", "odd_after", "anothers_after"])
@pytest.mark.parametrize("keeps", [True, False])
def test_a_conversion_is_carried_out_once_whatever_is_lost(bench: EsetBench, kind: str, keeps: bool) -> None:
    service = provided(bench, licence="trial")
    bench.vendor.behave(key_changes=not keeps, list_lag_seconds=60)
    bench.vendor.fail(kind, path="/ConvertToFull")
    done = work(bench, switched(service, quantity=7))
    (row,) = bench.vendor.world.licences()
    assert (row["key"], row["quantity"], row["type"]) == (done.vendor_ids["licence_id"], 7, 1)
    assert (row["key"] == service.vendor_ids["licence_id"]) is keeps


def test_a_trial_that_was_converted_and_is_nowhere_is_parked(bench: EsetBench) -> None:
    service, book = provided(bench, licence="trial"), MemoryBook()
    task = switched(service)
    bench.vendor.fail("drop_after", path="/ConvertToFull")
    parked = parked_after(bench, task, book)
    assert parked.told == (("licence_id", "Public licence ID"),)
    assert service.vendor_ids["licence_id"] in str(parked)
    bench.vendor.heal()
    (row,) = bench.vendor.world.licences()
    assert work(bench, task, book).vendor_ids["licence_id"] == row["key"]


def test_another_product_is_made_of_a_full_licence_and_what_esets_has_no_call_for_is_refused(bench: EsetBench) -> None:
    service = provided(bench)
    work(bench, switched(service, ENDPOINT, 6))
    assert facts(bench, service)["product"] == "ESET Endpoint Security"
    assert bench.held()[0].quantity == 6
    trial = provided(bench, reference="order:2:provision", licence="trial")
    impossible = (
        (service, switched(service, ENDPOINT, licence="trial")),
        (trial, switched(trial, ENDPOINT)),
    )
    for of, task in impossible:
        assert task.to is not None
        with pytest.raises(Rejected) as refusal:
            bench.plugin.may_switch(bench.connection(), of, task.to)
        assert refusal.value.field == "plan"
        with pytest.raises(Rejected):
            work(bench, task)
    work(bench, life(bench, "suspend", service))
    with pytest.raises(Rejected):
        work(bench, switched(replace(service, resources={"units": Resource(ENDPOINT, 6)}), SERVER))


def test_what_the_rule_and_the_deeds_come_to_is_said(bench: EsetBench) -> None:
    rule = bench.plugin.change_rule({})
    assert (rule.a_day, rule.zone, rule.raise_from) == (1, "Europe/Bratislava", Effective.NEXT_DAY)
    assert "day on which a licence is suspended" in bench.plugin.notices("suspend")[0]
    assert "suspended there and no longer billed" in bench.plugin.notices("cancel")[0]
    assert bench.plugin.notices("switch")
    assert bench.plugin.notices("change") == ()


def test_a_cancelled_licence_is_billed_for_that_day_and_the_product_can_be_ordered_again(bench: EsetBench) -> None:
    bench.now = bench.now.replace(month=11, day=10, hour=12)
    bench.vendor.set_clock(at=bench.now.isoformat(), stopped=True)
    first = provided(bench, 5)
    bench.advance(86400)
    work(bench, life(bench, "cancel", first))
    bench.advance(86400)
    again = provided(bench, 3, reference="order:2:provision")
    bench.advance(86400)
    assert again.vendor_ids["company_id"] != first.vendor_ids["company_id"]
    assert [(row["day"], row["seats"]) for row in bench.vendor.billed()] == [("2026-11-11", 5), ("2026-11-13", 3)]


def test_refusals_of_an_order_are_told_with_what_to_do(bench: EsetBench) -> None:
    bench.vendor.behave(terms_accepted=False)
    task, book = provisioning(bench), MemoryBook()
    with pytest.raises(Rejected) as refusal:
        work(bench, task, book)
    assert "accept them" in str(refusal.value)
    bench.vendor.behave(terms_accepted=True)
    work(bench, task, book)
    assert bench.vendor.counts() == {"companies": 1, "licences": 1, "suspended": 0, "seats": 5}
    order = Order("order:9:provision", "x", ACCOUNT, {"units": Resource("999", 1)})
    with pytest.raises(Rejected) as unknown:
        work(bench, Task("provision", order.reference, order=order))
    assert unknown.value.code == "8/27"
