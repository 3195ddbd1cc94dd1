"""An invoice with the charges on it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Invoice
from subscriptions.models import Subscription
from subscriptions.night.renewals import renew_accounts
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def test_an_invoice_shows_its_charges(client: Client, subscription: Subscription) -> None:
    day = subscription.next_billing_day
    assert day is not None
    renew_accounts(account_ids=[subscription.account_id], today=day + timedelta(days=1))
    invoice = Invoice.objects.get()
    said = text_of(client.get(reverse("operator:invoice", args=[invoice.pk])))
    assert invoice.number in said
    assert invoice.lines.get().charge.description in said
    assert invoice.number in text_of(client.get(reverse("operator:invoices")))
