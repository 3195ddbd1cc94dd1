"""The customer's list of transactions."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import Account
from tests.factories import accounts as cast
from tests.factories import billing as money

pytestmark = pytest.mark.django_db


def test_movements_are_listed_with_the_balance_after_each(client: Client, acme: Account, today: date) -> None:
    money.top_up(account=acme, amount="100.00", today=today)
    money.top_up(account=cast.account(), amount="7.77", today=today)
    money.top_up(account=acme, amount="20.50", today=today)
    rows = client.get("/transactions/").context["list"].rows
    assert [("$120.50" in row.cells, "$20.50" in row.cells) for row in rows] == [(True, True), (False, False)]
