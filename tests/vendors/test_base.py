"""The plain values of the contract: read from payloads as they are written down, and nothing invented."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from tests.vendors.memory import MemoryJournal, MemorySecrets
from vendors.base import Connection, Fact, Order, Party, Person, Resource, Service, VendorPlugin
from vendors.http import VendorSession

PAYLOAD = {
    "label": "Acme mail",
    "account": {
        "id": "12",
        "company": "Acme",
        "email": "office@acme.example",
        "country": "US",
        "contact": {"first_name": "Tania", "last_name": "Carr"},
    },
    "resources": {"seats": {"offer": "E3", "quantity": 5}},
    "answers": {"domain_prefix": "acme"},
    "options": {"billing_cycle": "annual"},
    "vendor_ids": {"customer_id": "c"},
}


def test_order_is_what_its_payload_says() -> None:
    assert Order.from_payload("order:17:provision", PAYLOAD) == Order(
        reference="order:17:provision",
        label="Acme mail",
        account=Party(
            id="12",
            company="Acme",
            email="office@acme.example",
            country="US",
            contact=Person(first_name="Tania", last_name="Carr"),
        ),
        resources={"seats": Resource("E3", 5)},
        answers={"domain_prefix": "acme"},
        options={"billing_cycle": "annual"},
        vendor_ids={"customer_id": "c"},
    )


def test_order_needs_only_label_account_and_resources() -> None:
    least = {name: PAYLOAD[name] for name in ("label", "account", "resources")}
    order = Order.from_payload("order:17:provision", least)
    assert (order.answers, order.options, order.vendor_ids) == ({}, {}, {})


def test_payload_without_a_member_that_is_needed_is_not_taken() -> None:
    with pytest.raises(KeyError, match="resources"):
        Order.from_payload("order:17:provision", {name: PAYLOAD[name] for name in ("label", "account")})


def test_service_is_what_its_payload_says() -> None:
    payload = {"vendor_ids": {"id": "1"}, "resources": {"seats": {"offer": "E3", "quantity": "5"}}, "label": "Mail"}
    assert Service.from_payload(payload) == Service({"id": "1"}, {"seats": Resource("E3", 5)}, "Mail")


def test_fact_is_titled_in_the_readers_language() -> None:
    fact = Fact("answer", "Yes", "42")  # a word that Django itself translates
    with translation.override("ru"):
        assert fact.title == "Да"


def test_empty_setting_means_its_default() -> None:
    session = VendorSession(MemoryJournal())
    connection = Connection({"a": "", "b": "x"}, MemorySecrets({}, session), session, datetime.now(UTC))
    assert [connection.setting(name, "default") for name in ("a", "b", "c")] == ["default", "x", "default"]


def test_plugin_without_its_duties_cannot_be_made() -> None:
    unfinished = type("Unfinished", (VendorPlugin,), {"slug": "unfinished", "name": "Unfinished"})
    with pytest.raises(TypeError, match="abstract methods"):
        unfinished()
