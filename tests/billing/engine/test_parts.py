"""Lines made from lines keep what they must and remember where they come from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import Cost, LineStatus, Source
from billing.engine.parts import part_of, priced_line, resized, served_until, used_part
from billing.engine.terms import Terms, UnitPrice
from billing.engine.types import rules_of
from core.period import Period

AUGUST = Period(date(2018, 8, 1), date(2018, 9, 1))
TERMS = Terms("USD", 1, {})
LINE = replace(
    priced_line(
        terms=TERMS,
        resource="seats",
        block=2,
        status=LineStatus.BLOCKED,
        source=Source.UPGRADE,
        period=Period(date(2018, 8, 20), AUGUST.end),
        billing_period=AUGUST,
        quantity=5,
        price=UnitPrice(Decimal("10.00"), 3),
    ),
    row=7,
)


def test_a_priced_line_costs_its_share():
    assert LINE.amount == Decimal("19.35")


def test_a_part_keeps_block_price_and_denominator_and_is_not_in_the_books_yet():
    part = part_of(
        LINE,
        status=LineStatus.OPENED,
        source=Source.REMAINDER,
        period=Period(date(2018, 8, 25), AUGUST.end),
        cost=Cost(Decimal("11.29")),
    )
    assert (part.block, part.quantity, part.unit_price, part.billing_period) == (2, 5, Decimal("10.00"), AUGUST)
    assert (part.parent, part.row, part.closed_on) == (LINE, None, None)


def test_the_used_part_is_closed_on_the_day_which_it_does_not_hold():
    day = date(2018, 8, 25)
    (used,) = used_part(TERMS, LINE, day)
    assert (used.period, used.status, used.closed_on) == (Period(LINE.period.start, day), LineStatus.CLOSED, day)
    assert used.amount == Decimal("8.06")


def test_nothing_is_used_on_the_first_day():
    assert used_part(TERMS, LINE, LINE.period.start) == ()


def test_a_later_period_with_other_units_takes_the_place_of_the_first():
    changes = resized(TERMS, LINE, -2)
    assert [(line.quantity, line.amount, line.block, line.source, line.parent) for line in changes.add] == [
        (3, Decimal("11.61"), 2, Source.UPGRADE, LINE)
    ]
    assert [(move.line, move.status) for move in changes.move] == [(LINE, LineStatus.DELETED)]


def test_a_later_period_with_units_added_is_the_newest_block():
    assert [(line.quantity, line.block) for line in resized(TERMS, LINE, 1, block=4).add] == [(6, 4)]


def test_a_later_period_without_units_goes():
    changes = resized(TERMS, LINE, -5)
    assert (changes.add, [move.line for move in changes.move]) == ((), [LINE])


def test_service_ends_with_the_period_or_the_expiry():
    day = date(2018, 8, 25)
    assert served_until(TERMS, day, AUGUST) == Period(day, AUGUST.end)
    assert served_until(replace(TERMS, expires_on=date(2018, 8, 30)), day, AUGUST) == Period(day, date(2018, 8, 30))
    assert served_until(replace(TERMS, expires_on=date(2018, 9, 30)), day, AUGUST) == Period(day, AUGUST.end)


def test_a_correction_that_is_more_than_the_days_left_cost_leaves_nothing_and_no_less():
    """Four lines of 0.05 less 10 %: 0.18 in all, and 0.03 for the last; 29 of its 30 days would cost 0.04."""
    september = Period(date(2018, 9, 1), date(2018, 10, 1))
    line = replace(
        LINE, period=september, billing_period=september, quantity=1, unit_price=Decimal("0.05"), rate=Decimal("0.1"),
        amount=Decimal("0.03"), discount=Decimal("0.02"),
    )  # fmt: skip
    for key, left in (("csp_monthly", "opened"), ("gsuite", "opened"), ("csp_annual", "blocked")):
        terms = replace(TERMS, months=1, expires_on=september.end)
        parts = rules_of(key).stop(terms, [line], date(2018, 9, 30)).add
        assert [(part.status, str(part.amount), str(part.discount)) for part in parts] == [
            ("closed", "0.03", "0.02"), (left, "0.00", "0.00")
        ], key  # fmt: skip
