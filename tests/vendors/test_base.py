"""The plain values of the contract: read from payloads as they are written down, and nothing invented."""

import re
from datetime import UTC, datetime
from importlib import import_module
from inspect import isabstract
from pathlib import Path

import pytest
from django.utils import translation

from tests.vendors.memory import MemoryJournal, MemorySecrets
from vendors import capabilities
from vendors.base import Connection, Fact, FieldKind, Order, Party, Person, Resource, Service, VendorPlugin
from vendors.capabilities import NeedsConsent
from vendors.http import VendorSession
from vendors.registry import plugins_with

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "vendor_plugins.md").read_text()
CAPABILITIES = [
    kind for kind in vars(capabilities).values() if isabstract(kind) and kind.__module__ == capabilities.__name__
]
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


def test_guide_names_all_that_a_plugin_can_say_and_has_to_do() -> None:
    """Seen before: COUNTRY, portal, MetersUsage, ImportsServices and SellsProducts were missing."""
    said = set(re.findall(r"`+(?:[A-Za-z]+\.)?(\w+)", GUIDE))
    own = {name for name in (*vars(VendorPlugin), *VendorPlugin.__annotations__) if not name.startswith("_")}
    wanted = {kind.name for kind in FieldKind} | own | {kind.__name__ for kind in CAPABILITIES}
    assert len(wanted) > 20
    in_the_example = {name for name in wanted if f"    {name} = " in GUIDE}
    assert sorted(wanted - said - in_the_example) == []


def test_guide_names_the_pages_that_a_plugin_with_a_consent_needs() -> None:
    """Seen before: none of them, and nothing of GRANT_NOW, without which a saved connection led to an error page."""
    (part,) = re.findall(r"its `urls` must name three:.*?\n\n", GUIDE, re.DOTALL)
    for plugin in plugins_with(NeedsConsent):
        module = import_module(plugin.urls)
        for pattern in module.urlpatterns:
            assert f"`{pattern.name}`" in part
    assert "GRANT_NOW" in part
