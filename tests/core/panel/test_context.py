"""The frame of every page."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

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


def test_the_bar_is_drawn_for_each_role_section_and_language_apart() -> None:
    """Asked by turns, so that what was drawn for one is at hand when another asks."""
    people = [(signed_in(role=role, language=one), one) for role in Role.values for one in ("en", "ru")]
    for _turn in range(2):
        for client, language in people:
            for address in ("/operator/", "/operator/messages/"):
                answer = client.get(address)
                bar = answer.content.decode().partition("<nav ")[2].partition("</nav>")[0]
                items = [item for group in answer.context["navigation"] for item in group["items"]]
                drawn = [(href, unescape(label)) for href, label in re.findall(r'<a href="(.*?)".*?>(.*?)</a>', bar)]
                with translation.override(language):
                    assert drawn == [(reverse(item["url_name"]), str(item["label"])) for item in items]
                assert bar.count("aria-current") == sum(item["current"] for item in items)


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
