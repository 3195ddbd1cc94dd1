"""Addresses that were kept before domains had one spelling are found by who types them today."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Account, User
from accounts.sign_in import typed_name
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
respell = import_module("accounts.migrations.0015_domains_in_one_spelling").respell


def kept_as_typed(table: str, column: str, pk: int, address: str) -> None:
    """Write an address as rows held it before they were cleaned."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [address, pk])  # noqa: S608  # names of ours


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@ζήσης.example", "ann@xn--jxape8bd.example"),
        ("ann@мир.example", "ann@xn--h1ahn.example"),
        ("анна@example.com", "анна@example.com"),
        ("ann@strasse.example", "ann@strasse.example"),  # nothing says that it was typed with ß
        ("ann@☃.example", "ann@☃.example"),
    ],
)
def test_an_address_in_other_letters_is_found_again(typed: str, kept: str) -> None:
    """Seen before: the row stayed ann@straße.example, which no sign-in looks for any more."""
    account = cast.account()
    person = cast.customer_user(account=account)
    kept_as_typed("accounts_user", "email", person.pk, typed)
    kept_as_typed("accounts_account", "contact_email", account.pk, typed)
    respell(apps, None)
    assert User.objects.get(pk=person.pk).email == kept == typed_name(None, {"email": typed})
    assert Account.objects.get(pk=account.pk).contact_email == kept


def test_two_that_would_become_one_stay_and_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    older, newer = cast.manager(), cast.manager(email="ann@straße.example")
    kept_as_typed("accounts_user", "email", older.pk, "ann@straße.example")
    respell(apps, None)
    assert User.objects.get(pk=older.pk).email == "ann@straße.example"
    assert User.objects.get(pk=newer.pk).email == "ann@xn--strae-oqa.example"
    assert f"User {older.pk}: ann@straße.example stays" in capsys.readouterr().out
