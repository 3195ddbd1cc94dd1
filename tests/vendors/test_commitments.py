"""Commitments as plain values: windows are open until the moment that the vendor names, and not at it."""

from datetime import UTC, datetime, timedelta

from vendors.commitments import Commitment, Returnable, State

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)


def test_window_is_open_until_its_moment_and_not_at_it() -> None:
    batches = (Returnable(2, UNTIL), Returnable(3, UNTIL + timedelta(days=1)))
    bought = Commitment("seats", "A1", "item", State.ACTIVE, 9, cancel_until=UNTIL, returnable=batches)
    before = UNTIL - timedelta(seconds=1)
    assert (bought.may_cancel(before), bought.may_cancel(UNTIL)) == (True, False)
    assert (bought.units_returnable(before), bought.units_returnable(UNTIL)) == (5, 3)
    assert not Commitment("seats", "A1", "item", State.ACTIVE, 9).may_cancel(before)
