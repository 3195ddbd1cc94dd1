"""Orders of several resources, at the end of months, paid late, cancelled."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.csp_monthly.ordering import cancel_unpaid, due_now, order, pay_order, provide_order
from billing.engine.lines import Changes, LineStatus
from billing.engine.terms import Price, Terms
from tests.billing.engine.book import Book, NotNow

AUG20, AUG25, SEP1 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 9, 1)


def test_each_resource_with_units_is_a_line():
    book = Book({"seats": "10.00", "disks": "0", "tapes": "7"}).order(AUG20, seats=5, disks=2, tapes=0)
    assert [(line.resource, line.quantity, f"{line.amount}") for line in book.having("blocked")] == [
        ("seats", 5, "19.35"),
        ("disks", 2, "0.00"),
    ]


@pytest.mark.parametrize(
    ("day", "billing_day", "months", "periods"),
    [
        (date(2019, 1, 31), 31, None, [("2019-01-31", "2019-02-28", "50.00")]),
        (date(2020, 2, 28), 30, None, [("2020-02-28", "2020-02-29", "1.67")]),
        (date(2020, 2, 29), 31, None, [("2020-02-29", "2020-03-31", "50.00")]),
        (
            date(2019, 1, 31),
            1,
            1,
            [("2019-01-31", "2019-02-01", "1.61"), ("2019-02-01", "2019-02-28", "48.21")],
        ),
        (
            date(2020, 1, 30),
            31,
            2,
            [
                ("2020-01-30", "2020-01-31", "1.61"),
                ("2020-01-31", "2020-02-29", "50.00"),
                ("2020-02-29", "2020-03-30", "48.39"),
            ],
        ),
    ],
)
def test_orders_at_the_end_of_months_are_cut_at_the_clamped_billing_days(day, billing_day, months, periods):
    book = Book(billing_day=billing_day, months=months).order(day, pay="later", seats=5)
    assert [(f"{ln.period.start}", f"{ln.period.end}", f"{ln.amount}") for ln in book.having("new")] == periods


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "19"), ("KWD", "19.355")])
def test_amounts_have_the_decimals_of_the_currency(currency, amount):
    book = Book(currency=currency).order(AUG20, seats=5)
    assert [f"{line.amount}" for line in book.having("blocked")] == [amount]


def test_paid_later_the_lines_are_made_anew_from_that_day_at_the_agreed_price():
    book = Book().order(AUG20, pay="later", seats=5).price(AUG25, "seats", "99.00").pay(AUG25, "19.35")
    assert book.told() == [("blocked", "2018-08-25", "2018-09-01", 5, "11.29")]
    assert book.told("deleted") == [("deleted", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert book.available == Decimal("8.06")


def test_paid_after_the_billing_day_and_dearer_the_order_waits_for_the_missing_amount():
    book = Book().order(AUG20, pay="later", seats=5)
    with pytest.raises(NotNow, match=r"missing 30\.65"):
        book.pay(SEP1, "19.35")
    assert book.told() == [("new", "2018-08-20", "2018-09-01", 5, "19.35")]
    book.pay(SEP1, "30.65")
    assert book.told() == [("blocked", "2018-09-01", "2018-10-01", 5, "50.00")]


def test_a_finite_order_paid_later_expires_later():
    book = Book(months=1).order(AUG20, pay="later", seats=5).pay(AUG25, "19.35")
    assert book.told() == [
        ("blocked", "2018-08-25", "2018-09-01", 5, "11.29"),
        ("opened", "2018-09-01", "2018-09-25", 5, "40.00"),
    ]
    assert book.terms.expires_on == date(2018, 9, 25)


def test_cancelling_an_unpaid_order_deletes_its_lines_only():
    terms = Terms("USD", 1, {"seats": [Price(AUG20, Decimal(10))]}, months=3)
    lines = order(terms, {"seats": 5}, AUG20).add
    changes = cancel_unpaid(lines)
    assert [(move.line, move.status) for move in changes.move] == [(line, LineStatus.DELETED) for line in lines]
    assert changes.add == ()


def test_an_order_of_nothing_has_no_lines_is_due_nothing_and_pays_nothing():
    terms = Terms("USD", 1, {"seats": [Price(AUG20, Decimal(10))]})
    assert order(terms, {"seats": 0}, AUG20) == Changes()
    assert due_now([], AUG20) == 0
    assert pay_order(terms, [], AUG20) == Changes()


def test_an_order_of_fewer_than_no_units_is_refused():
    terms = Terms("USD", 1, {"seats": [Price(AUG20, Decimal(10))]})
    with pytest.raises(ValueError, match="not a quantity of seats"):
        order(terms, {"seats": -1}, AUG20)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (None, ["blocked 2018-09-05 2018-10-01 5 43.33"]),
        (
            2,
            [
                "blocked 2018-09-05 2018-10-01 5 43.33",
                "opened 2018-10-01 2018-11-01 5 50.00",
                "opened 2018-11-01 2018-11-05 5 6.67",
            ],
        ),
    ],
)
def test_an_order_provided_later_than_paid_is_charged_from_that_day(months, expected):
    """Decision 22: paid on 20 August, provided on 5 September, at the price of the order."""
    book = Book(months=months).order(AUG20, seats=5)
    book.prices["seats"].append(Price(AUG25, Decimal(12)))
    terms = replace(book.terms, expires_on=None)
    changes = provide_order(terms, book.having("blocked", "opened"), date(2018, 9, 5))
    assert [f"{x.status} {x.period.start} {x.period.end} {x.quantity} {x.amount}" for x in changes.add] == expected
    assert {move.status for move in changes.move} == {LineStatus.DELETED}
    assert len(changes.move) == len(book.rows)


def test_an_order_provided_on_the_day_it_was_paid_stays_as_it_is():
    book = Book(months=2).order(AUG20, seats=5)
    assert provide_order(book.terms, book.having("blocked", "opened"), AUG20) == Changes()
    assert provide_order(book.terms, [], AUG25) == Changes()
