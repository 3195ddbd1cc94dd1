"""A sum that somebody enters: more than zero, and as fine as its currency."""

from decimal import Decimal

import pytest

from billing.amounts import NotAnAmount, check_amount


@pytest.mark.parametrize(("amount", "currency"), [("0.01", "USD"), ("1", "JPY"), ("0.001", "KWD")])
def test_the_smallest_sum_of_a_currency_is_taken(amount: str, currency: str) -> None:
    check_amount(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [("0", "USD", "more than zero"), ("-1", "USD", "more than zero"), ("0.001", "USD", "at most 2 decimals"),
     ("0.1", "JPY", "at most 0 decimals"), ("1e15", "USD", "too large"), ("Infinity", "USD", "more than zero")],
)  # fmt: skip
def test_another_is_refused_with_its_reason(amount: str, currency: str, said: str) -> None:
    with pytest.raises(NotAnAmount, match=said):
        check_amount(Decimal(amount), currency)
