"""The G Suite plugin as the platform asks it."""

from dataclasses import replace

import pytest

from tests.sandbox.google.asking import STARTER
from tests.vendors.gsuite.bench import GSuiteBench, answers_of, domain_of
from tests.vendors.gsuite.working import REFERENCE, finished, once, ordering, service_of, sold, switching, with_plan
from vendors.base import Resource, Task, Verdict
from vendors.errors import Misconfigured, Rejected


def test_the_check_of_a_connection_says_who_we_are(bench: GSuiteBench) -> None:
    access = bench.plugin.check_access(bench.connection())
    assert access.details["administrator"] == "admin@reseller.example"
    bench.vendor.behave(api_enabled=False)
    with pytest.raises(Misconfigured, match="Enable the API"):
        bench.plugin.check_access(bench.connection())


def test_a_template_sells_what_google_sells(bench: GSuiteBench) -> None:
    bench.plugin.validate_template(bench.connection(), {"seats": STARTER}, {"plan": "FLEXIBLE"})
    with pytest.raises(Rejected, match="sells no “x”"):
        bench.plugin.validate_template(bench.connection(), {"seats": STARTER, "more": "x"}, {})


def test_stop_and_start_leave_what_google_itself_has_against_it(bench: GSuiteBench) -> None:
    task = ordering(bench)
    service = service_of(task, once(bench, task))
    finished(bench, Task("suspend", "subscription:1:suspend", service=service))
    finished(bench, Task("resume", "subscription:1:resume", service=service))
    (row,) = bench.vendor.subscriptions()
    assert row["reasons"] == ["PENDING_TOS_ACCEPTANCE"]


def test_add_ons_that_stand_in_the_way_are_named_by_google(bench: GSuiteBench) -> None:
    service = sold(bench)
    customer = service.vendor_ids["customer_id"]
    more = {"resources": {"seats": Resource("Google-Vault", 5)}, "answers": answers_of(domain_of(REFERENCE))}
    task = ordering(bench, reference="order:2:provision", vendor_ids=service.vendor_ids, **more)
    assert finished(bench, task).vendor_ids["customer_id"] == customer
    with pytest.raises(Rejected, match="Cancel Vault"):
        once(bench, Task("suspend", "subscription:1:suspend", service=service))


def test_probes_of_what_the_suite_does_not_ask(bench: GSuiteBench) -> None:
    service = sold(bench)
    switch = switching(service, with_plan(service, "ANNUAL_MONTHLY_PAY"))
    assert bench.plugin.probe(bench.connection(), switch).verdict is Verdict.NOT_DONE
    finished(bench, switch)
    probe = bench.plugin.probe(bench.connection(), switch)
    assert probe.verdict is Verdict.DONE
    arrange = Task("arrange", "subscription:1:arrange", service=replace(service, at_end="ends"))
    assert bench.plugin.probe(bench.connection(), arrange).verdict is Verdict.NOT_DONE
    finished(bench, arrange)
    assert bench.plugin.probe(bench.connection(), arrange).verdict is Verdict.DONE


def test_people_are_told_what_stopping_and_deleting_mean(bench: GSuiteBench) -> None:
    assert "rest of the year" in bench.plugin.notices("cancel")[0]
    assert bench.plugin.notices("suspend")
    assert bench.plugin.notices("change") == ()


def test_an_unknown_action_is_a_fault_of_ours(bench: GSuiteBench) -> None:
    with pytest.raises(ValueError, match="no action"):
        bench.plugin.act(bench.connection(), sold(bench), "other")
