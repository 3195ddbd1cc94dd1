"""Tabs, buttons and the Log tab: what the role may, and nothing else."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import Account, Role
from accounts.registration import hold_account
from core.panel.page import Button
from operator_panel.around import able, tabs_of
from tests.factories import accounts as cast
from tests.operator_panel.conftest import text_of

TODAY = date(2026, 11, 2)

pytestmark = pytest.mark.django_db

TABS = (("account", "General", "accounts.view"), ("account_log", "Log", "log.view"))


@pytest.mark.parametrize(("role", "labels"), [(Role.ADMIN, ["General", "Log"]), (Role.MARKETING, [])])
def test_tabs_are_those_of_the_role(role: str, labels: list[str]) -> None:
    tabs = tabs_of(cast.manager_actor(role=role), TABS, "account_log", 7)
    assert [tab.label for tab in tabs] == labels
    assert [tab.url for tab in tabs if tab.active] == (["/operator/accounts/7/log/"] if labels else [])


def test_buttons_are_what_can_be_done_now_by_this_role() -> None:
    offered = (
        ("account_release", "Release", "accounts.hold", False),
        ("account_hold", "Hold", "accounts.hold", True),
        ("account_delete", "Delete", "accounts.delete", True),
    )
    hold = Button("Hold", "/operator/accounts/7/hold/", primary=True)
    assert able(cast.manager_actor(role=Role.SALES), offered, 7) == (hold,)
    assert [button.label for button in able(cast.manager_actor(), offered, 7)] == ["Hold", "Delete"]


def test_log_says_who_changed_what(client: Client, acme: Account) -> None:
    client.post(f"/operator/accounts/{acme.pk}/change/person/", {"contact_first_name": "Olga"})
    hold_account(actor=cast.manager_actor(), account=acme, today=TODAY)
    said = text_of(client.get(f"/operator/accounts/{acme.pk}/log/"))
    assert "First name: Ann → Olga" in said
    assert "Status: Active → Administrative hold" in said
