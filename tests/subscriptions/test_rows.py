"""Each row of spec/billing-types.md and E1-E22 through the real verbs and nights: what `simulate_billing` prints."""

from datetime import date

import pytest

from billing.audit import audit
from subscriptions.simulation.books import books_of
from subscriptions.simulation.playing import played
from tests.oracle.rows import ROWS
from tests.oracle.rows.plain import Row
from tests.oracle.rows.seen import seen, told

AUDITED = ROWS[::6]


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_through_the_verbs_and_the_nights(row: Row):
    """And of every third the audit finds the books in order."""
    with played(row.history) as stage:
        assert seen(books_of(stage), row.history["currency"]) == told(row)
        if row in AUDITED:
            assert audit(today=date.fromisoformat(row.until)) == []


def test_a_row_has_a_name_of_its_own():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
