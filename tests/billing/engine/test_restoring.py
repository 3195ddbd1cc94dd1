"""A lowering that the vendor refused: charged for every day again, those of periods that are over at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import LineStatus
from billing.engine.restoring import renewed_since, restored
from tests.billing.engine.book import Book

AUG20, AUG25, AUG27, SEP5 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 8, 27), date(2018, 9, 5)


def lowered(months: int | None = None) -> Book:
    return Book(months=months).order(AUG20, seats=5).change(AUG25, seats=3)


def test_the_refund_is_reserved_again_and_written_off_where_its_days_are_over():
    book = lowered()
    (whole,) = book.having("deleted")
    parts = book.having("closed", "blocked", "refunded")
    for day, status, closed_on in ((AUG27, "blocked", None), (SEP5, "closed", SEP5)):
        changes = restored(whole, parts, AUG25, day, block=7)
        (line,) = changes.add
        assert (line.status, line.closed_on, line.block, line.quantity, f"{line.amount}", line.row) == (
            status, closed_on, 7, 2, "4.52", None,
        )  # fmt: skip
        assert [move.line.status for move in changes.move] == ["refunded"]


def test_a_line_that_was_given_back_whole_comes_back_whole():
    book = lowered()
    (whole,) = book.having("deleted")
    changes = restored(whole, [], AUG25, AUG27, block=7)
    assert [(line.status, line.quantity, line.amount) for line in changes.add] == [("blocked", 5, whole.amount)]
    assert not changes.move


def test_billing_days_since_are_renewed_for_the_units_too():
    book = lowered()
    changes = renewed_since(
        book.terms, "seats", 2, lowered_on=AUG25, until=date(2018, 10, 6), day=date(2018, 10, 5), block=7
    )
    told = [(line.status, f"{line.period.start}", f"{line.amount}", line.closed_on) for line in changes.add]
    assert told == [
        ("closed", "2018-09-01", "20.00", date(2018, 10, 5)),
        ("blocked", "2018-10-01", "20.00", None),
    ]
    on_time = renewed_since(book.terms, "seats", 2, lowered_on=AUG25, until=SEP5, day=date(2018, 10, 1), block=7)
    assert [line.status for line in on_time.add] == ["closed"]
    assert not renewed_since(book.terms, "seats", 2, lowered_on=AUG25, until=AUG27, day=AUG27, block=7)


def test_a_later_period_is_as_it_was_or_gets_the_units_it_lacks():
    book = lowered(months=2)
    was = next(line for line in book.having("deleted") if f"{line.period.start}" == "2018-09-01")
    (now,) = (line for line in book.having("opened") if f"{line.period.start}" == "2018-09-01")
    again = restored(was, [now], AUG25, AUG27, block=7)
    assert [(line.status, line.quantity, f"{line.amount}") for line in again.add] == [("opened", 5, "50.00")]
    assert [move.status for move in again.move] == [LineStatus.DELETED]
    begun = restored(was, [now], AUG25, SEP5, block=7)
    assert [(line.status, line.quantity, f"{line.amount}") for line in begun.add] == [("blocked", 2, "20.00")]
    assert begun.move == ()
    stopped = restored(was, [now], AUG25, SEP5, block=7, stopped_on=date(2018, 9, 1))
    assert [line.status for line in stopped.add] == ["opened"]
    served = restored(was, [now], AUG25, SEP5, block=7, stopped_on=date(2018, 9, 2))
    assert [line.status for line in served.add] == ["blocked"]
    over = restored(was, [], AUG25, date(2018, 10, 5), block=7, stopped_on=date(2018, 9, 1))
    assert not over


def test_units_given_back_on_the_first_day_of_a_line_come_back_as_what_was_refunded():
    book = Book().order(AUG20, seats=5).change(AUG20, seats=3)
    (whole,) = book.having("deleted")
    changes = restored(whole, book.having("blocked", "refunded"), AUG20, AUG27, block=7)
    assert [(line.status, line.quantity, f"{line.amount}") for line in changes.add] == [("blocked", 2, "7.74")]
    assert [(move.line.status, move.status) for move in changes.move] == [("refunded", "deleted")]


def test_the_day_on_which_days_begin_or_end_belongs_to_what_comes():
    sep1, oct1 = date(2018, 9, 1), date(2018, 10, 1)
    book = lowered()
    (whole,) = book.having("deleted")
    refunded = restored(whole, book.having("closed", "blocked", "refunded"), AUG25, sep1, block=7)
    assert [(line.status, line.closed_on) for line in refunded.add] == [("closed", sep1)]
    up_to = renewed_since(book.terms, "seats", 2, lowered_on=AUG25, until=oct1, day=oct1, block=7)
    assert [f"{line.period.start}" for line in up_to.add] == ["2018-09-01"]
    book = lowered(months=2)
    was = next(line for line in book.having("deleted") if line.period.start == sep1)
    (now,) = (line for line in book.having("opened") if line.period.start == sep1)
    assert [line.status for line in restored(was, [now], AUG25, sep1, block=7).add] == ["blocked"]
    assert not restored(was, [now], AUG25, oct1, block=7, stopped_on=sep1)


def test_units_that_come_back_have_their_part_of_the_discount_and_say_what_they_were_part_of():
    book = lowered(months=2)
    was = next(line for line in book.having("deleted") if f"{line.period.start}" == "2018-09-01")
    (now,) = (line for line in book.having("opened") if f"{line.period.start}" == "2018-09-01")
    was, now = replace(was, discount=Decimal(5)), replace(now, discount=Decimal(3))
    (lacking,) = restored(was, [now], AUG25, SEP5, block=7).add
    assert (lacking.amount, lacking.discount, lacking.parent is was, lacking.row) == (20, 2, True, None)
