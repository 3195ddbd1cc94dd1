"""Units added and given back: which lines are touched, at which price, and what a finite subscription does later on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.csp_monthly.quantities import (
    change,
    lower_units,
    pay_raise,
    provide_raise,
    provide_raise_of_stopped,
    raise_units,
    withdraw_raise,
)
from billing.engine.lines import Changes, Line
from core.period import Period
from tests.billing.engine.book import Book

AUG20, AUG22, AUG25, AUG28, SEP1 = *(date(2018, 8, day) for day in (20, 22, 25, 28)), date(2018, 9, 1)


@pytest.mark.parametrize(("fixed", "amount"), [(True, "6.77"), (False, "8.13")])
def test_added_units_cost_the_ordering_price_or_that_of_the_day(fixed, amount):
    book = Book(fixed=fixed).order(AUG20, seats=5).price(AUG22, "seats", "12.00").change(AUG25, seats=8)
    assert [f"{line.amount}" for line in book.having("blocked")] == ["19.35", amount]


def test_the_units_bought_last_are_given_back_first():
    book = Book().order(AUG20, seats=5).price(AUG22, "seats", "12.00").change(AUG22, seats=8).change(AUG25, seats=6)
    assert book.told() == [
        ("blocked", "2018-08-20", "2018-09-01", 5, "19.35"),
        ("blocked", "2018-08-25", "2018-09-01", 1, "2.71"),
        ("closed", "2018-08-22", "2018-08-25", 3, "3.48"),
        ("refunded", "2018-08-25", "2018-09-01", 2, "5.42"),
    ]


def test_giving_back_more_than_was_bought_last_touches_the_line_before():
    book = Book().order(AUG20, seats=5).change(AUG22, seats=8).change(AUG25, seats=4)
    assert book.told() == [
        ("blocked", "2018-08-25", "2018-09-01", 4, "9.03"),
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
        ("closed", "2018-08-22", "2018-08-25", 3, "2.90"),
        ("refunded", "2018-08-25", "2018-09-01", 1, "2.26"),
        ("refunded", "2018-08-25", "2018-09-01", 3, "6.78"),
    ]


def test_what_is_bought_and_given_back_on_one_day_leaves_only_deleted_lines():
    book = Book().order(AUG20, seats=5).change(AUG25, seats=8).change(AUG25, seats=5)
    assert book.told() == [("blocked", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert book.told("deleted") == [("deleted", "2018-08-25", "2018-09-01", 3, "6.77")]
    assert book.available == Decimal("6.77")


def test_giving_back_on_the_first_day_has_no_used_part():
    book = Book().order(AUG20, seats=5).change(AUG20, seats=2)
    assert book.told() == [
        ("blocked", "2018-08-20", "2018-09-01", 2, "7.74"),
        ("refunded", "2018-08-20", "2018-09-01", 3, "11.61"),
    ]


def test_giving_back_all_units_leaves_the_used_days_and_a_refund():
    book = Book().order(AUG20, seats=5).change(AUG25, seats=0)
    assert book.told() == [
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
        ("refunded", "2018-08-25", "2018-09-01", 5, "11.29"),
    ]
    assert book.change(AUG28, seats=1).told("blocked") == [("blocked", "2018-08-28", "2018-09-01", 1, "1.29")]


def test_a_refund_may_be_a_cent_below_nothing_so_that_the_parts_add_up():
    book = Book({"seats": "0.006"}).order(SEP1, seats=4).change(date(2018, 9, 20), seats=3)
    assert book.told("deleted") == [("deleted", "2018-09-01", "2018-10-01", 4, "0.02")]
    assert book.told() == [
        ("blocked", "2018-09-20", "2018-10-01", 3, "0.01"),
        ("closed", "2018-09-01", "2018-09-20", 4, "0.02"),
        ("refunded", "2018-09-20", "2018-10-01", 1, "-0.01"),
    ]


def test_one_resource_up_and_another_down_pays_for_the_raise_only():
    book = Book({"seats": "10.00", "disks": "4.00"}).order(AUG20, seats=5, disks=5)
    book.change(AUG25, pay="later", seats=8, disks=2)
    assert book.due == Decimal("6.77")
    book.pay(AUG25, "6.77")
    assert sorted((ln.resource, ln.quantity, f"{ln.amount}") for ln in book.having("blocked")) == [
        ("disks", 2, "1.81"),
        ("seats", 3, "6.77"),
        ("seats", 5, "19.35"),
    ]


def test_the_same_quantities_change_nothing():
    book = Book().order(AUG20, seats=5)
    assert change(book.terms, list(book.rows.values()), {"seats": 5}, AUG25) == Changes()
    assert raise_units(book.terms, list(book.rows.values()), {"seats": 0}, AUG25) == Changes()


def test_giving_back_more_than_there_is_is_refused():
    book = Book().order(AUG20, seats=5)
    with pytest.raises(ValueError, match="6 units to give back, 5 there"):
        lower_units(book.terms, list(book.rows.values()), {"seats": 6}, AUG25)


def test_a_raise_paid_later_is_charged_from_that_day():
    book = Book().order(AUG20, seats=5).change(AUG22, pay="later", seats=8).pay(AUG25, "9.68")
    assert book.told() == [
        ("blocked", "2018-08-20", "2018-09-01", 5, "19.35"),
        ("blocked", "2018-08-25", "2018-09-01", 3, "6.77"),
    ]
    assert book.told("deleted") == [("deleted", "2018-08-22", "2018-09-01", 3, "9.68")]
    assert book.available == Decimal("2.91")


def test_an_unpaid_raise_is_not_renewed_and_paid_in_a_later_period_counts_from_that_day():
    book = Book().order(AUG20, seats=5).top_up(AUG20, "50").change(AUG22, pay="later", seats=8).to(SEP1)
    assert book.told("blocked") == [("blocked", "2018-09-01", "2018-10-01", 5, "50.00")]
    book.pay(date(2018, 9, 16), "15.00")
    assert book.told("blocked") == [
        ("blocked", "2018-09-01", "2018-10-01", 5, "50.00"),
        ("blocked", "2018-09-16", "2018-10-01", 3, "15.00"),
    ]


def test_a_finite_raise_enlarges_the_later_periods_of_the_same_price_when_paid():
    book = Book(months=2).order(AUG20, seats=5).change(AUG25, pay="later", seats=8)
    assert book.told("opened") == [
        ("opened", "2018-09-01", "2018-10-01", 5, "50.00"),
        ("opened", "2018-10-01", "2018-10-20", 5, "30.65"),
    ]
    book.pay(AUG25, "6.77")
    assert book.told("opened") == [
        ("opened", "2018-09-01", "2018-10-01", 8, "80.00"),
        ("opened", "2018-10-01", "2018-10-20", 8, "49.03"),
    ]
    assert book.told("deleted") == [
        ("deleted", "2018-09-01", "2018-10-01", 5, "50.00"),
        ("deleted", "2018-10-01", "2018-10-20", 5, "30.65"),
    ]


def test_a_finite_raise_at_another_price_has_later_lines_of_its_own_and_they_go_first():
    book = Book(months=1).order(AUG20, seats=5).price(AUG22, "seats", "12.00").change(AUG25, seats=8)
    assert book.told("opened") == [
        ("opened", "2018-09-01", "2018-09-20", 3, "22.80"),
        ("opened", "2018-09-01", "2018-09-20", 5, "31.67"),
    ]
    book.change(AUG28, seats=4)
    assert book.told("opened") == [("opened", "2018-09-01", "2018-09-20", 4, "25.33")]
    assert book.terms.expires_on == date(2018, 9, 20)


def test_units_added_in_the_last_period_of_a_finite_subscription_end_with_it():
    book = Book(months=1).top_up(AUG20, "100").order(AUG20, seats=5).change(date(2018, 9, 10), seats=6)
    assert book.told("blocked") == [
        ("blocked", "2018-09-01", "2018-09-20", 5, "31.67"),
        ("blocked", "2018-09-10", "2018-09-20", 1, "3.33"),
    ]


def test_a_finite_resource_without_units_gets_lines_for_all_later_periods():
    book = Book({"seats": "10.00", "disks": "4.00"}, months=1).order(AUG20, seats=5).change(AUG25, disks=1)
    assert [(ln.resource, f"{ln.amount}") for ln in book.having("opened")] == [("seats", "31.67"), ("disks", "2.53")]


def raised(months: int | None = None) -> tuple[Book, list[Line]]:
    """Return a book of five seats and three more paid on 25 August, not provided yet, with the lines of those."""
    book = Book(months=months).order(AUG20, seats=5)
    if months:
        book.top_up(AUG25, "6.77")
    book._carry_out(raise_units(book.terms, book._live(), {"seats": 3}, AUG25))
    book._carry_out(pay_raise(book.terms, book._live(), AUG25, provided=False))
    return book, [line for line in book._live() if line.period.start == AUG25]


def shown(lines: Iterable[Line]) -> list[str]:
    return [f"{x.status} {x.period.start} {x.period.end} {x.quantity} {x.amount}" for x in lines]


def test_a_raise_provided_later_than_paid_is_charged_from_that_day():
    """Decision 22: the units held go on, the added ones begin on 5 September."""
    book, lines = raised()
    changes = provide_raise(book.terms, book._live(), lines, date(2018, 9, 5))
    assert shown(changes.add) == ["blocked 2018-09-05 2018-10-01 3 26.00"]
    assert shown(move.line for move in changes.move) == ["blocked 2018-08-25 2018-09-01 3 6.77"]
    assert provide_raise(book.terms, book._live(), lines, AUG25) == Changes()


def test_later_periods_of_a_raise_wait_until_it_is_provided():
    book, lines = raised(months=2)
    later = [
        "opened 2018-09-01 2018-10-01 5 50.00",
        "opened 2018-10-01 2018-10-20 5 30.65",
    ]
    assert shown(book.having("opened")) == later
    changes = provide_raise(book.terms, book._live(), lines, AUG28)
    assert shown(changes.add) == [
        "blocked 2018-08-28 2018-09-01 3 3.87",
        "opened 2018-09-01 2018-10-01 8 80.00",
        "opened 2018-10-01 2018-10-20 8 49.03",
    ]
    stopped = provide_raise_of_stopped(book.terms, book._live(), lines, AUG28)
    assert shown(stopped.add) == shown(changes.add)[1:]
    assert shown(withdraw_raise(book.terms, book._live(), lines).add) == []


def test_a_raise_whose_later_periods_were_raised_when_it_was_paid_is_raised_once():
    """Paid before periods waited for the vendor: neither raised again, nor left raised where it is given up."""
    book = Book(months=2).order(AUG20, seats=5).change(AUG25, seats=8)
    lines = [line for line in book._live() if line.period.start == AUG25]
    assert shown(provide_raise(book.terms, book._live(), lines, AUG28).add) == ["blocked 2018-08-28 2018-09-01 3 3.87"]
    assert shown(withdraw_raise(book.terms, book._live(), lines).add) == [
        "opened 2018-09-01 2018-10-01 5 50.00",
        "opened 2018-10-01 2018-10-20 5 30.65",
    ]


def test_a_stopped_one_gets_its_raise_in_the_periods_after_the_day_in_a_block_above_those_that_stay():
    book, (line,) = raised(months=2)
    others = [replace(one, block=3) for one in book._live() if one is not line]
    for day, later in ((AUG28, ["80.00", "49.03"]), (date(2018, 9, 5), ["49.03"])):
        made = provide_raise_of_stopped(book.terms, [*others, line], [line], day).add
        assert [(one.block, f"{one.amount}") for one in made] == [(4, amount) for amount in later]
    alone = provide_raise_of_stopped(book.terms, [*(replace(one, block=1) for one in others), line], [line], AUG28)
    assert {one.block for one in alone.add} == {2}


def test_a_lowering_touches_the_present_period_and_those_that_begin_after_its_day():
    book = Book({"seats": "10.00", "disks": "4.00"}, months=2).order(AUG20, seats=5)
    now, september, october = book._live()
    today = replace(september, period=Period(AUG25, SEP1), block=2, row=8)
    yesterday = replace(today, period=Period(AUG22, SEP1), block=3, row=9)
    ahead = replace(now, period=Period(date(2018, 10, 20), date(2018, 11, 1)), block=4, row=10)  # a term that is paid
    lines = [now, today, yesterday, september, october, ahead]
    changes = lower_units(book.terms, lines, {"disks": 0, "seats": 2}, AUG25)
    assert [move.line for move in changes.move] == [now, september, october]
