"""The customer's list of credit notes."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.factories import billing as money
from tests.factories.taxes import credit_note

pytestmark = pytest.mark.django_db


def test_it_is_found_by_its_number(client: Client, acme: Account, today: date) -> None:
    note = credit_note(money.invoice(acme, day=today))
    assert note.number in client.get(reverse("customer:credit_notes"), {"q": note.number}).content.decode()
