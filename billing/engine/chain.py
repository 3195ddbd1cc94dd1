"""What a reseller owes its upstream for an account's charge: each level from its own retail price, nothing compounds.

spec/billing-types.md section 8. Amounts are in the charge's currency, rounded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from billing.engine.lines import Line, LineType, Source
from billing.engine.terms import Taken
from core.money import round_half_up

# A retail price of nothing: of a level that has no price of what is charged.
FREE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Retail:
    """A row of the price list of a level above the seller: what its customers would pay, valid from a day.

    `net_cost` is what a vendor takes of that level a unit and month, where it buys from one.
    """

    valid_from: date
    row: int
    recurring_fee: Decimal
    setup_fee: Decimal = Decimal(0)
    renewal_fee: Decimal = Decimal(0)
    transfer_fee: Decimal = Decimal(0)
    net_cost: Decimal | None = None

    def price_of(self, line: Line) -> Decimal:
        """Return the fee that the line is charged for; of what a vendor took, that is resold at what it is sold for."""
        if line.type is LineType.CONSUMPTION:
            return line.unit_price
        fees = {
            LineType.SETUP_FEE: self.setup_fee,
            LineType.RENEWAL_FEE: self.renewal_fee,
            LineType.TRANSFER_FEE: self.transfer_fee,
        }
        return fees.get(line.type, self.recurring_fee)


@dataclass(frozen=True, slots=True)
class Grant:
    """A discount in percent that a level grants to the one below, from a day until another (or for good).

    On some kinds of fees only, where `kinds` names them.
    """

    percent: Decimal
    starts: date | None = None
    ends: date | None = None
    kinds: frozenset[LineType] | None = None

    def holds_on(self, day: date, kind: LineType) -> bool:
        """Return whether the discount is granted on `day` on that kind of fee."""
        begun = self.starts is None or self.starts <= day
        return begun and (self.ends is None or day < self.ends) and (self.kinds is None or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Level:
    """Who sells a resource to whom: `retail` is the creditor's price list, oldest row first, `grants` its discounts."""

    creditor: int
    debtor: int
    retail: Sequence[Retail] = ()
    grants: Sequence[Grant] = ()

    def retail_on(self, day: date) -> Retail | None:
        """Return the row that is valid on `day`; of one day the later written holds. None where there is none."""
        for retail in reversed(self.retail):
            if retail.valid_from <= day:
                return retail
        return None

    def granted_on(self, day: date, kind: LineType = LineType.RECURRING_FEE) -> Decimal:
        """Return the highest discount granted on `day` on that kind of fee, in percent (D §1.13)."""
        return max((grant.percent for grant in self.grants if grant.holds_on(day, kind)), default=Decimal(0))


@dataclass(frozen=True, slots=True)
class Owed:
    """What a level's debtor owes it for a line: `amount` is what is left of `gross` after the discount.

    `net_cost` is what the creditor itself owes for it, upstream or to the vendor; None where it owes nobody.
    """

    level: Level
    row: int | None
    unit_price: Decimal
    granted: Decimal
    gross: Decimal
    amount: Decimal
    net_cost: Decimal | None = None


def taken_with(line: Line, levels: Sequence[Level], made_on: date) -> Taken:
    """Return what a line made on a day takes of each level: what it has, else what holds on the day of its prices.

    A row of 0 stands for a level that has no price on that day.
    """
    kept, day = line.taken, line.taken.on or made_on
    retail, granted = kept.retail, kept.granted
    if retail is None or len(retail) != len(levels):
        retail = retail_rows(levels, day)
    if granted is None or len(granted) != len(levels):
        granted = tuple(level.granted_on(day, line.type) for level in levels)
    return Taken(day, retail, granted)


def retail_rows(levels: Sequence[Level], day: date) -> tuple[int, ...]:
    """Return the row of each level's price list that holds on `day`; 0 where there is none."""
    rows = (level.retail_on(day) for level in levels)
    return tuple(row.row if row is not None else 0 for row in rows)


def owed(line: Line, levels: Sequence[Level], currency: str) -> tuple[Owed, ...]:
    """Return what each level is owed for a line that is in the books, the seller's upstream first.

    A line from before days of prices were kept takes those of its first day.
    """
    taken = taken_with(line, levels, line.period.start)
    upward: list[Owed] = []
    for level, row, granted in zip(levels, taken.retail or (), taken.granted or (), strict=True):
        retail = next((one for one in level.retail if one.row == row), None)
        price = retail.price_of(line) if retail is not None else FREE
        exact = _months(line) * Fraction(line.quantity) * Fraction(price)
        gross = round_half_up(exact, currency)
        amount = round_half_up(exact * Fraction(100 - granted) / 100, currency)
        upward.append(Owed(level, row or None, price, granted, gross, amount, _of_the_vendor(retail, line, currency)))
    return _with_net_costs(upward)


def owed_together(lines: Sequence[Line], levels: Sequence[Level], currency: str) -> tuple[Owed, ...]:
    """Return what each level is owed for lines that one charge takes the place of: the sums (clarification 10)."""
    sums = []
    for at, level in enumerate(levels):
        parts = [owed(line, levels, currency)[at] for line in lines]
        gross = sum((part.gross for part in parts), Decimal(0))
        amount = sum((part.amount for part in parts), Decimal(0))
        costs = [part.net_cost for part in parts if part.net_cost is not None]
        sums.append(Owed(level, None, gross, Decimal(0), gross, amount, sum(costs, Decimal(0)) if costs else None))
    return tuple(sums)


def _with_net_costs(upward: Sequence[Owed]) -> tuple[Owed, ...]:
    """Return the same with what each creditor owes: the amount of the level above; the last owes its vendor."""
    return (*(replace(one, net_cost=above.amount) for one, above in pairwise(upward)), *upward[-1:])


def _of_the_vendor(retail: Retail | None, line: Line, currency: str) -> Decimal | None:
    """Return what the vendor takes of the root for the line: for its months, not for fees of the root's own."""
    if retail is None or retail.net_cost is None or line.type in ONCE:
        return None
    return vendors_price(line, retail.net_cost, currency)


def vendors_price(line: Line, net_cost: Decimal, currency: str) -> Decimal:
    """Return what a vendor takes for the line, of whom a unit and month costs `net_cost`."""
    return round_half_up(_months(line) * Fraction(line.quantity) * Fraction(net_cost), currency)


ONCE = frozenset({LineType.SETUP_FEE, LineType.RENEWAL_FEE, LineType.TRANSFER_FEE})


def _months(line: Line) -> Fraction:
    """Return for how many months a line is: its share of the billing period; what is no share of days is once."""
    if line.type is not LineType.RECURRING_FEE or line.source is Source.USAGE:
        return Fraction(1)
    return Fraction(line.period.days, line.billing_period.days)
