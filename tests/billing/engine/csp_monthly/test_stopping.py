"""Stopping and activating, in the period of the stop and in a later one, and deleting."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.csp_monthly.stopping import activate, provide_activation, withdraw_activation
from billing.engine.lines import Changes, LineStatus, Source
from core.period import Period
from tests.billing.engine.book import Book, NotNow

AUG20, AUG22, AUG25, AUG28, SEP1 = *(date(2018, 8, day) for day in (20, 22, 25, 28)), date(2018, 9, 1)
SEP10, OCT1 = date(2018, 9, 10), date(2018, 10, 1)


def two_prices(**terms) -> Book:
    """Return a book with five units at 10 and three at 12, the plan asking 15 since."""
    book = Book(**terms).order(AUG20, seats=5).price(AUG22, "seats", "12.00").change(AUG22, seats=8)
    return book.price(AUG25, "seats", "15.00")


def test_stopping_on_the_first_day_leaves_the_whole_line_as_the_remainder():
    assert Book().order(AUG20, seats=5).stop(AUG20).told() == [("opened", "2018-08-20", "2018-09-01", 5, "19.35")]


def test_stopping_and_activating_on_one_day_any_number_of_times_costs_the_same():
    book = Book().order(AUG20, seats=5)
    for _ in range(3):
        book.stop(AUG25).activate(AUG25)
    assert book.told() == [
        ("blocked", "2018-08-25", "2018-09-01", 5, "11.29"),
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
    ]


def test_activating_in_the_period_of_the_stop_goes_on_at_the_prices_the_units_had():
    book = two_prices().stop(AUG25).activate(AUG28)
    assert book.told("blocked") == [
        ("blocked", "2018-08-28", "2018-09-01", 3, "4.65"),
        ("blocked", "2018-08-28", "2018-09-01", 5, "6.45"),
    ]
    assert book.told("opened") == []


def test_the_units_bought_last_still_go_first_after_an_activation():
    book = two_prices().stop(AUG25).activate(AUG28).change(AUG28, seats=5)
    assert [(ln.quantity, ln.unit_price) for ln in book.having("blocked")] == [(5, Decimal("10.00"))]


def test_units_of_one_price_become_one_line_when_activated():
    book = Book().order(AUG20, seats=5).change(AUG22, seats=8).stop(AUG25).activate(AUG28)
    assert book.told("blocked") == [("blocked", "2018-08-28", "2018-09-01", 8, "10.32")]


@pytest.mark.parametrize(("fixed", "amount"), [(True, "56.00"), (False, "84.00")])
def test_activating_in_a_later_period_takes_the_ordering_price_or_that_of_the_day(fixed, amount):
    book = two_prices(fixed=fixed).stop(AUG25).top_up(SEP10, "100").activate(SEP10)
    assert book.told("blocked") == [("blocked", "2018-09-10", "2018-10-01", 8, amount)]


def test_after_a_stop_by_the_night_an_activation_on_the_same_day_pays_the_new_period():
    book = two_prices().to(SEP1)
    assert book.status == "stopped"
    book.top_up(SEP1, "200").activate(SEP1)
    assert book.told("blocked") == [("blocked", "2018-09-01", "2018-10-01", 8, "120.00")]


def test_a_stop_by_hand_on_the_billing_day_keeps_the_price_of_that_period():
    book = Book().order(AUG20, seats=5).top_up(AUG20, "200").stop(SEP1)
    book.price(SEP1, "seats", "20.00").activate(SEP10)
    assert book.told("blocked") == [("blocked", "2018-09-10", "2018-10-01", 5, "35.00")]


def test_an_activation_without_the_funds_is_refused_and_changes_nothing():
    book = Book().order(AUG20, seats=5).stop(AUG25).top_up(AUG25, "-10.00")
    rows = dict(book.rows)
    with pytest.raises(NotNow, match=r"missing 5\.16"):
        book.activate(AUG28)
    assert (book.rows, book.status) == (rows, "stopped")


def test_a_finite_activation_in_a_later_period_replaces_that_period_only():
    book = Book(months=3).order(AUG20, seats=5).stop(AUG25).top_up(SEP10, "100").activate(SEP10)
    assert book.told() == [
        ("blocked", "2018-09-10", "2018-10-01", 5, "35.00"),
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
        ("opened", "2018-10-01", "2018-11-01", 5, "50.00"),
        ("opened", "2018-11-01", "2018-11-20", 5, "31.67"),
    ]


def test_a_finite_floating_activation_after_a_stop_by_the_night_keeps_the_price_of_the_order():
    """T12: the pieces of a term stay what they were ordered at."""
    book = Book(months=3).order(AUG20, seats=5).price(AUG22, "seats", "12.00").to(SEP1)
    assert book.status == "stopped"
    book.top_up(SEP10, "100").activate(SEP10)
    assert book.told("blocked") == [("blocked", "2018-09-10", "2018-10-01", 5, "35.00")]


def test_a_finite_activation_in_the_last_period_ends_with_the_expiry():
    book = Book(months=1).top_up(AUG20, "100").order(AUG20, seats=5).stop(SEP10).activate(date(2018, 9, 15))
    assert book.told("blocked") == [("blocked", "2018-09-15", "2018-09-20", 5, "8.33")]


def test_activating_without_units_makes_no_line():
    assert Book().order(AUG20, seats=5).change(AUG22, seats=0).stop(AUG25).activate(AUG28).told("blocked") == []


def test_deleting_a_finite_subscription_deletes_its_later_periods():
    book = Book(months=3).order(AUG20, seats=5).delete(AUG25)
    assert book.told() == [("closed", "2018-08-20", "2018-08-25", 5, "8.06")]
    assert (len(book.having("deleted")), book.available) == (4, Decimal("11.29"))


def test_deleting_a_stopped_subscription_leaves_what_was_closed():
    book = Book().order(AUG20, seats=5).stop(AUG25).delete(AUG28)
    assert book.told() == [("closed", "2018-08-20", "2018-08-25", 5, "8.06")]


def test_deleting_on_the_first_day_costs_nothing():
    book = Book().order(AUG20, seats=5).delete(AUG20)
    assert (book.told(), book.available) == ([], Decimal("19.35"))


def test_deleting_before_payment_deletes_the_new_lines():
    assert Book().order(AUG20, pay="later", seats=5).delete(AUG25).told() == []


def test_an_activation_carried_out_later_is_charged_from_that_day_at_the_prices_it_had():
    """Asked for on 28 August, carried out on 30 August, or on 10 September: days without service are not charged."""
    book = two_prices().top_up(AUG25, "500").stop(AUG25).activate(AUG28)
    for day, amounts in ((date(2018, 8, 30), ["3.23", "2.32"]), (SEP10, ["35.00", "25.20"])):
        changes = provide_activation(book.terms, book._live(), day)
        assert [(f"{line.period.start}", f"{line.amount}") for line in changes.add] == [
            (f"{day}", amount) for amount in amounts
        ]
        assert [move.line.period.start for move in changes.move] == [AUG28, AUG28]
    assert provide_activation(book.terms, book._live(), AUG28) == Changes()


def test_an_activation_of_months_carried_out_after_the_expiry_charges_nothing():
    book = Book(months=1).order(AUG20, seats=5).top_up(AUG25, "500").stop(AUG25).activate(AUG28)
    changes = provide_activation(book.terms, book._live(), date(2018, 9, 25))
    assert changes.add == ()
    assert [f"{move.line.period.start}" for move in changes.move] == ["2018-08-28", "2018-09-01"]


def test_an_activation_that_is_given_up_is_the_remainder_again_or_nothing():
    book = Book().order(AUG20, seats=5).top_up(AUG25, "500").stop(AUG25).activate(AUG28)
    (line,) = withdraw_activation(book._live(), date(2018, 8, 30)).add
    assert (line.status, line.source, f"{line.amount}") == (LineStatus.OPENED, Source.REMAINDER, "6.45")
    assert withdraw_activation(book._live(), SEP10).add == ()


def test_an_activation_takes_up_what_the_stop_left_and_is_the_first_block_where_nothing_stays():
    (line,) = Book().order(AUG20, seats=5).stop(AUG25).having("opened")
    other = replace(line, source=Source.PURCHASE, block=2, unit_price=Decimal(12))
    terms = Book().terms
    assert [(one.block, one.unit_price) for one in activate(terms, [other, line], {}, AUG28).add] == [(1, Decimal(10))]
    whole = [replace(other, unit_price=Decimal(price), block=block) for price, block in ((12, 2), (11, 1))]
    made = activate(terms, whole, {}, AUG28).add
    assert [(one.block, one.unit_price, one.parent) for one in made] == [
        (1, Decimal(11), whole[1]), (2, Decimal(12), whole[1]),
    ]  # fmt: skip
    stays = replace(line, block=7, period=Period(SEP1, OCT1))
    unpaid = replace(line, status=LineStatus.NEW, block=8)
    for others, block in (([stays], 8), ([unpaid], 9)):
        assert [one.block for one in activate(terms, [line, *others], {}, AUG28).add] == [block]


def test_an_activation_carried_out_on_the_day_of_the_end_charges_nothing():
    book = Book(months=1).top_up(AUG20, "100").order(AUG20, seats=5).stop(SEP10).activate(date(2018, 9, 15))
    late = provide_activation(book.terms, book._live(), date(2018, 9, 20))
    assert (late.add, [move.status for move in late.move]) == ((), [LineStatus.DELETED])
