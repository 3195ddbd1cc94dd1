"""An account is searched for by what is known of it, and only among those that may be chosen."""

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from operator_panel.choosing import MOST
from tests.factories import accounts as cast

PAGE = reverse("operator:payment_create")


def _found(client: Client, text: str) -> list[str]:
    return [account.name for account, _link in client.get(PAGE, {"q": text}).context["choices"]]


def test_an_account_is_found_by_name_email_and_id(client: Client) -> None:
    made: Account = cast.account(name="Клиника «Лён»", email="len@clinic.example")
    cast.account(name="Other")
    for text in ("клиника лён", "len@clinic", str(made.pk), "  Лён  "):
        assert "Клиника «Лён»" in _found(client, text), text
    assert _found(client, "nobody of that name") == []
    assert "No account is found" in client.get(PAGE, {"q": "nobody of that name"}).content.decode()


def test_deleted_ones_and_those_of_others_are_not_offered(client: Client) -> None:
    cast.account(name="Gone", status="deleted")
    assert _found(client, "Gone") == []


def test_more_than_fit_are_said_to_be_there(client: Client) -> None:
    for number in range(MOST + 1):
        cast.account(name=f"Many {number}")
    answer = client.get(PAGE, {"q": "many"})
    assert len(answer.context["choices"]) == MOST
    assert "There are more" in answer.content.decode()


def test_nothing_typed_and_nonsense_are_pages(client: Client) -> None:
    for text in ("", "\0", "a" * 5000, "%"):
        assert client.get(PAGE, {"q": text}).status_code == 200
