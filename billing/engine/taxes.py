"""Taxes of a document: per rate on the sum of its lines, and shared out on them by running differences.

spec/billing-types.md 9. An exclusive tax is added to the amounts, an inclusive one is part of them. A line shows
what the sum up to it comes to, less what the sum before it came to: lines always add up to the document.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from core.money import round_half_up


class TaxRate(NamedTuple):
    """A tax in percent, added to prices or contained in them. `row` is the id of the row that says so."""

    percent: Decimal
    inclusive: bool = False
    name: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line of a document: its amount without taxes, each tax on it, and the two together."""

    net: Decimal
    taxes: tuple[tuple[TaxRate, Decimal], ...]

    @property
    def tax(self) -> Decimal:
        """All taxes on it."""
        return sum((tax for _rate, tax in self.taxes), Decimal(0))

    @property
    def added(self) -> Decimal:
        """The taxes on it that are no part of its amount in the books."""
        return sum((tax for rate, tax in self.taxes if not rate.inclusive), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What is to be paid for it."""
        return self.net + self.tax

    def __neg__(self) -> TaxedLine:
        """Return the line of a credit note: the same with the opposite sign, tax by tax."""
        return TaxedLine(-self.net, tuple((rate, -tax) for rate, tax in self.taxes))


@dataclass(frozen=True, slots=True)
class Taxed:
    """A document's lines with their taxes."""

    lines: tuple[TaxedLine, ...]

    @property
    def net(self) -> Decimal:
        """The sum without taxes."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The sum of all taxes."""
        return sum((line.tax for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What the document asks for."""
        return self.net + self.tax

    @property
    def added(self) -> Decimal:
        """What exclusive taxes add to the amounts that the books have: it reaches no balance."""
        return sum((tax for rate, tax in self.by_rate if not rate.inclusive), Decimal(0))

    @property
    def by_rate(self) -> tuple[tuple[TaxRate, Decimal], ...]:
        """Each tax and its sum, in the order in which they come."""
        sums: dict[TaxRate, Decimal] = {}
        for line in self.lines:
            for rate, tax in line.taxes:
                sums[rate] = sums.get(rate, Decimal(0)) + tax
        return tuple(sums.items())

    @property
    def explained(self) -> dict[TaxRate, tuple[Decimal, Decimal]]:
        """Each tax with what it is on, without any tax, and its sum."""
        found: dict[TaxRate, tuple[Decimal, Decimal]] = {}
        for line in self.lines:
            for rate, tax in line.taxes:
                base, amount = found.get(rate, (Decimal(0), Decimal(0)))
                found[rate] = base + line.net, amount + tax
        return found

    def __neg__(self) -> Taxed:
        """Return the credit note: the tax of what it corrects, with the opposite sign."""
        return Taxed(tuple(-line for line in self.lines))


def part_of(line: TaxedLine, whole: Decimal, before: Decimal, amount: Decimal, currency: str) -> TaxedLine:
    """Return what `amount` of a line bears of its taxes, after `before` of it; `whole` is the line's.

    All three are amounts of the books. Each tax is shared by running differences: the parts of a line that is used up
    add up to it.
    """
    if amount == whole:
        return line
    taxes = tuple(
        (rate, _up_to(tax, before + amount, whole, currency) - _up_to(tax, before, whole, currency))
        for rate, tax in line.taxes
    )
    contained = sum((tax for rate, tax in taxes if rate.inclusive), Decimal(0))
    return TaxedLine(amount - contained, taxes)


def _up_to(tax: Decimal, amount: Decimal, whole: Decimal, currency: str) -> Decimal:
    return round_half_up(Fraction(tax) * Fraction(amount) / Fraction(whole), currency)


def taxed(lines: Sequence[tuple[Decimal, Collection[TaxRate]]], currency: str) -> Taxed:
    """Return the lines of a document with their taxes; each is an amount of the books and the taxes that it bears.

    An exclusive tax is on what is left of an amount without the inclusive ones.
    """
    nets = [amount for amount, _rates in lines]
    shown: list[list[tuple[TaxRate, Decimal]]] = [[] for _ in lines]
    for inclusive in (True, False):
        rates = list(dict.fromkeys(rate for _, borne in lines for rate in borne if rate.inclusive is inclusive))
        bases = list(nets)
        for rate in rates:
            places = [place for place, (_amount, borne) in enumerate(lines) if rate in borne]
            for place, tax in zip(places, _shared([bases[place] for place in places], rate, currency), strict=True):
                shown[place].append((rate, tax))
                if inclusive:
                    nets[place] -= tax
    return Taxed(tuple(TaxedLine(net, tuple(taxes)) for net, taxes in zip(nets, shown, strict=True)))


def _shared(amounts: Sequence[Decimal], rate: TaxRate, currency: str) -> list[Decimal]:
    """Return the tax on each amount, so that they add up to the tax on the sum, rounded once."""
    percent = Fraction(rate.percent)
    part = percent / (100 + percent) if rate.inclusive else percent / 100
    taxes, before, running = [], round_half_up(0, currency), Fraction(0)
    for amount in amounts:
        running += Fraction(amount)
        up_to = round_half_up(running * part, currency)
        taxes.append(up_to - before)
        before = up_to
    return taxes
