"""Money as an exact amount in one currency, and the only place where an amount is rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import cache

DEFAULT_MINOR_UNITS = 2
# ISO 4217, the currencies whose smallest unit is not a hundredth.
MINOR_UNITS: dict[str, int] = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip

# Sums and products of money are exact or fail aloud; the default context would round silently at 28 digits.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


class MixedCurrencies(ValueError):
    """Two amounts in different currencies were added, subtracted or compared: a programming fault."""


@cache
def minor_units(currency: str) -> int:
    """Return how many decimals the currency's smallest unit has (USD 2, JPY 0, KWD 3).

    Raises ValueError where `currency` is not a three-letter ISO 4217 code.
    """
    if len(currency) != 3 or not currency.isascii() or not currency.isupper() or not currency.isalpha():
        raise ValueError(f"not a currency code: {currency!r}")
    return MINOR_UNITS.get(currency, DEFAULT_MINOR_UNITS)


def round_ratio(numerator: int, denominator: int, currency: str) -> Decimal:
    """Return numerator/denominator rounded once, half up (away from zero), to the currency's minor unit.

    Integers only, so that the billing run can afford it for every charge. `denominator` is positive.
    """
    if denominator <= 0:
        raise ValueError(f"not a positive denominator: {denominator}")
    decimals = minor_units(currency)
    doubled = 2 * abs(numerator) * 10**decimals
    units = (doubled + denominator) // (2 * denominator)
    return _EXACT.scaleb(Decimal(-units if numerator < 0 else units), -decimals)


def round_half_up(amount: Fraction | Decimal | int, currency: str) -> Decimal:
    """Return an exact amount rounded once, half up (away from zero), to the currency's minor unit."""
    numerator, denominator = amount.as_integer_ratio()
    return round_ratio(numerator, denominator, currency)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Arithmetic never rounds; `rounded` does, once."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no amount of money: floats, NaN, infinity, an unknown shape of currency code."""
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError(f"not an exact amount: {self.amount!r}")
        minor_units(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in the currency and with its decimals."""
        return cls(round_ratio(0, 1, currency), currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """Return the sum of the parts, zero where there are none. Raises MixedCurrencies."""
        whole = cls.zero(currency)
        for part in parts:
            whole = whole + part
        return whole

    def rounded(self) -> Money:
        """Return the amount rounded once, half up, to the currency's minor unit."""
        return Money(round_half_up(self.amount, self.currency), self.currency)

    def __add__(self, other: Money) -> Money:
        self._refuse_other_currency(other)
        return Money(_EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        self._refuse_other_currency(other)
        return Money(_EXACT.subtract(self.amount, other.amount), self.currency)

    def __neg__(self) -> Money:
        return Money(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, float):
            raise TypeError("money is multiplied by whole numbers and Decimals, not by floats")
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._refuse_other_currency(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._refuse_other_currency(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        self._refuse_other_currency(other)
        return self.amount > other.amount

    def __ge__(self, other: Money) -> bool:
        self._refuse_other_currency(other)
        return self.amount >= other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        """Return amount and code for logs and messages to developers; panels format by language."""
        return f"{self.amount} {self.currency}"

    def _refuse_other_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self} and {other}")
