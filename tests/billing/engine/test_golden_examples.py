"""The golden examples of spec/billing.md section 8, as far as they concern CSP monthly prepay, on the engine."""

from datetime import date
from decimal import Decimal

import pytest

from billing.engine.csp_monthly.billing_day import next_period
from billing.engine.periods import expiry, renewal_open
from billing.engine.terms import chargeable_units
from tests.billing.engine.book import Book, NotNow

AUG20, AUG25, AUG28, SEP1 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 8, 28), date(2018, 9, 1)


def ordered(**terms) -> Book:
    """Return the book of G-I1: five units ordered and paid on 20 August, billing day 1."""
    return Book(**terms).order(AUG20, seats=5)


def test_g_d1_g_i1_an_endless_order_is_one_new_line_to_the_billing_day_and_blocked_when_paid():
    book = Book().order(AUG20, pay="later", seats=5)
    assert book.told() == [("new", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert book.due == Decimal("19.35")
    book.pay(AUG20, "19.35")
    assert book.told() == [("blocked", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert (book.balance, book.blocked, book.available) == (Decimal("19.35"), Decimal("19.35"), 0)


def test_g_d2_g_d3_g_i12_a_finite_year_is_thirteen_lines_of_which_the_first_is_blocked():
    book = Book(months=12).order(AUG20, pay="later", seats=5)
    lines = list(book.rows.values())
    assert [line.status.value for line in lines] == ["new"] * 13
    assert [f"{line.amount}" for line in lines] == ["19.35", *["50.00"] * 11, "30.65"]
    assert sum(line.amount for line in lines) == Decimal("600.00")
    assert (lines[0].period.start, lines[-1].period.end) == (AUG20, date(2019, 8, 20))
    assert book.due == Decimal("19.35")
    book.pay(AUG20, "19.35")
    assert [line.status.value for line in book.rows.values()] == ["blocked", *["opened"] * 12]


def test_g_d3_a_finite_order_on_the_billing_day_is_as_many_lines_as_months():
    book = Book(months=12).order(SEP1, seats=5)
    assert [f"{line.amount}" for line in book.rows.values()] == ["50.00"] * 12


@pytest.mark.parametrize(
    ("credit", "price", "accepted"),
    [("200", "190.00", True), ("200", "190.01", False), ("0", "0.01", False)],
)
def test_g_d4_the_credit_limit_counts_as_funds(credit, price, accepted):
    book = Book({"seats": price}, credit=credit).top_up(SEP1, "-10")
    if accepted:
        assert book.order(SEP1, pay="balance", seats=1).available == 0
    else:
        with pytest.raises(NotNow):
            book.order(SEP1, pay="balance", seats=1)


@pytest.mark.parametrize(("quantity", "charged"), [(15, 5), (16, 6), (10, 0), (9, 0)])
def test_g_d5_included_units_are_not_charged(quantity, charged):
    assert chargeable_units(quantity, included=10) == charged


def test_g_d6_g_i4_a_stop_closes_the_used_days_and_opens_the_rest():
    book = ordered().stop(AUG25)
    assert book.told("deleted") == [("deleted", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert book.told() == [
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
        ("opened", "2018-08-25", "2018-09-01", 5, "11.29"),
    ]
    assert [line.closed_on for line in book.having("closed")] == [AUG25]
    assert (book.balance, book.blocked) == (Decimal("11.29"), 0)


def test_g_d6_a_stop_leaves_the_later_periods_of_a_finite_subscription():
    book = ordered(months=12)
    later = book.told("opened")
    book.stop(AUG25)
    assert book.told("opened") == sorted([("opened", "2018-08-25", "2018-09-01", 5, "11.29"), *later])


def test_g_d7_g_i3_lowering_splits_into_used_continuing_and_refund():
    book = ordered().change(AUG25, seats=2)
    assert book.told() == [
        ("blocked", "2018-08-25", "2018-09-01", 2, "4.52"),
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
        ("refunded", "2018-08-25", "2018-09-01", 3, "6.77"),
    ]
    assert book.told("deleted") == [("deleted", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert (book.balance, book.blocked, book.available) == (Decimal("11.29"), Decimal("4.52"), Decimal("6.77"))


@pytest.mark.parametrize(
    ("point", "days_before", "is_open"),
    [(15, 16, False), (15, 15, True), (15, 0, True), (-1, 300, True), (0, 1, False), (0, 0, False)],
)
def test_g_d13_g_d14_the_manual_renew_point_opens_the_renewal(point, days_before, is_open):
    expires_on = date(2019, 8, 20)
    day = date.fromordinal(expires_on.toordinal() - days_before)
    assert renewal_open(expires_on, point, day) is is_open


def test_g_d15_g_i6_stopped_on_the_billing_day_stays_stopped_and_blocks_nothing():
    book = ordered().stop(AUG25).top_up(AUG25, "488.71").to(SEP1)
    assert book.balance == Decimal("500.00")
    assert book.status == "stopped"
    assert book.told() == [("closed", "2018-08-20", "2018-08-25", 5, "8.06")]
    assert book.blocked == 0


@pytest.mark.parametrize(
    ("left", "credit", "status", "september"),
    [("49.99", "0", "stopped", []), ("50.00", "0", "active", ["50.00"]), ("0", "50.00", "active", ["50.00"])],
)
def test_g_d16_g_i8_short_funds_on_the_billing_day_stop_the_subscription(left, credit, status, september):
    book = ordered(credit=credit).top_up(AUG28, left).to(SEP1)
    assert book.status == status
    assert book.told("closed") == [("closed", "2018-08-20", "2018-09-01", 5, "19.35")]
    assert [f"{line.amount}" for line in book.having("blocked")] == september


def test_g_d16_a_finite_subscription_stopped_by_the_night_keeps_its_opened_lines():
    book = ordered(months=3)
    later = book.told("opened")
    assert book.to(SEP1).status == "stopped"
    assert book.told("opened") == later


def test_g_d18_g_i16_the_required_funds_are_a_dry_run_of_the_next_period():
    active, stopped = ordered(), ordered().stop(AUG25)
    books = [book.to(date(2018, 8, 29)) for book in (active, stopped)]
    required = sum(
        (
            next_period(book.terms, book.units, list(book.rows.values()), SEP1).reserves
            for book in books
            if book.status == "active"
        ),
        Decimal(0),
    )
    assert required == Decimal("50.00")


def test_g_i2_added_units_are_a_line_of_their_own_to_the_billing_day():
    book = ordered().change(AUG25, pay="later", seats=8)
    assert book.due == Decimal("6.77")
    assert book.pay(AUG25, "6.77").told() == [
        ("blocked", "2018-08-20", "2018-09-01", 5, "19.35"),
        ("blocked", "2018-08-25", "2018-09-01", 3, "6.77"),
    ]


def test_g_i2_the_billing_day_makes_one_line_of_all_units():
    book = ordered().change(AUG25, seats=8).top_up(AUG25, "80").to(SEP1)
    assert book.told("blocked") == [("blocked", "2018-09-01", "2018-10-01", 8, "80.00")]
    assert book.told("closed") == [
        ("closed", "2018-08-20", "2018-09-01", 5, "19.35"),
        ("closed", "2018-08-25", "2018-09-01", 3, "6.77"),
    ]


def test_g_i5_activating_blocks_the_days_to_the_billing_day():
    book = ordered().stop(AUG25).activate(AUG28)
    assert book.told() == [
        ("blocked", "2018-08-28", "2018-09-01", 5, "6.45"),
        ("closed", "2018-08-20", "2018-08-25", 5, "8.06"),
    ]
    book.to(SEP1)
    assert sum(line.amount for line in book.having("closed")) == Decimal("14.51")


@pytest.mark.parametrize(("fixed", "september"), [(True, "50.00"), (False, "60.00")])
def test_g_i7_a_fixed_price_stays_and_a_floating_one_follows_the_plan_on_the_billing_day(fixed, september):
    book = ordered(fixed=fixed).top_up(AUG25, "100").price(AUG28, "seats", "12.00").to(SEP1)
    assert book.balance == Decimal("100.00")
    assert book.told() == [
        ("blocked", "2018-09-01", "2018-10-01", 5, september),
        ("closed", "2018-08-20", "2018-09-01", 5, "19.35"),
    ]


@pytest.mark.parametrize(
    ("day", "billing_day", "amount"),
    [(date(2019, 2, 20), 15, "41.07"), (date(2019, 2, 20), 1, "16.07"), (SEP1, 1, "50.00")],
)
def test_g_i9_g_i10_g_i11_the_first_period_is_a_share_of_its_billing_period(day, billing_day, amount):
    book = Book(billing_day=billing_day).order(day, seats=5)
    assert [f"{line.amount}" for line in book.having("blocked")] == [amount]


def test_g_i12_a_finite_year_costs_six_hundred_and_ends():
    book = ordered(months=12).top_up(AUG20, "600").to(date(2019, 9, 2))
    assert [f"{line.amount}" for line in book.rows.values()] == ["19.35", *["50.00"] * 11, "30.65"]
    assert {line.status.value for line in book.rows.values()} == {"closed"}
    assert (book.status, book.balance) == ("stopped", Decimal("19.35"))
    assert list(book.rows.values())[-1].closed_on == expiry(AUG20, 12)


def test_g_i13_deleting_closes_the_used_days_and_nothing_follows():
    book = ordered().delete(AUG25)
    assert book.told() == [("closed", "2018-08-20", "2018-08-25", 5, "8.06")]
    assert book.available == Decimal("11.29")
    rows = dict(book.rows)
    assert book.to(date(2018, 11, 2)).rows == rows
