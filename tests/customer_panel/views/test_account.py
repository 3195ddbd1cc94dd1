"""The account's page and its form."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AccessLevel, Account
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
ACCOUNT = "/account/"
EDIT = "/account/edit/"


def entered(client: Client, **values: str) -> dict[str, str]:
    """Return what the form holds, with some of it changed."""
    form = client.get(EDIT).context["form"]
    return {field.name: field.value() or "" for field in form} | values


def test_page_shows_the_country_by_name_and_offers_to_edit(client: Client) -> None:
    page = client.get(ACCOUNT)
    assert (page.context["country"], page.context["edit"]) == ("Belarus", EDIT)


def test_user_sees_no_balance_and_edits_nothing(browser_of: Callable[[str], Client]) -> None:
    page = browser_of(AccessLevel.USER).get(ACCOUNT)
    assert (page.context["funds"], page.context["edit"]) == (None, "")


def test_contact_person_is_changed(client: Client, acme: Account) -> None:
    answer = client.post(EDIT, entered(client, contact_first_name="Bella", country="DE", zip="10115"))
    acme.refresh_from_db()
    assert (answer.url, acme.contact_person, acme.country) == (ACCOUNT, "Bella Signer", "DE")


def test_form_leads_back_to_where_one_came_from_and_nowhere_else(client: Client) -> None:
    sent = entered(client)
    assert client.post(f"{EDIT}?next=/order/", sent).url == "/order/"
    assert client.post(f"{EDIT}?next=https://evil.example/", sent).url == ACCOUNT


def test_empty_email_comes_back_at_its_field(client: Client, acme: Account) -> None:
    answer = client.post(EDIT, entered(client, email="", city="Gomel"))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form["city"].value()) == (422, ["email"], "Gomel")
    acme.refresh_from_db()
    assert acme.city == "Minsk"


def test_account_without_any_name_is_refused_at_its_field(client: Client, acme: Account) -> None:
    names = ("primary_name", "contact_first_name", "contact_middle_name", "contact_last_name")
    answer = client.post(EDIT, entered(client, **dict.fromkeys(names, "")))
    assert answer.context["form"].errors == {"primary_name": ["Fill in the company name or the contact person's name."]}


def test_another_account_cannot_be_named(client: Client, acme: Account) -> None:
    other = cast.account(name="Other")
    client.post(EDIT, entered(client, id=str(other.pk), pk=str(other.pk), city="Gomel"))
    other.refresh_from_db()
    assert other.city == "Minsk"
