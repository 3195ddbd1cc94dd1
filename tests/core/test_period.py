"""Periods hold their start and not their end, and always at least one day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.period import Period, months_in

FEB = Period(date(2020, 2, 1), date(2020, 3, 1))
DAYS = st.dates(date(2019, 1, 1), date(2021, 1, 1))


@st.composite
def periods(draw):
    """Draw a period of one to four hundred days."""
    start = draw(DAYS)
    return Period(start, start + timedelta(days=draw(st.integers(1, 400))))


@pytest.mark.parametrize("end", [date(2020, 2, 1), date(2020, 1, 31)])
def test_a_period_of_no_days_is_refused(end):
    with pytest.raises(ValueError, match="no days"):
        Period(date(2020, 2, 1), end)


def test_the_days_of_a_leap_february_are_counted():
    assert FEB.days == 29


def test_the_start_lies_in_the_period_and_the_end_does_not():
    assert [FEB.contains(day) for day in (date(2020, 1, 31), FEB.start, date(2020, 2, 29), FEB.end)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_split_gives_the_days_before_and_from_the_day():
    day = date(2020, 2, 10)
    assert FEB.split(day) == (Period(FEB.start, day), Period(day, FEB.end))


def test_a_split_at_an_edge_gives_the_whole_and_nothing():
    assert FEB.split(FEB.start) == (None, FEB)
    assert FEB.split(FEB.end) == (FEB, None)


def test_periods_that_only_touch_do_not_overlap():
    assert FEB.overlap(Period(FEB.end, date(2020, 4, 1))) is None


@given(periods(), periods())
def test_an_overlap_holds_exactly_the_common_days(one, other):
    common = one.overlap(other)
    assert set(common or ()) == set(one) & set(other)
    assert common == other.overlap(one)


@given(periods(), DAYS)
def test_the_parts_of_a_split_are_the_whole(period, day):
    before, after = period.split(day)
    assert [*(before or ()), *(after or ())] == list(period)
    assert len(list(period)) == period.days


@given(periods(), periods())
def test_a_period_covers_another_when_it_holds_all_its_days(one, other):
    assert one.covers(other) is (set(other) <= set(one))


def test_a_period_shows_that_it_is_half_open():
    assert str(FEB) == "[2020-02-01, 2020-03-01)"


def test_a_length_of_iso_8601_is_so_many_months():
    assert [months_in(one) for one in ("P1M", "P1Y", "P3Y", "P18M", "P1D", "")] == [1, 12, 36, 18, None, None]
