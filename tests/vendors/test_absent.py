"""A plugin whose package was removed says so whatever it is asked; what waits for it goes on once it is back."""

import inspect
from datetime import datetime

import pytest

from tests.vendors.installing import example_installed
from tests.vendors.test_operations import planned
from vendors import operations
from vendors.absent import absent
from vendors.base import ChangeRule, VendorPlugin
from vendors.capabilities import RenewsTerms
from vendors.connections import change_connection, check_connection
from vendors.errors import Misconfigured
from vendors.models import ConnectionState, OperationState, VendorConnection
from vendors.questions import VendorUnavailable, may_ask
from vendors.registry import _plugins, plugin_for
from vendors.revoking import NothingGranted, may_revoke

# What is drawn without asking anybody.
SAYS_NOTHING = {"follow_up": (), "notices": (), "change_rule": ChangeRule()}
ASKS = sorted(name for name, _ in inspect.getmembers(VendorPlugin, inspect.isfunction) if not name.startswith("_"))


@pytest.mark.parametrize("name", ASKS)
def test_absent_plugin_names_itself_whatever_it_is_asked(name: str) -> None:
    plugin = absent("fax")
    given = [None] * (len(inspect.signature(getattr(plugin, name)).parameters))
    if name in SAYS_NOTHING:
        assert getattr(plugin, name)(*given) == SAYS_NOTHING[name]
        return
    with pytest.raises(Misconfigured, match="“fax” is not installed"):
        getattr(plugin, name)(*given)


def test_a_renewal_waits_for_the_package_too() -> None:
    plugin = absent("fax")
    assert isinstance(plugin, RenewsTerms)
    with pytest.raises(Misconfigured, match="“fax” is not installed"):
        plugin.renew(None, None, None, None)


@pytest.mark.django_db
def test_operation_waits_until_the_package_is_back(
    example: VendorConnection, now: datetime, monkeypatch: pytest.MonkeyPatch, admin
) -> None:
    number, settings = planned(example, now).pk, dict(example.settings)
    with example_installed():
        with monkeypatch.context() as removed:
            removed.delitem(_plugins, "example")
            assert plugin_for("example").name == "example"
            waiting = operations.carry_out(number, now=now)
            assert (waiting.state, "is not installed" in waiting.last_error) == (OperationState.PLANNED, True)
            example.refresh_from_db()
            assert example.state == ConnectionState.MISCONFIGURED
            with pytest.raises(VendorUnavailable):
                may_ask(example)
            with pytest.raises(NothingGranted):
                may_revoke(example)
            # Nobody knows which settings there are: they stay.
            assert change_connection(actor=admin, connection=example, name="Kept", values={}).settings == settings
        check_connection(actor=admin, connection=example, now=now)
        assert operations.carry_out(number, now=now).state == OperationState.CONFIRMED
