"""The customer's invoices."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Invoice
from subscriptions.models import Subscription
from subscriptions.night.renewals import renew_accounts
from tests.factories import accounts as cast
from tests.factories import billing as money

pytestmark = pytest.mark.django_db


def test_an_invoice_shows_its_charges_and_that_of_another_is_not_there(client: Client, subscription: Subscription):
    day = subscription.next_billing_day
    assert day is not None
    renew_accounts(account_ids=[subscription.account_id], today=day + timedelta(days=1))
    invoice = Invoice.objects.get()
    said = client.get(reverse("customer:invoice", args=[invoice.pk])).content.decode()
    assert invoice.lines.get().charge.description in said
    assert invoice.number in client.get(reverse("customer:invoices")).content.decode()
    other = money.invoice(cast.account())
    assert client.get(reverse("customer:invoice", args=[other.pk])).status_code == 404
