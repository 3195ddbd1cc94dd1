"""What every billing type does alike."""

from dataclasses import replace
from datetime import date

import pytest

from billing.engine.lines import Changes, LineStatus, Move
from billing.engine.settling import block_begun, due_with_periods, periods_ahead, take_units
from billing.engine.terms import Terms
from core.period import Period
from tests.billing.engine.test_lines import LINE

SEP1 = date(2018, 9, 1)


def test_the_newest_block_goes_first_and_no_more_than_is_there():
    taken: list[tuple[int, int]] = []

    def take(line, units):
        taken.append((line.block, units))
        return Changes(move=(Move(line, LineStatus.DELETED),))

    lines = [LINE, replace(LINE, block=2, quantity=3)]
    assert len(take_units(lines, 5, take).move) == 2
    assert taken == [(2, 3), (1, 2)]
    with pytest.raises(ValueError, match="9 units to give back, 8 there"):
        take_units(lines, 9, take)


def test_only_what_begins_on_the_day_is_blocked():
    begun = replace(LINE, status=LineStatus.OPENED, period=LINE.billing_period)
    other = replace(LINE, status=LineStatus.OPENED)
    assert block_begun([begun, other, LINE], date(2018, 8, 1)).move == (Move(begun, LineStatus.BLOCKED),)


@pytest.mark.parametrize(
    ("expires", "day", "due"),
    [(None, SEP1, None), (SEP1, SEP1, None), (date(2018, 8, 20), date(2018, 8, 2), date(2018, 8, 20)),
     (date(2018, 9, 20), date(2018, 8, 2), SEP1)],
)  # fmt: skip
def test_pieces_of_a_term_end_on_billing_days_and_with_it(expires, day, due):
    assert due_with_periods(Terms("USD", 1, {}, expires_on=expires), day) == due


def test_the_periods_ahead_are_those_from_a_day_on_in_the_order_of_their_days():
    now, september, october = (
        replace(LINE, status=LineStatus.OPENED, period=Period(date(2018, month, 1), date(2018, month + 1, 1)))
        for month in (8, 9, 10)
    )
    assert periods_ahead([october, now, september], "seats", SEP1) == [[september], [october]]
