"""Plugins are found in installed apps and through entry points, and asked for by slug or by what they can do."""

import contextlib
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.vendors.installing import example_installed
from vendors.base import Support, VendorPlugin
from vendors.capabilities import NeedsConsent, OffersActions
from vendors.fields import SECRET_KINDS, Field, FieldKind
from vendors.registry import (
    UnknownPlugin,
    installed_plugin,
    plugin_for,
    plugins,
    plugins_with,
    refuse_wrong_settings,
    register,
)

OURS = sorted(app.rpartition(".")[2] for app in settings.VENDOR_PLUGINS)


def test_installed_apps_bring_their_plugins() -> None:
    assert {plugin.slug for plugin in plugins()} >= {*OURS}


def test_package_with_an_entry_point_brings_its_plugin() -> None:
    with example_installed():
        slugs = [plugin.slug for plugin in plugins()]
        assert slugs == sorted(slugs)
        assert {*slugs} >= {"example", *OURS}
        assert plugin_for("example").name == "Example Backup"


def test_plugin_that_is_not_installed_is_named() -> None:
    with pytest.raises(UnknownPlugin, match="No vendor plugin 'fax' is installed; installed: ") as unknown:
        installed_plugin("fax")
    named = str(unknown.value)
    assert [slug for slug in OURS if f"'{slug}'" in named] == OURS


def test_plugins_are_asked_for_by_capability() -> None:
    with example_installed():
        assert [plugin.slug for plugin in plugins_with(NeedsConsent)] == ["office365"]
        assert "example" in [plugin.slug for plugin in plugins_with(OffersActions)]


def test_two_classes_under_one_slug_are_a_mistake() -> None:
    office365 = type(plugin_for("office365"))
    assert register(office365) is office365
    double = type("Double", (office365,), {})
    with pytest.raises(ValueError, match="Two vendor plugins are called 'office365'"):
        register(double)
    assert type(plugin_for("office365")) is office365


@pytest.mark.parametrize(("support", "missing"), [(Support(), "change"), (Support(change=False), "suspend")])
def test_class_that_says_it_supports_what_it_does_not_do_is_a_mistake(support: Support, missing: str) -> None:
    idle = type("Idle", (VendorPlugin,), {"slug": "idle", "support": support})
    with pytest.raises(ValueError, match=f"has no method '{missing}'"):
        register(idle)


@pytest.mark.parametrize("place", ["order_fields", "template_fields"])
@pytest.mark.parametrize("kind", sorted(SECRET_KINDS))
def test_a_secret_that_would_stand_in_addresses_and_rows_is_a_mistake(place: str, kind: FieldKind) -> None:
    asking = {place: (Field("pin", "PIN", kind),), "slug": "asking", "support": Support(change=False, suspend=False)}
    with pytest.raises(ValueError, match="asks for the secret 'pin'"):
        register(type("Asking", (VendorPlugin,), asking))


def test_contract_stays_small() -> None:
    methods = [name for name, value in vars(VendorPlugin).items() if callable(value) and not name.startswith("_")]
    assert len(methods) < 16


@pytest.mark.parametrize(
    ("given", "production", "wrong"),
    [
        ({"offce365": 1200}, False, "offce365"),
        ({"office365": 1199}, True, "below 1200 seconds"),
        ({"office365": 0}, True, "below 1200 seconds"),
        ({"office365": 1200}, True, ""),
        ({"office365": 5}, False, ""),
    ],
)
def test_how_long_vendors_may_lag_is_said_of_plugins_that_there_are_and_not_shortened(
    given: dict[str, int], production: bool, wrong: str, settings: Any
) -> None:
    """A misspelt name was passed over; a lag of nothing let production buy twice."""
    settings.VENDOR_VISIBLE_AFTER, settings.PRODUCTION = given, production
    with pytest.raises(ImproperlyConfigured, match=wrong) if wrong else contextlib.nullcontext():
        refuse_wrong_settings()


@pytest.mark.parametrize("wrong", [{"offce365": {}}, {"office365": {"login_url": "https://login"}}])
def test_defaults_of_connections_are_of_plugins_and_fields_that_there_are(wrong: dict[str, Any], settings: Any) -> None:
    settings.VENDOR_DEFAULTS = wrong
    with pytest.raises(ImproperlyConfigured, match=r"offce365|login_url"):
        refuse_wrong_settings()
    settings.VENDOR_DEFAULTS = {"office365": {"login_base_url": "https://login"}}
    refuse_wrong_settings()
