"""Phones, amounts, texts and "ё" are found in every list that shows them."""

import pytest
from django.db import connection
from django.test import Client

from billing.models import Charge
from subscriptions.models import Subscription
from tests.factories import accounts


@pytest.mark.django_db
def test_every_list_finds_phones_amounts_texts_and_e_for_yo(subscription: Subscription) -> None:
    charge = Charge.objects.get(subscription=subscription)
    account = subscription.account
    account.phone, account.contact_phone, account.contact_last_name = "+7 (999) 123-45-67", "8 495 765 43 21", "Королёв"
    account.save()
    accounts.account(name="Ёлка и ко", phone="+48 22 555 66 77")
    client = Client()
    client.force_login(accounts.manager(name="Семён", phone="+7 812 000-11-22"))

    def found(name: str, text: str) -> int:
        return len(client.get(f"/operator/{name}/", {"q": text, "all": "1"}).context["list"].rows)

    for text in ("8 (999) 123-45-67", "9991234567", "123-45-67", "7654321"):
        assert {name: found(name, text) for name in ("accounts", "subscriptions", "orders", "charges", "payments")} == {
            "accounts": 1, "subscriptions": 1, "orders": 1, "charges": 1, "payments": 2,
        }, text  # fmt: skip
    assert found("accounts", "+48 22 5556677") == 1
    assert (found("accounts", "елка"), found("accounts", "ЁЛКА"), found("accounts", "королев")) == (1, 1, 1)
    assert (found("managers", "семен"), found("managers", "8 812 000 11 22")) == (1, 1)
    assert found("charges", f"{charge.amount:.2f}") == 1
    assert found("charges", f"${charge.amount:,.2f}") == 1
    assert found("orders", str(charge.amount).replace(".", ",")) == 1
    assert found("payments", "1 000,00 $") == 1
    assert found("charges", " ".join(charge.description.split()[-3:])) == 1
    assert found("charges", "recurring nonsense 17") == 0
    assert (found("charges", "999.99"), found("orders", "999.99")) == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        has_word = "array_to_tsvector(list_words(description::text)) @@ 'a'::tsquery"
        cursor.execute(f"EXPLAIN SELECT id FROM billing_charge WHERE {has_word}")  # noqa: S608 (our own words)
        assert "charge_words" in str(cursor.fetchall())
