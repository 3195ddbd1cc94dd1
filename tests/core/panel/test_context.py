"""The frame of every page."""

import pytest
from django.test import Client

from accounts.models import Role
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def signed_in(**fields: object) -> Client:
    client = Client()
    client.force_login(accounts.manager(**fields))
    return client


def test_frame_shows_the_navigation_of_the_role() -> None:
    page = signed_in(role=Role.ADMIN).get("/operator/").content.decode()
    assert page.count('aria-current="page"') == 1
    assert '<html lang="en" data-theme="auto">' in page


def test_appearance_keeps_the_theme_and_goes_back() -> None:
    client = Client()
    answer = client.post("/appearance/", {"theme": "dark", "next": "/accounts/login/"})
    assert (answer.status_code, answer.url, client.cookies["brokerage_theme"].value) == (
        302,
        "/accounts/login/",
        "dark",
    )


def test_appearance_does_not_lead_to_a_foreign_site() -> None:
    answer = Client().post("/appearance/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer.url == "/"


def test_wrong_address_shows_an_id_to_quote() -> None:
    answer = Client().get("/nowhere/", headers={"X-Request-Id": "quote-me-123"})
    assert answer.status_code == 404
    assert "quote-me-123" in answer.content.decode()
