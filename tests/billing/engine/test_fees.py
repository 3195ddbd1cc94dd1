"""What is charged once: the plan's own fee before those of units, none of nothing, at a fixed price as ordered."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.fees import fees_of
from billing.engine.lines import LineType, Source
from billing.engine.terms import PLAN, Price, Taken, Terms
from core.period import Period

DAY = date(2018, 8, 20)
TERM = Period(DAY, date(2018, 11, 20))
UNIT = Price(date.min, Decimal(10), 1, setup_fee=Decimal(1), renewal_fee=Decimal("0.50"))
OWN = Price(date.min, Decimal(2), 5, setup_fee=Decimal(5), transfer_fee=Decimal(3))
TERMS = Terms("USD", 1, {"seats": [UNIT], "free": [Price(date.min, Decimal(4), 2)]}, plan_prices=[OWN])


def fees(terms: Terms, kind: LineType, *, plan: bool = True, day: date = DAY) -> list[tuple]:
    made = fees_of(terms, kind, {"seats": 3, "free": 4}, TERM, day, source=Source.PURCHASE, plan=plan)
    assert {line.period for line in made} <= {TERM}
    assert {line.type for line in made} <= {kind}
    return [(line.resource, line.quantity, str(line.amount), line.price_row) for line in made]


def test_the_plans_own_fee_comes_first_and_a_fee_of_nothing_is_none():
    assert fees(TERMS, LineType.SETUP_FEE) == [(PLAN, 1, "5.00", 5), ("seats", 3, "3.00", 1)]
    assert fees(TERMS, LineType.SETUP_FEE, plan=False) == [("seats", 3, "3.00", 1)]
    assert fees(TERMS, LineType.RENEWAL_FEE) == [("seats", 3, "1.50", 1)]
    assert fees(TERMS, LineType.TRANSFER_FEE, plan=True) == [(PLAN, 1, "3.00", 5)]
    assert fees(replace(TERMS, plan_prices=[]), LineType.TRANSFER_FEE) == []


def test_a_fixed_price_keeps_the_fees_of_its_ordering_too():
    later = date(2018, 9, 1)
    dearer = [UNIT, Price(later, Decimal(12), 3, setup_fee=Decimal(2))]
    floating = replace(TERMS, prices={**TERMS.prices, "seats": dearer})
    fixed = replace(floating, ordering_prices={"seats": Decimal(10), "free": Decimal(4)}, ordering_rows={"seats": 1})
    assert fees(floating, LineType.SETUP_FEE, plan=False, day=later) == [("seats", 3, "6.00", 3)]
    assert fees(fixed, LineType.SETUP_FEE, plan=False, day=later) == [("seats", 3, "3.00", 1)]


def test_a_fee_at_a_fixed_price_takes_what_its_ordering_took_at_the_levels_above():
    """A raise's too: at the levels above it is of the day of the order (T38); else of the day it is charged on."""
    prices = {"seats": Decimal(10), "free": Decimal(4)}
    ordered = {"ordering_prices": prices, "ordering_rows": {"seats": 1}, "ordering_taken": {"seats": Taken(DAY, (7,))}}
    other_row = replace(TERMS, **{**ordered, "ordering_rows": {"seats": 8}})
    for terms, expected in ((replace(TERMS, **ordered), (DAY, (7,))), (TERMS, (None, None)), (other_row, (None, None))):
        (fee,) = fees_of(
            terms, LineType.SETUP_FEE, {"seats": 3}, TERM, date(2018, 9, 1), source=Source.UPGRADE, plan=False
        )
        assert (fee.taken.on, fee.taken.retail) == expected
