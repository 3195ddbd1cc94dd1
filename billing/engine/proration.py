"""The share of a billing period's price that a number of days costs, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from core.money import round_ratio

NO_RATE = Decimal(0)


def exact_share(quantity: int | Decimal, unit_price: Decimal, days: int, period_days: int) -> Fraction:
    """Return quantity x unit price x days / period days, unrounded, in the currency of the price."""
    return Fraction(unit_price) * Fraction(quantity) * days / period_days


def share(
    quantity: int | Decimal,
    unit_price: Decimal,
    days: int,
    period_days: int,
    currency: str,
    rate: Decimal = NO_RATE,
) -> Decimal:
    """Return quantity x unit price x days / period days x (1 - rate), rounded once, half up, to the minor unit.

    The same number as rounding the exact product, in integers only: the billing run calls it for every charge. `rate`
    is that of a discount, a fraction of 1.
    """
    numerator, denominator = unit_price.as_integer_ratio()
    units, of = quantity.as_integer_ratio()
    numerator, denominator = numerator * units * days, denominator * of * period_days
    if rate:
        taken, whole = rate.as_integer_ratio()
        numerator, denominator = numerator * (whole - taken), denominator * whole
    return round_ratio(numerator, denominator, currency)
