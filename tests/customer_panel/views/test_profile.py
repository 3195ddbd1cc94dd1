"""The person's own page."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
PROFILE = "/profile/"


def test_name_language_and_theme_are_kept(client: Client, owner: User) -> None:
    sent = {"name": "Olga O.", "phone": "+375291112233", "language": "ru", "theme": "dark"}
    assert client.post(PROFILE, sent).url == PROFILE
    owner.refresh_from_db()
    assert (owner.name, owner.phone, owner.language, owner.theme) == ("Olga O.", "+375291112233", "ru", "dark")
    assert '<html lang="ru" data-theme="dark"' in client.get(PROFILE).content.decode()


def test_empty_name_comes_back_at_its_field(client: Client, owner: User) -> None:
    answer = client.post(PROFILE, {"name": " ", "phone": "1", "language": "en", "theme": "light"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    owner.refresh_from_db()
    assert (owner.name, owner.theme) == ("Olga Owner", "auto")


def test_page_leads_to_password_and_second_factor(client: Client) -> None:
    page = client.get(PROFILE).content.decode()
    assert [link for link in ("/accounts/password/change/", "/accounts/2fa/") if f'href="{link}"' not in page] == []
