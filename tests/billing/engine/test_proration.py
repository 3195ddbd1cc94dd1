"""A share is exact until it is rounded, once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.proration import exact_share, share
from core.money import round_half_up

PRICES = st.decimals("0", "100000", places=6)


@pytest.mark.parametrize(
    ("quantity", "price", "days", "currency", "amount"),
    [
        (5, "10.00", (12, 31), "USD", "19.35"),
        (5, "10.00", (23, 28), "USD", "41.07"),
        (5, "10.00", (19, 31), "USD", "30.65"),
        (1, "0.005", (31, 31), "USD", "0.01"),
        (1, "0.01", (1, 2), "USD", "0.01"),
        (3, "3.33", (1, 31), "USD", "0.32"),
        (7, "0", (12, 31), "USD", "0.00"),
        (1, "1000", (1, 31), "JPY", "32"),
        (1, "1.000", (1, 30), "KWD", "0.033"),
    ],
)
def test_a_share_is_rounded_once_to_the_currency(quantity, price, days, currency, amount):
    assert str(share(quantity, Decimal(price), *days, currency)) == amount


@given(st.integers(0, 10**6), PRICES, st.integers(0, 31), st.integers(28, 31), st.sampled_from(["USD", "JPY", "KWD"]))
def test_the_share_in_integers_is_the_exact_share_rounded(quantity, price, days, period_days, currency):
    exact = exact_share(quantity, price, days, period_days)
    assert share(quantity, price, days, period_days, currency) == round_half_up(exact, currency)


@given(st.integers(1, 10**6), PRICES, st.integers(28, 31))
def test_a_full_period_costs_price_times_quantity(quantity, price, period_days):
    assert share(quantity, price, period_days, period_days, "USD") == round_half_up(price * quantity, "USD")
