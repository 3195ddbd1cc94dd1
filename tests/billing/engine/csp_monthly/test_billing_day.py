"""The night of a billing day, run late, with several prices, and at the expiry."""

from datetime import date
from decimal import Decimal

import pytest

from billing.engine.csp_monthly.billing_day import close_period, end, next_period
from billing.engine.lines import Changes, LineStatus
from tests.billing.engine.book import Book

AUG20, AUG22, AUG25, SEP1, SEP4, OCT1 = (
    *(date(2018, 8, day) for day in (20, 22, 25)),
    date(2018, 9, 1),
    date(2018, 9, 4),
    date(2018, 10, 1),
)


def test_a_line_closed_late_is_closed_on_the_day_on_which_it_ended():
    book = Book().order(AUG20, seats=5)
    (move,) = close_period(book.terms, list(book.rows.values()), SEP4).move
    assert (move.status, move.closed_on) == (LineStatus.CLOSED, SEP1)


def test_before_the_billing_day_nothing_is_closed():
    book = Book().order(AUG20, seats=5)
    assert close_period(book.terms, list(book.rows.values()), date(2018, 8, 31)) == Changes()


def test_an_unpaid_order_waits_through_the_night():
    book = Book().order(AUG20, pay="later", seats=5).to(OCT1)
    assert book.told() == [("new", "2018-08-20", "2018-09-01", 5, "19.35")]


@pytest.mark.parametrize(("fixed", "amount"), [(True, "80.00"), (False, "96.00")])
def test_units_bought_at_two_prices_become_one_line_at_one_price(fixed, amount):
    book = Book(fixed=fixed).top_up(AUG20, "100").order(AUG20, seats=5)
    book.price(AUG22, "seats", "12.00").change(AUG25, seats=8).to(SEP1)
    assert book.told("blocked") == [("blocked", "2018-09-01", "2018-10-01", 8, amount)]


def test_a_finite_period_is_blocked_as_it_was_opened_whatever_the_plan_asks():
    book = Book(months=2).top_up(AUG20, "100").order(AUG20, seats=5).price(AUG22, "seats", "12.00").to(SEP1)
    assert book.told("blocked") == [("blocked", "2018-09-01", "2018-10-01", 5, "50.00")]


def test_what_the_next_period_needs_counts_only_units_that_are_there():
    book = Book({"seats": "10.00", "disks": "4.00"}).order(AUG20, seats=5)
    assert next_period(book.terms, {"seats": 5, "disks": 0}, [], SEP1).reserves == Decimal("50.00")
    assert next_period(book.terms, {"seats": 0}, [], SEP1) == Changes()


def test_nothing_is_needed_from_the_expiry_on():
    book = Book(months=1).order(AUG20, seats=5)
    lines = list(book.rows.values())
    assert next_period(book.terms, {"seats": 5}, lines, SEP1).reserves == Decimal("31.67")
    assert next_period(book.terms, {"seats": 5}, lines, OCT1).reserves == 0


def test_the_expiry_between_billing_days_closes_the_last_line_on_it():
    book = Book(months=1).top_up(AUG20, "100").order(AUG20, seats=5).to(OCT1)
    assert [(f"{ln.amount}", ln.closed_on) for ln in book.having("closed")] == [
        ("19.35", SEP1),
        ("31.67", date(2018, 9, 20)),
    ]
    assert (book.status, book.having("blocked", "opened")) == ("stopped", [])


def test_the_expiry_of_a_stopped_subscription_deletes_what_is_opened():
    book = Book(months=1).top_up(AUG20, "100").order(AUG20, seats=5).stop(date(2018, 9, 10)).to(OCT1)
    assert {line.status.value for line in book.rows.values()} == {"closed", "deleted"}


def test_an_end_before_the_lines_end_leaves_none_opened_and_the_blocked_ones_alone():
    book = Book(months=2).order(AUG20, seats=5)
    changes = end(book.terms, list(book.rows.values()), AUG25)
    assert [(move.line.period.start, move.status) for move in changes.move] == [
        (SEP1, LineStatus.DELETED),
        (OCT1, LineStatus.DELETED),
    ]
