"""The own profile and API token."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.profile import actor_of_token
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_api_token_is_shown_once(client: Client, administrator: User) -> None:
    assert "stops working at once" in text_of(client.get(page("profile_token")))
    answer = client.post(page("profile_token"))
    token = answer.context["token"]
    assert f">{token}<" in answer.content.decode()
    assert actor_of_token(token).user == administrator
    assert token not in client.get(page("profile")).content.decode()
    assert answer.headers["Cache-Control"].count("no-store") == 1


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
