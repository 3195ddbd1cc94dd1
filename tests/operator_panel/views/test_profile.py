"""The own profile."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.operator_panel.conftest import errors_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_profile_is_changed(client: Client, administrator: User) -> None:
    client.post(page("profile_change"), {"name": "New Name", "phone": "+1"})
    client.post(page("profile_look"), {"language": "ru", "theme": "dark"})
    administrator.refresh_from_db()
    assert (administrator.name, administrator.phone, administrator.language, administrator.theme) == (
        "New Name",
        "+1",
        "ru",
        "dark",
    )
    assert 'data-theme="dark"' in client.get(page("profile")).content.decode()


def test_empty_name_is_refused_at_the_name(client: Client) -> None:
    assert list(errors_of(client.post(page("profile_change"), {"name": ""}))) == ["name"]
