"""Journal lines stay, whatever becomes of the transaction around the question."""

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from vendors.http import Exchange
from vendors.journal import RowJournal
from vendors.models import VendorExchange

EXCHANGE = Exchange("GET", "http://x.example/", 200, 7, request_headers={"A": "b"}, response_body="{}")


@pytest.mark.django_db(transaction=True)
def test_line_stays_when_the_transaction_around_it_is_rolled_back(settings: Settings) -> None:
    settings.VENDOR_CALLS_INSIDE_TRANSACTIONS = False
    with transaction.atomic():
        RowJournal(connection_id=None).write(EXCHANGE)
        transaction.set_rollback(True)
    line = VendorExchange.objects.get()
    assert (line.method, line.status, line.request_headers, line.response_body) == ("GET", 200, {"A": "b"}, "{}")
    assert line.at is not None


def test_line_outside_a_transaction_is_written_directly(db: None) -> None:
    RowJournal(connection_id=None).write(EXCHANGE)
    assert VendorExchange.objects.count() == 1
