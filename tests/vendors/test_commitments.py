"""Commitments as plain values: windows are open until the moment that the vendor names, and not at it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from vendors.commitments import Commitment, Returnable, State

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)


def test_window_is_open_until_its_moment_and_not_at_it() -> None:
    batches = (Returnable(2, UNTIL), Returnable(3, UNTIL + timedelta(days=1)))
    bought = Commitment("seats", "A1", "item", State.ACTIVE, 9, cancel_until=UNTIL, returnable=batches)
    before = UNTIL - timedelta(seconds=1)
    assert (bought.may_cancel(before), bought.may_cancel(UNTIL)) == (True, False)
    assert (bought.units_returnable(before), bought.units_returnable(UNTIL)) == (5, 3)
    assert not Commitment("seats", "A1", "item", State.ACTIVE, 9).may_cancel(before)


@pytest.mark.parametrize(
    ("term", "ends_on", "began_on"),
    [
        ("P1Y", date(2027, 3, 10), date(2026, 3, 10)),
        ("P3Y", date(2027, 1, 1), date(2024, 1, 1)),
        ("P1M", date(2027, 3, 31), date(2027, 2, 28)),
        ("P1M", date(2027, 1, 5), date(2026, 12, 5)),
        ("P1Y", None, None),
        ("", date(2027, 3, 10), None),
    ],
)
def test_a_whole_term_began_a_length_before_its_end(term: str, ends_on: date | None, began_on: date | None) -> None:
    held = Commitment("seats", "A1", "item", State.ACTIVE, 9, term=term, ends_on=ends_on)
    assert held.began_on == began_on
