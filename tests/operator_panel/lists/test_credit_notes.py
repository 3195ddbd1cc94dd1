"""The list of credit notes."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.factories import billing as money
from tests.factories.taxes import credit_note
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def test_it_is_found_by_its_number_and_by_its_invoice(client: Client, acme: Account, today: date) -> None:
    note = credit_note(money.invoice(acme, day=today))
    address = reverse("operator:credit_notes")
    assert note.number in text_of(client.get(address, {"q": note.number}))
    assert note.number in text_of(client.get(address, {"invoice_id": note.invoice_id}))
    assert note.number not in text_of(client.get(address, {"invoice_id": note.invoice_id + 1}))
