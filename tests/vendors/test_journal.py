"""Journal lines stay, whatever becomes of the transaction around the question, until they are old."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from vendors import operations
from vendors.http import Exchange
from vendors.journal import RowJournal, forget_old_exchanges
from vendors.models import OperationState, VendorExchange, VendorOperation

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


def line(*, at: datetime, operation: object = None, url: str = "") -> VendorExchange:
    """Write a line as of that moment."""
    return VendorExchange.objects.create(operation_id=operation, at=at, method="GET", url=url, milliseconds=1)


def urls() -> list[str]:
    return list(VendorExchange.objects.order_by("pk").values_list("url", flat=True))


def operation_in(state: OperationState, now: datetime) -> VendorOperation:
    made = operations.plan(None, action="provision", key=state, subject="order:1", payload={}, now=now)
    VendorOperation.objects.filter(pk=made.pk).update(state=state)
    return made


def test_what_is_older_than_its_days_is_forgotten(db: None, now: datetime) -> None:
    line(at=now - timedelta(days=30, seconds=1), url="old")
    line(at=now - timedelta(days=30), url="young enough")
    line(at=now, url="new")
    assert forget_old_exchanges(now=now, days=30) == 1
    assert urls() == ["young enough", "new"]
    assert forget_old_exchanges(now=now, days=30) == 0


def test_lines_of_an_unfinished_operation_are_kept(db: None, now: datetime) -> None:
    for state in OperationState:
        line(at=now - timedelta(days=400), operation=operation_in(state, now).pk, url=state)
    line(at=now - timedelta(days=400), operation=uuid4(), url="an operation that is gone")
    assert forget_old_exchanges(now=now, days=180) == 3
    assert urls() == ["planned", "sent", "unknown"]
    VendorOperation.objects.update(state=OperationState.CONFIRMED)
    assert forget_old_exchanges(now=now, days=180) == 3


def test_lines_that_must_stay_do_not_hide_older_than_allowed_ones_behind_them(db: None, now: datetime) -> None:
    waiting = operation_in(OperationState.UNKNOWN, now).pk
    for number in range(4):
        line(at=now - timedelta(days=400), operation=waiting, url=f"kept {number}")
    line(at=now - timedelta(days=399), url="old")
    assert forget_old_exchanges(now=now, days=180, at_once=2) == 1
    assert urls() == [f"kept {number}" for number in range(4)]


@pytest.mark.django_db(transaction=True)
def test_each_window_is_committed_by_itself_and_the_young_rest_is_not_read(now: datetime) -> None:
    """Killed after any statement, what was removed stays removed and the next night goes on."""
    for age in (*[200] * 5, *[1] * 20):
        line(at=now - timedelta(days=age))
    with CaptureQueriesContext(database) as seen:
        assert forget_old_exchanges(now=now, days=180, at_once=2) == 5
    kinds = [query["sql"].split()[0] for query in seen]
    assert kinds == [*["SELECT", "BEGIN", "DELETE", "COMMIT"] * 3, "SELECT"]
    assert VendorExchange.objects.count() == 20
