"""Plugins are found in installed apps and through entry points, and asked for by slug or by what they can do."""

import pytest

from tests.vendors.installing import example_installed
from vendors.base import VendorPlugin
from vendors.capabilities import MetersUsage, NeedsConsent
from vendors.registry import UnknownPlugin, plugin_for, plugins, plugins_with, register


def test_installed_apps_bring_their_plugins() -> None:
    assert [plugin.slug for plugin in plugins()] == ["office365"]


def test_package_with_an_entry_point_brings_its_plugin() -> None:
    with example_installed():
        assert [plugin.slug for plugin in plugins()] == ["example", "office365"]
        assert plugin_for("example").name == "Example Backup"


def test_plugin_that_is_not_installed_is_named() -> None:
    with pytest.raises(UnknownPlugin, match="No vendor plugin 'fax' is installed; installed: \\['office365'\\]"):
        plugin_for("fax")


def test_plugins_are_asked_for_by_capability() -> None:
    with example_installed():
        assert [plugin.slug for plugin in plugins_with(NeedsConsent)] == ["office365"]
        assert list(plugins_with(MetersUsage)) == []


def test_two_classes_under_one_slug_are_a_mistake() -> None:
    office365 = type(plugin_for("office365"))
    assert register(office365) is office365
    double = type("Double", (office365,), {})
    with pytest.raises(ValueError, match="Two vendor plugins are called 'office365'"):
        register(double)
    assert type(plugin_for("office365")) is office365


def test_contract_stays_small() -> None:
    methods = [name for name, value in vars(VendorPlugin).items() if callable(value) and not name.startswith("_")]
    assert len(methods) < 15
