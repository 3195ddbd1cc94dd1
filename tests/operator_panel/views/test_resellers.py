"""Resellers: created with their first administrator, changed, their own part of the panel."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Reseller, Role
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, signed_in, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def _reseller(**changed: object) -> dict[str, object]:
    return {
        "parent": cast.operator().pk,
        "name": "North",
        "currency": "eur",
        "email": "north@example.com",
        "default_language": "ru",
        "manager_name": "Nora",
        "manager_email": "nora@example.com",
        **changed,
    }


def test_reseller_is_created_with_its_first_administrator(client: Client) -> None:
    answer = client.post(page("reseller_create"), _reseller())
    made = Reseller.objects.get(name="North")
    assert answer.url == page("reseller", made.pk)
    assert (made.currency, made.attributes, made.default_language) == ("EUR", {}, "ru")
    assert [(one.email, one.role) for one in made.people.all()] == [("nora@example.com", Role.ADMIN)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": "Taken"}, "name"), ({"currency": "E1"}, "currency"), ({"email": "no"}, "email"),
     ({"manager_email": ""}, "manager_email")],
)  # fmt: skip
def test_reseller_is_refused_at_the_field(client: Client, changed: dict[str, str], field: str) -> None:
    cast.reseller(name="Taken")
    assert list(errors_of(client.post(page("reseller_create"), _reseller(**changed)))) == [field]


def test_reseller_is_changed_and_keeps_its_other_attributes(client: Client) -> None:
    north = cast.reseller(name="North", attributes={"key": "value"})
    given = {
        "name": "North Ltd",
        "email": "n@example.com",
        "default_language": "en",
        "status": "active",
        "window_letter_days": "5",
    }
    client.post(page("reseller_change", north.pk), given)
    north.refresh_from_db()
    assert (north.name, north.attributes) == ("North Ltd", {"key": "value"})
    assert north.window_letter_days == 5


def test_own_reseller_is_not_deactivated(client: Client) -> None:
    root = cast.operator()
    given = {
        "name": root.name,
        "email": root.email,
        "default_language": "en",
        "status": "inactive",
        "window_letter_days": "2",
    }
    answer = client.post(page("reseller_change", root.pk), given)
    assert list(errors_of(answer)) == ["status"]


def test_manager_of_a_reseller_uses_the_same_panel_for_the_own_part(client: Client) -> None:
    north = cast.reseller(name="North")
    own = signed_in(cast.manager(reseller=north))
    assert own.get(page("reseller", north.pk)).status_code == 200
    assert own.get(page("reseller", cast.operator().pk)).status_code == 404
    assert "Operator" not in text_of(own.get(page("reseller", north.pk))).replace("Operator panel", "")
