"""The page of a credit note: what it takes back, of which invoice, and the way from there."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.factories import billing as money
from tests.factories.taxes import credit_note
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def test_a_credit_note_and_its_invoice_name_one_another(client: Client, acme: Account, today: date) -> None:
    invoice = money.invoice(acme, total="12.00", day=today)
    note = credit_note(invoice, total="-12.00")
    page = text_of(client.get(reverse("operator:credit_note", args=[note.pk])))
    assert note.number in page
    assert invoice.number in page
    assert "12.00" in page
    assert note.number in text_of(client.get(reverse("operator:invoice", args=[invoice.pk])))
    assert client.get(reverse("operator:credit_note", args=[note.pk + 1])).status_code == 404
