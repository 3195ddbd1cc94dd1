"""What changes add up to, and why a line costs what it costs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.engine.lines import (
    Changes,
    Explanation,
    Line,
    LineStatus,
    LineType,
    Move,
    Source,
    explain,
    fresh_block,
    has_units,
    instead,
    quantities_on,
)
from billing.models.charge import ChargeSource, ChargeStatus, ChargeType
from core.period import Period
from tests.billing.engine.book import Book

AUG20, AUG25, SEP1 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 9, 1)
LINE = Line(
    resource="seats",
    block=1,
    status=LineStatus.BLOCKED,
    source=Source.PURCHASE,
    period=Period(AUG20, SEP1),
    billing_period=Period(date(2018, 8, 1), SEP1),
    quantity=5,
    unit_price=Decimal("10.00"),
    amount=Decimal("19.35"),
    row=1,
)


@pytest.mark.parametrize(
    ("engine", "rows"), [(LineStatus, ChargeStatus), (LineType, ChargeType), (Source, ChargeSource)]
)
def test_the_words_of_the_engine_are_those_of_the_rows(engine, rows):
    assert {word.value for word in engine} == set(rows.values)


def test_changes_tell_what_they_reserve_release_and_write_off():
    opened = replace(LINE, status=LineStatus.OPENED, amount=Decimal("50.00"))
    changes = Changes(
        add=(
            replace(LINE, amount=Decimal("1.00")),
            replace(LINE, status=LineStatus.CLOSED, amount=Decimal("2.00")),
            replace(LINE, status=LineStatus.WAITING_FOR_REFUND, amount=Decimal("4.00")),
        ),
        move=(Move(LINE, LineStatus.CLOSED, SEP1), Move(opened, LineStatus.BLOCKED)),
    )
    assert changes.reserves == Decimal("53.00"), "what closes at once takes money as what is reserved does"
    new, split = replace(LINE, status=LineStatus.NEW), replace(LINE, status=LineStatus.CLOSED, source=Source.USED_PART)
    assert Changes(move=(Move(new, LineStatus.CLOSED, SEP1),)).reserves == new.amount
    assert Changes(add=(split,), move=(Move(LINE, LineStatus.DELETED),)).reserves == 0, "it was reserved before"
    assert changes.releases == Decimal("19.35")
    assert changes.writes_off == Decimal("21.35")


def test_what_needs_nothing_lacks_nothing_however_much_is_owed():
    blocked = Changes(add=(replace(LINE, status=LineStatus.BLOCKED),))
    amount = blocked.reserves
    assert [blocked.missing(funds) for funds in (amount, amount - 1, Decimal(-1))] == [0, 1, amount + 1]
    assert Changes().missing(Decimal(-1)) == 0
    exchanged = blocked + Changes(move=(Move(replace(LINE, amount=Decimal(4)), LineStatus.DELETED),))
    assert exchanged.missing(Decimal(1)) == amount - 5, "what it gives back counts"


def test_what_an_order_takes_off_is_that_of_its_new_lines():
    new = replace(LINE, status=LineStatus.NEW, discount=Decimal("1.25"))
    assert Changes(add=(new, new, replace(LINE, discount=Decimal(9)))).discount == Decimal("2.50")
    assert Changes().discount == 0


def test_no_changes_are_false_and_add_nothing():
    one = Changes(add=(LINE,))
    assert not Changes()
    assert one
    assert Changes(move=(Move(LINE, LineStatus.DELETED),))
    assert Changes() + one + Changes() == one


def test_a_line_is_explained_by_its_days_units_and_price():
    assert explain(LINE, "USD") == Explanation(
        days=12,
        period_days=31,
        quantity=5,
        unit_price=Decimal("10.00"),
        exact=Fraction(600, 31),
        rounded=Decimal("19.35"),
        rate=Decimal(0),
        net=Decimal("19.35"),
        amount=Decimal("19.35"),
        difference=Decimal("0.00"),
        whole=None,
    )


@pytest.mark.parametrize(
    ("amount", "source", "rate", "net", "difference", "whole"),
    [
        ("2.33", Source.PURCHASE, "0.10", "2.33", "0.00", None),  # 2.5838... less 10 %
        ("2.32", Source.PURCHASE, "0.10", "2.32", "0.00", None),  # 2.58 less 10 %: of an order's whole sum
        ("2.31", Source.PURCHASE, "0.10", "2.32", "-0.01", None),  # with the correction of its order
        ("2.32", Source.USED_PART, "0.10", "2.33", "-0.01", "19.35"),
        ("2.57", Source.PURCHASE, "0", "2.58", "-0.01", None),
    ],
)
def test_a_discount_is_explained_of_the_exact_sum_or_of_the_rounded_one(amount, source, rate, net, difference, whole):
    line = replace(
        LINE, quantity=1, unit_price=Decimal("8.01"), amount=Decimal(amount), source=source, rate=Decimal(rate),
        period=Period(AUG20, date(2018, 8, 30)), parent=LINE,
    )  # fmt: skip
    told = explain(line, "USD")
    assert (f"{told.net}", f"{told.difference}", f"{told.rounded}") == (net, difference, "2.58")
    assert told.whole == (None if whole is None else Decimal(whole))
    assert explain(replace(line, parent=None), "USD").whole is None


def test_the_refund_of_a_split_is_explained_as_what_the_other_parts_leave():
    book = Book({"seats": "3.35"}).order(AUG20, seats=2).change(date(2018, 8, 21), seats=1)
    parts = {line.source: line for line in book.rows.values()}
    assert [f"{parts[source].amount}" for source in ("purchase", "used_part", "continuing_part", "refund_part")] == [
        "2.59",
        "0.22",
        "1.19",
        "1.18",
    ]
    refund = explain(parts[Source.REFUND_PART], "USD")
    assert (refund.rounded, refund.difference, refund.whole) == (Decimal("1.19"), Decimal("-0.01"), Decimal("2.59"))


def test_the_units_of_a_day_are_those_of_blocked_lines_that_hold_it():
    lines = [
        LINE,
        replace(LINE, block=2, quantity=3, period=Period(AUG25, SEP1)),
        replace(LINE, block=3, quantity=7, status=LineStatus.OPENED),
        replace(LINE, resource="disks", quantity=1),
    ]
    assert quantities_on(lines, AUG20) == {"seats": 5, "disks": 1}
    assert quantities_on(lines, AUG25) == {"seats": 8, "disks": 1}
    assert quantities_on(lines, SEP1) == {}


def test_a_fresh_block_lies_above_those_of_its_resource():
    lines = [LINE, replace(LINE, block=4), replace(LINE, resource="disks", block=9)]
    assert (fresh_block(lines, "seats"), fresh_block(lines, "disks"), fresh_block(lines, "tapes")) == (5, 10, 1)


def test_fewer_than_no_units_are_refused():
    with pytest.raises(ValueError, match="not a quantity of seats: -1"):
        has_units("seats", -1)


def test_what_takes_the_place_of_a_line_is_not_in_the_books_yet_and_of_no_order():
    before = replace(LINE, order=4)
    anew = instead(before, status=LineStatus.OPENED)
    assert (anew.row, anew.order, anew.status, anew.amount) == (None, None, LineStatus.OPENED, LINE.amount)
    assert anew.parent is before
