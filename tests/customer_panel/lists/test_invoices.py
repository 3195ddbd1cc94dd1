"""The customer's list of invoices."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.factories import accounts as cast
from tests.factories import billing as money

pytestmark = pytest.mark.django_db


def test_the_account_s_own_are_listed_and_no_others(client: Client, acme: Account) -> None:
    mine, other = money.invoice(acme), money.invoice(cast.account())
    page = client.get(reverse("customer:invoices")).content.decode()
    assert mine.number in page
    assert other.number not in page
