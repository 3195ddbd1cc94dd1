"""Which price holds on a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.terms import PLAN, Price, Taken, Terms, chargeable_units

TERMS = Terms(
    "USD",
    1,
    {
        "seats": [
            Price(date(2018, 8, 1), Decimal(10)),
            Price(date(2018, 8, 28), Decimal(11)),
            Price(date(2018, 8, 28), Decimal(12)),
        ]
    },
)


@pytest.mark.parametrize(("day", "price"), [(1, 10), (27, 10), (28, 12), (31, 12)])
def test_the_price_written_last_of_those_valid_holds(day, price):
    assert TERMS.unit_price("seats", date(2018, 8, day)) == price


def test_a_day_before_the_first_price_has_none():
    with pytest.raises(LookupError, match="no price of seats"):
        TERMS.unit_price("seats", date(2018, 7, 31))


def test_a_resource_without_a_price_list_has_none():
    with pytest.raises(LookupError, match="no price of disks"):
        TERMS.unit_price("disks", date(2018, 8, 31))


def test_a_fixed_price_is_that_at_ordering_whatever_the_plan_asks():
    fixed = replace(TERMS, ordering_prices={"seats": Decimal(9)})
    assert fixed.unit_price("seats", date(2018, 8, 31)) == 9
    assert fixed.plan_price("seats", date(2018, 8, 31)) == 12


def test_the_markup_is_that_of_the_day_or_at_a_fixed_price_of_the_beginning():
    own = [
        Price(date(2018, 8, 1), Decimal(0), markup=Decimal(10)),
        Price(date(2018, 9, 1), Decimal(0), markup=Decimal(20)),
    ]
    days = (date(2018, 7, 31), date(2018, 8, 31), date(2018, 9, 1))
    floating = replace(TERMS, plan_prices=own, started_on=date(2018, 8, 20))
    assert [floating.markup_on(day) for day in days] == [0, 10, 20]
    fixed = replace(floating, ordering_prices={})
    assert [fixed.markup_on(day) for day in days] == [10, 10, 10]
    assert replace(fixed, started_on=None).markup_on(days[2]) == 20
    assert TERMS.markup_on(days[0]) == 0


def test_fees_at_a_fixed_price_are_those_of_the_row_that_was_ordered_by():
    rows = [Price(date(2018, 8, 1), Decimal(10), 1, Decimal(2)), Price(date(2018, 9, 1), Decimal(12), 2, Decimal(3))]
    terms = replace(TERMS, prices={"seats": rows}, ordering_prices={"seats": Decimal(10)}, ordering_rows={"seats": 1})
    assert terms.fee_row("seats", date(2018, 9, 5)) == rows[0]
    assert replace(terms, ordering_prices=None).fee_row("seats", date(2018, 9, 5)) == rows[1]
    unknown = replace(terms, ordering_rows={}, prices={"seats": [Price(date(2018, 8, 1), Decimal(10)), rows[1]]})
    assert unknown.fee_row("seats", date(2018, 9, 5)) == rows[1]
    assert terms.fee_row("", date(2018, 9, 5)) is None


def test_a_price_says_of_which_day_it_is():
    assert TERMS.price("seats", date(2018, 8, 27)).taken.on == date(2018, 8, 27)


@pytest.mark.parametrize(("quantity", "included"), [(-1, 0), (1, -1)])
def test_units_below_none_are_refused(quantity, included):
    with pytest.raises(ValueError, match="not quantities"):
        chargeable_units(quantity, included)


def test_the_row_that_was_ordered_by_is_found_among_others_and_the_plans_own_from_its_first_day():
    rows = [Price(date(2018, 8, 1), Decimal(10), 1), Price(date(2018, 9, 1), Decimal(12), 2)]
    own = Price(date(2018, 9, 1), Decimal(2), 5)
    fixed = replace(
        TERMS, prices={"seats": rows}, plan_prices=[own], ordering_prices={"seats": Decimal(12)},
        ordering_rows={"seats": 2}, ordering_taken={"seats": Taken(date(2018, 9, 3))},
    )  # fmt: skip
    assert fixed.fee_row("seats", date(2018, 9, 5)) == rows[1]
    assert [fixed.fee_row(PLAN, day) for day in (date(2018, 8, 31), own.valid_from)] == [None, own]
    assert fixed.price("seats", date(2018, 9, 5)).taken.on == date(2018, 9, 3)
