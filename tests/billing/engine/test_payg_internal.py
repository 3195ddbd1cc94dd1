"""Pay as you go at the edges; its rows of the specification are tests/oracle/billing_types.py."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import LineStatus, LineType, Source
from billing.engine.payg_internal import PaygInternal
from billing.engine.rules import No, Used
from billing.engine.terms import Price, Terms, UnitPrice
from core.period import Period

RULES = PaygInternal()
AUG20, AUG25, SEP5, OCT1 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 9, 5), date(2018, 10, 1)
ROWS = [Price(date.min, Decimal("0.012"), 7, setup_fee=Decimal("2.50")), Price(AUG25, Decimal("0.02"), 8)]
TERMS = Terms("USD", 1, {"machines": ROWS}, started_on=AUG20)


def used(quantity: str, row: Price = ROWS[0]) -> Used:
    """Return the sum of a period at the price of a row of the list."""
    return Used("machines", UnitPrice(row.amount, row.row), Decimal(quantity), row.valid_from)


def test_a_setup_fee_is_closed_on_the_day_of_its_payment():
    (fee,) = RULES.order(TERMS, {"machines": 4, "disks": 0}, AUG20).add
    assert (fee.type, fee.status, fee.amount, fee.price_row) == (LineType.SETUP_FEE, LineStatus.NEW, 10, 7)
    assert RULES.due([fee], AUG20) == RULES.pay_order(TERMS, [fee], AUG20).reserves == 10
    late = RULES.pay_order(TERMS, [fee], SEP5)
    assert late.reserves == 10, "the amount due stays (5.4)"
    (paid,) = late.add
    assert (paid.status, paid.closed_on, paid.period.start, paid.period.end) == (
        LineStatus.CLOSED, SEP5, SEP5, date(2018, 10, 1),
    )  # fmt: skip
    assert not RULES.order(TERMS, {"machines": 4}, AUG25), "no fee, no charge"


def test_what_belongs_to_a_period_that_is_over_counts_in_the_present_one_at_its_own_price():
    old, new = RULES.use(TERMS, [], [used("15.5"), used("10", ROWS[1])], SEP5).add
    assert (old.quantity, old.unit_price, old.price_row, old.amount) == (
        Decimal("15.5"),
        Decimal("0.012"),
        7,
        Decimal("0.19"),
    )
    assert (new.quantity, new.price_row, new.amount) == (10, 8, Decimal("0.20"))
    assert {line.period.end for line in (old, new)} == {date(2018, 10, 1)}
    assert old.block != new.block


def test_a_line_is_made_anew_from_the_sum():
    (first,) = RULES.use(TERMS, [], [used("261")], AUG20).add
    written = replace(first, row=1)
    assert not RULES.use(TERMS, [written], [used("261")], AUG20), "the same sum leaves it as it is"
    assert [move.line for move in RULES.use(TERMS, [written], [used("0")], AUG20).move] == [written]
    assert not RULES.use(TERMS, [written], [used("0")], AUG20).add
    more = RULES.use(TERMS, [written], [used("261.25")], AUG20)
    assert [move.status for move in more.move] == [LineStatus.DELETED]
    (line,) = more.add
    assert (line.quantity, line.amount, line.block, line.period) == (
        Decimal("261.25"), Decimal("3.14"), first.block, first.period,
    )  # fmt: skip
    assert (line.source, line.type) == (Source.USAGE, LineType.RECURRING_FEE)


def test_quantities_stay_and_nothing_is_charged_but_what_is_used():
    (line,) = RULES.use(TERMS, [], [used("261")], AUG20).add
    day, units = AUG25, {"machines": 4}
    assert RULES.may_change(TERMS, day) is No.NEVER_CHANGES
    assert RULES.ends_on(TERMS, day) is None
    assert RULES.due_while_stopped(TERMS, AUG20, SEP5) == date(2018, 10, 1)
    nothing = [
        RULES.change(TERMS, [line], units, {"machines": 5}, day), RULES.pay_raise(TERMS, [line], day),
        RULES.provide_order(TERMS, [line], day), RULES.provide_raise(TERMS, [line], [], day),
        RULES.provide_raise_of_stopped(TERMS, [line], [], day), RULES.withdraw_raise(TERMS, [line], []),
        RULES.restore(line, [], day, day, block=1, stopped_on=None), RULES.stop(TERMS, [line], day),
        RULES.restore_renewals(TERMS, "machines", 1, lowered_on=day, until=day, day=day, block=1),
        RULES.activate(TERMS, [line], units, day), RULES.provide_activation(TERMS, [line], [], day),
        RULES.withdraw_activation([line], [], day), RULES.next_period(TERMS, units, [line], day),
    ]  # fmt: skip
    assert not any(nothing)
    assert [move.status for move in RULES.delete(TERMS, [line], day).move] == [LineStatus.CLOSED]
    assert [move.status for move in RULES.withdraw_order([line]).move] == [LineStatus.DELETED]


def test_a_price_whose_row_is_not_known_counts_from_the_first_day() -> None:
    unknown = Used("machines", UnitPrice(Decimal("0.012")), Decimal(261))
    (line,) = RULES.use(TERMS, [], [unknown], SEP5).add
    assert (line.period.start, line.price_row) == (date(2018, 9, 1), None)


def test_a_line_of_a_period_that_is_over_and_a_fee_of_the_same_price_stay() -> None:
    (august,) = RULES.use(TERMS, [], [used("261")], AUG25).add
    fee = replace(august, type=LineType.SETUP_FEE, source=Source.PURCHASE, period=Period(SEP5, OCT1))
    now = RULES.use(TERMS, [august, fee], [used("261")], SEP5)
    assert ([line.period for line in now.add], now.move) == ([Period(date(2018, 9, 1), OCT1)], ())
    (paid,) = RULES.pay_order(TERMS, RULES.order(TERMS, {"machines": 4}, AUG20).add, SEP5).add
    assert (paid.row, paid.order) == (None, None)
