"""The customer's credit notes: the list and the page; nobody else's."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories.taxes import credit_note

pytestmark = pytest.mark.django_db


def test_the_own_ones_are_listed_and_shown(client: Client, acme: Account, today: date) -> None:
    note = credit_note(money.invoice(acme, day=today))
    other = credit_note(money.invoice(cast.account(), day=today))
    listed = client.get(reverse("customer:credit_notes")).content.decode()
    assert (note.number in listed, other.number in listed) == (True, False)
    assert note.number in client.get(reverse("customer:credit_note", args=[note.pk])).content.decode()
    assert client.get(reverse("customer:credit_note", args=[other.pk])).status_code == 404
