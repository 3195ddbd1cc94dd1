"""Amounts are exact, in one currency, and rounded half up to its minor unit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MixedCurrencies, Money, minor_units, round_half_up, round_ratio
from core.panel.formats import money_text


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("RUB", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_minor_units_are_those_of_iso_4217(currency, decimals):
    assert minor_units(currency) == decimals


@pytest.mark.parametrize("code", ["usd", "US", "USDT", "", "12X", "РУБ"])
def test_minor_units_of_what_is_no_currency_code_are_refused(code):
    with pytest.raises(ValueError, match="not a currency code"):
        minor_units(code)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        (Fraction(600, 31), "USD", "19.35"),
        (Fraction(1, 200), "USD", "0.01"),
        (Fraction(-1, 200), "USD", "-0.01"),
        (Fraction(1, 201), "USD", "0.00"),
        (Decimal("2.675"), "USD", "2.68"),
        (Decimal("1.0049999"), "USD", "1.00"),
        (Decimal("0.5"), "JPY", "1"),
        (Decimal("1.0005"), "KWD", "1.001"),
        (7, "USD", "7.00"),
        (0, "JPY", "0"),
    ],
)
def test_rounding_is_half_up_to_the_minor_unit(amount, currency, rounded):
    assert str(round_half_up(amount, currency)) == rounded


def test_rounding_keeps_every_digit_of_a_very_large_amount():
    assert round_half_up(Fraction(10**40 * 3 + 1, 3), "USD") == Decimal("1" + "0" * 40 + ".33")


def test_a_ratio_with_nothing_below_the_line_is_refused():
    with pytest.raises(ValueError, match="not a positive denominator"):
        round_ratio(1, 0, "USD")


@given(st.fractions(), st.sampled_from(["USD", "JPY", "KWD"]))
def test_rounding_is_never_more_than_half_a_unit_away_and_up_at_the_half(amount, currency):
    unit = Fraction(1, 10 ** minor_units(currency))
    away = abs(Fraction(round_half_up(amount, currency))) - abs(amount)
    assert -unit / 2 < away <= unit / 2


def test_sums_and_products_are_exact():
    price = Money(Decimal("3.333333"), "USD")
    assert price * 3 == 3 * price == Money(Decimal("9.999999"), "USD")
    assert price + price - price == price
    assert -price + price == Money(Decimal("0.000000"), "USD")
    assert (price * 3).rounded() == Money(Decimal("10.00"), "USD")


def test_a_sum_keeps_cents_beside_billions_of_billions():
    large = Money(Decimal("1" + "0" * 30), "USD")
    assert (large + Money(Decimal("0.01"), "USD")) - large == Money(Decimal("0.01"), "USD")


def test_a_total_adds_up_and_is_zero_of_nothing():
    assert Money.total([Money(Decimal("0.10"), "USD")] * 3, "USD") == Money(Decimal("0.30"), "USD")
    assert str(Money.total([], "JPY")) == "0 JPY"
    assert not Money.zero("USD")


@pytest.mark.parametrize(
    "together",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: Money.total([a, b], "USD"),
    ],
)
def test_two_currencies_do_not_mix(together):
    with pytest.raises(MixedCurrencies):
        together(Money(Decimal(1), "USD"), Money(Decimal(1), "RUB"))


def test_the_same_number_of_another_currency_is_not_equal():
    assert Money(Decimal(1), "USD") != Money(Decimal(1), "RUB")


@pytest.mark.parametrize(("other", "less", "equal", "more"), [(1, False, False, True), (2, False, True, False)])
def test_amounts_of_one_currency_are_compared(other, less, equal, more):
    two, other = Money(Decimal(2), "USD"), Money(Decimal(other), "USD")
    assert (two < other, two == other, two > other) == (less, equal, more)
    assert (two <= other, two >= other) == (less or equal, more or equal)


@pytest.mark.parametrize("amount", [1.5, 1, Decimal("NaN"), Decimal("Infinity")])
def test_an_amount_that_is_not_an_exact_decimal_is_refused(amount):
    with pytest.raises(ValueError, match="not an exact amount"):
        Money(amount, "USD")


def test_a_float_factor_is_refused():
    with pytest.raises(TypeError, match="not by floats"):
        Money(Decimal(1), "USD") * 0.1


@pytest.mark.parametrize(("currency", "decimals"), [("RSD", 2), ("IQD", 3), ("HUF", 2), ("KZT", 2), ("IDR", 2)])
def test_decimals_come_from_iso_4217_and_not_from_cldr(currency, decimals):
    """Babel's `get_currency_precision` gives RSD and IQD none: a charge of 10.55 dinars would be 11."""
    assert minor_units(currency) == decimals
    assert str(round_half_up(Decimal("10.55"), "RSD")) == "10.55"


@pytest.mark.parametrize(
    "code", ["BGN", "HRK", "SLL", "ANG", "ZWL", "CUC", "XCG", "ZWG", "SLE", "EUR"], ids=lambda code: code
)
def test_old_codes_stay_readable_and_new_ones_are_accepted(code):
    """No list of codes is kept, so none goes out of date: lists lack XCG, and forget BGN after an upgrade."""
    amount = Money(Decimal("10.50"), code)
    assert (str(amount.rounded()), minor_units(code)) == (f"10.50 {code}", 2)
    assert "10.50" in money_text(amount.amount, code)
