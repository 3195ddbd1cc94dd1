"""Managers: created, changed, whom they supervise."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_of
from accounts.models import Role, User
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_manager_is_created_and_invited(client: Client) -> None:
    given = {"reseller": cast.operator().pk, "name": "Ivan", "email": "ivan@example.com", "role": "sales"}
    answer = client.post(page("manager_create"), given)
    made = User.everyone.get(email="ivan@example.com")
    assert (answer.url, made.role, made.invitations.count()) == (page("manager", made.pk), "sales", 1)
    assert list(errors_of(client.post(page("manager_create"), given))) == ["email"]


def test_manager_is_changed_and_nobody_locks_oneself_out(client: Client, administrator: User) -> None:
    other = cast.manager(role=Role.SALES)
    given = {"name": "Renamed", "email": other.email, "role": "marketing", "status": "inactive", "manager_key": ""}
    client.post(page("manager_change", other.pk), given)
    other.refresh_from_db()
    assert (other.name, other.role, other.status) == ("Renamed", "marketing", "inactive")
    own = {"name": administrator.name, "email": administrator.email, "role": "sales", "status": "active"}
    assert list(errors_of(client.post(page("manager_change", administrator.pk), own))) == ["role"]


def test_subordinates_are_chosen(client: Client) -> None:
    boss, sales = cast.manager(role=Role.SALES), cast.manager(role=Role.SALES, name="Subordinate")
    client.post(page("manager_supervision", boss.pk), {"subordinates": [sales.pk]})
    assert "Subordinate" in text_of(client.get(page("manager_subordinates", boss.pk)))
    assert boss.name in text_of(client.get(page("manager_supervisors", sales.pk)))
    assert actor_of(boss).account_manager_ids == {boss.pk, sales.pk}
