"""Each row of spec/billing-types.md 3.4 and 3.7 (internal): the engine's books, and those of the verbs and nights."""

from datetime import date

import pytest

from billing.audit import audit
from billing.engine.types import TYPES
from subscriptions.models import BillingType
from subscriptions.simulation.books import books_of
from subscriptions.simulation.playing import played, simulate
from tests.oracle import drive_engine, renewals
from tests.oracle.billing_types import BY_THE_ACCOUNT, ROWS, Row, seen, told


@pytest.mark.parametrize("row", [*ROWS, *renewals.ROWS], ids=lambda row: row.name)
def test_a_row_through_the_engine(row: Row):
    assert seen(drive_engine.EngineDriver(row.history).run()) == told(row)


@pytest.mark.django_db
@pytest.mark.parametrize("row", [*ROWS, *BY_THE_ACCOUNT], ids=lambda row: row.name)
def test_a_row_through_the_verbs_and_the_nights(row: Row):
    assert seen(simulate(row.history)) == told(row)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS[::3], ids=lambda row: row.name)
def test_the_audit_finds_the_books_of_a_row_in_order(row: Row):
    with played(row.history):
        assert audit(today=date.fromisoformat(row.until)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("row", renewals.ROWS, ids=lambda row: row.name)
def test_a_renewal_through_the_verbs_and_the_nights(row: Row):
    """5.1, 5.2, 5.8; and the audit finds the books in order."""
    with played(row.history) as stage:
        assert seen(books_of(stage)) == told(row)
        assert audit(today=date.fromisoformat(row.until)) == []


def test_a_plan_is_of_a_type_whose_rules_are_there():
    assert set(BillingType.values) == set(TYPES)
