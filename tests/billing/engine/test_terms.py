"""Which price holds on a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.terms import Price, Terms, chargeable_units

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


@pytest.mark.parametrize(("quantity", "included"), [(-1, 0), (1, -1)])
def test_units_below_none_are_refused(quantity, included):
    with pytest.raises(ValueError, match="not quantities"):
        chargeable_units(quantity, included)
