"""The choice of language and theme."""

import pytest
from django.test import Client

from tests.factories import accounts

ADDRESS = "/appearance/"


def test_a_stranger_s_choice_is_kept_in_the_browser() -> None:
    browser = Client()
    answer = browser.post(ADDRESS, {"language": "ru", "theme": "dark", "next": "/accounts/login/"})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    kept = {name: morsel.value for name, morsel in browser.cookies.items()}
    assert kept == {"django_language": "ru", "brokerage_theme": "dark"}
    assert '<html lang="ru" data-theme="dark"' in browser.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("choice", [{"language": "xx"}, {"theme": "pink"}, {"language": "../ru", "theme": ""}, {}])
def test_what_is_not_offered_is_not_kept(choice: dict[str, str]) -> None:
    browser = Client()
    assert browser.post(ADDRESS, choice).url == "/"
    assert list(browser.cookies) == []


@pytest.mark.parametrize(
    "foreign", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_way_back_never_leads_to_a_foreign_site(foreign: str) -> None:
    assert Client().post(ADDRESS, {"theme": "dark", "next": foreign}).url == "/"


def test_the_choice_is_pressed_not_followed() -> None:
    browser = Client()
    answer = browser.get(ADDRESS, {"theme": "dark"})
    assert (answer.status_code, answer.url, list(browser.cookies)) == (302, "/", [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"language": "ru"}, ("ru", "light")),
        ({"theme": "dark"}, ("en", "dark")),
        ({"language": "xx", "theme": "pink"}, ("en", "light")),
    ],
)
def test_who_is_signed_in_finds_the_choice_in_every_browser(choice: dict[str, str], kept: tuple[str, str]) -> None:
    user, bystander = (accounts.manager(language="en", theme="light") for _ in range(2))
    browser = Client()
    browser.force_login(user)
    browser.post(ADDRESS, choice)
    user.refresh_from_db()
    bystander.refresh_from_db()
    assert (user.language, user.theme, bystander.language, bystander.theme) == (*kept, "en", "light")
