"""The moments that PostgreSQL keeps in every row."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.models import Reseller
from tests.factories import accounts

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def made_long_ago() -> Reseller:
    """Return a row of which the trigger, which keeps what is written to `updated_at` alone, says 2001."""
    row = accounts.reseller()
    Reseller.objects.filter(pk=row.pk).update(updated_at=LONG_AGO)
    row.refresh_from_db()
    assert row.updated_at == LONG_AGO
    return row


def test_a_new_row_has_both_moments_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        before = cursor.fetchone()[0]
        row = accounts.reseller(name="As in no other test, so that it is made and not remembered")
        cursor.execute("SELECT statement_timestamp()")
        after = cursor.fetchone()[0]
    assert before < row.created_at < after
    assert row.updated_at == row.created_at


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Reseller.objects.filter(pk=row.pk).update(name="Renamed"),
        lambda row: Reseller.objects.bulk_update([Reseller(pk=row.pk, name="Renamed")], ["name"]),
        lambda row: Reseller(pk=row.pk, name="Renamed").save(update_fields=["name"]),
    ],
    ids=["update", "bulk_update", "save"],
)
def test_every_way_of_changing_a_row_says_when(change: object) -> None:
    row = made_long_ago()
    made, other = row.created_at, made_long_ago()
    change(row)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.updated_at > LONG_AGO, row.created_at, other.updated_at) == (True, made, LONG_AGO)


def test_writing_what_is_there_already_is_no_change() -> None:
    row = made_long_ago()
    Reseller.objects.filter(pk=row.pk).update(name=row.name)
    row.refresh_from_db()
    assert row.updated_at == LONG_AGO
