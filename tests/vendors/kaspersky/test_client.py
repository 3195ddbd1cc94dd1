"""How Kaspersky's answers are read: its own words, and those of whatever stands in between."""

from typing import Any

import pytest

from sandbox.kaspersky.tls import UNKNOWN_FILE
from tests.vendors.kaspersky.bench import CHANGING, DETAILS, KasperskyBench
from vendors.errors import LostAnswer, Misconfigured, NotFound, NotYet, Rejected, Transient, VendorError
from vendors.kaspersky.client import NOBODY, Korm, NotAnswering


@pytest.mark.parametrize(
    ("fault", "details", "meant"),
    [
        ("refused", {"text": "Not today."}, Rejected),
        ("refused", {"status": 403}, Misconfigured),
        ("not_found", {}, NotFound),
        ("no_route", {}, NotAnswering),
        ("conflict", {"status": 423}, NotYet),
        ("throttle", {}, Transient),
        ("gateway_before", {"status": 404}, LostAnswer),
        ("gateway_before", {"body": {"message": "Forbidden"}}, LostAnswer),
        ("raw", {"text": "<html>"}, LostAnswer),
        ("raw", {"text": '["made"]'}, LostAnswer),
        ("raw", {"text": '{"SubscriptionId": "x"}'}, LostAnswer),
        ("error_before", {}, LostAnswer),
    ],
)
def test_what_answers_a_change(
    bench: KasperskyBench, fault: str, details: dict[str, Any], meant: type[VendorError]
) -> None:
    bench.vendor.fail(fault, path=CHANGING, **details)
    with pytest.raises(meant) as trouble:
        Korm(bench.connection()).send("hardcancel", NOBODY)
    assert type(trouble.value) is meant
    assert str(trouble.value)


@pytest.mark.parametrize(
    ("fault", "details", "meant"),
    [
        ("refused", {"text": "Not today."}, Rejected),
        ("no_route", {}, NotAnswering),
        ("redirect_after", {}, NotAnswering),
        ("gateway_before", {"status": 403}, NotAnswering),
        ("raw", {"text": "<html>"}, NotAnswering),
        ("raw", {"text": "{}"}, NotAnswering),
        ("raw", {"text": '{"Status": ["Active"]}'}, NotAnswering),
        ("raw", {"text": '{"Status": "Active", "SubscriptionId": "x"}'}, NotAnswering),
    ],
)
def test_what_answers_a_read(
    bench: KasperskyBench, fault: str, details: dict[str, Any], meant: type[VendorError]
) -> None:
    bench.vendor.fail(fault, path=DETAILS, times=9, **details)
    with pytest.raises(meant) as trouble:
        Korm(bench.connection()).details(NOBODY)
    assert type(trouble.value) is meant


def test_details_are_read_with_what_is_told(bench: KasperskyBench) -> None:
    korm = Korm(bench.connection())
    order = {"BillingPlan": "Monthly", "Sku": "KL48633A*MG", "Quantity": 7}
    customer = {"Contacts": {"CompanyName": "A"}, "Address": {"Country": "USA"}}
    number = korm.send("create", **order, Customer=customer)["SubscriptionId"]
    details = korm.details(number.upper())
    assert (details.state, details.quantity, details.sku, details.period) == ("Active", 7, "KL48633A*MG", "Paid")
    assert (details.runs, details.is_over, details.is_free, details.code) == (True, False, False, "")
    bench.vendor.behave(details_tell=["ActivationCode"])
    bare = korm.details(number)
    assert (bare.quantity, bare.sku, bare.license_id) == (None, "", "")
    assert bare.code == bench.vendor.subscriptions()[0]["ActivationCode"]
    bench.vendor.behave(empty_success=True)
    assert korm.send("hardcancel", number) == {}
    assert korm.details(number).is_over


def test_the_journal_keeps_no_code_and_no_certificate(bench: KasperskyBench) -> None:
    bench.vendor.behave(details_tell=["ActivationCode"])
    korm = Korm(bench.connection())
    customer = {"Contacts": {"CompanyName": "A"}, "Address": {"Country": "USA"}}
    made = korm.send("create", BillingPlan="Monthly", Sku="KL48633A*MG", Quantity=7, Customer=customer)
    korm.details(made["SubscriptionId"])
    written = repr(bench.journal.exchanges)
    assert made["SubscriptionId"] in written
    assert [secret for secret in bench.secret_values() if secret in written] == []


def test_reaching_needs_a_partners_certificate(bench: KasperskyBench) -> None:
    assert Korm(bench.connection()).reach() == "Subscription was not found."
    bench.vendor.behave(unknown_status=400)
    assert Korm(bench.connection()).reach() == "Subscription was not found."
    with pytest.raises(Misconfigured, match="certificate"):
        Korm(bench.opened(UNKNOWN_FILE)).reach()
