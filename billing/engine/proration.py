"""The share of a billing period's price that a number of days costs, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from core.money import round_ratio


def exact_share(quantity: int | Decimal, unit_price: Decimal, days: int, period_days: int) -> Fraction:
    """Return quantity x unit price x days / period days, unrounded, in the currency of the price."""
    return Fraction(unit_price) * Fraction(quantity) * days / period_days


def share(quantity: int | Decimal, unit_price: Decimal, days: int, period_days: int, currency: str) -> Decimal:
    """Return quantity x unit price x days / period days, rounded once, half up, to the currency's minor unit.

    The same number as rounding `exact_share`, in integers only: the billing run calls it for every charge.
    """
    numerator, denominator = unit_price.as_integer_ratio()
    units, of = quantity.as_integer_ratio()
    return round_ratio(numerator * units * days, denominator * of * period_days, currency)
