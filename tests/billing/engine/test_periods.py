"""Billing days and periods, months of any length, and leap years."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.periods import (
    add_months,
    billing_day_on,
    billing_period_of,
    billing_periods,
    expiry,
    is_billing_day,
    last_billing_day,
    next_billing_day,
    renewal_open,
)
from core.period import Period
from tests.test_architecture import modules, name

DAYS = st.dates(date(1999, 1, 1), date(2101, 12, 31))
BILLING_DAYS = st.integers(1, 31)


@pytest.mark.parametrize(
    ("year", "month", "billing_day", "day"),
    [
        (2019, 2, 31, date(2019, 2, 28)),
        (2020, 2, 31, date(2020, 2, 29)),
        (2020, 2, 30, date(2020, 2, 29)),
        (2100, 2, 29, date(2100, 2, 28)),
        (2019, 4, 31, date(2019, 4, 30)),
        (2019, 3, 31, date(2019, 3, 31)),
        (2019, 2, 28, date(2019, 2, 28)),
    ],
)
def test_the_billing_day_is_clamped_to_shorter_months(year, month, billing_day, day):
    assert billing_day_on(year, month, billing_day) == day


@pytest.mark.parametrize(
    ("day", "billing_day", "period"),
    [
        (date(2019, 1, 31), 31, Period(date(2019, 1, 31), date(2019, 2, 28))),
        (date(2019, 2, 27), 31, Period(date(2019, 1, 31), date(2019, 2, 28))),
        (date(2019, 2, 28), 31, Period(date(2019, 2, 28), date(2019, 3, 31))),
        (date(2020, 2, 29), 30, Period(date(2020, 2, 29), date(2020, 3, 30))),
        (date(2018, 12, 15), 15, Period(date(2018, 12, 15), date(2019, 1, 15))),
        (date(2019, 1, 3), 15, Period(date(2018, 12, 15), date(2019, 1, 15))),
        (date(2019, 2, 20), 15, Period(date(2019, 2, 15), date(2019, 3, 15))),
    ],
)
def test_a_billing_period_runs_from_one_billing_day_to_the_next(day, billing_day, period):
    assert billing_period_of(day, billing_day) == period


@given(DAYS, BILLING_DAYS)
def test_the_billing_period_holds_its_day_and_lies_between_neighbouring_billing_days(day, billing_day):
    period = billing_period_of(day, billing_day)
    assert period.contains(day)
    assert [is_billing_day(each, billing_day) for each in period] == [True, *[False] * (period.days - 1)]
    assert is_billing_day(period.end, billing_day)
    assert 28 <= period.days <= 31


@given(DAYS, BILLING_DAYS)
def test_the_next_billing_day_comes_after_the_day_and_the_last_not_after_it(day, billing_day):
    assert last_billing_day(day, billing_day) <= day < next_billing_day(day, billing_day)


@given(DAYS, BILLING_DAYS, st.integers(0, 500))
def test_the_stretches_between_billing_days_are_the_whole_without_gaps(start, billing_day, days):
    end = start + timedelta(days=days)
    stretches = list(billing_periods(start, end, billing_day))
    assert [day for period, _ in stretches for day in period] == [start + timedelta(days=n) for n in range(days)]
    assert all(
        whole.covers(period) and whole == billing_period_of(period.start, billing_day) for period, whole in stretches
    )
    assert all(period == whole for period, whole in stretches[1:-1])


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2019, 1, 31), 1, date(2019, 2, 28)),
        (date(2019, 1, 31), 2, date(2019, 3, 31)),
        (date(2019, 1, 31), 3, date(2019, 4, 30)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 29)),
        (date(2018, 8, 20), 12, date(2019, 8, 20)),
        (date(2018, 12, 31), 2, date(2019, 2, 28)),
    ],
)
def test_months_are_added_to_the_original_day_and_clamped(day, months, later):
    assert add_months(day, months) == expiry(day, months) == later


@pytest.mark.parametrize("months", [0, -1])
def test_an_expiry_after_no_months_is_refused(months):
    with pytest.raises(ValueError, match="not a number of months"):
        expiry(date(2019, 1, 1), months)


def test_a_renew_point_below_always_is_refused():
    with pytest.raises(ValueError, match="not a renew point"):
        renewal_open(date(2019, 1, 1), -2, date(2018, 1, 1))


def test_months_and_days_between_are_computed_in_one_place():
    """Libraries and PostgreSQL's age() disagree about them, so nothing but the engine's module does such arithmetic."""
    found = [
        f"{name(path)}: {word}"
        for path in modules()
        for word in ("relativedelta", "age(", "generate_series(", "rrule", "pendulum")
        if re.search(rf"(?<![\w.]){re.escape(word)}", path.read_text(encoding="utf-8"))
    ]
    assert found == []
