"""What was agreed: billing day, duration and prices of one subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

# The engine's name of what is no resource's: the plan's own part.
PLAN = ""


class LineType(StrEnum):
    """The types of a charge: which fee of the price list it is. A billing type says which of them it takes."""

    RECURRING_FEE = "recurring_fee"
    SETUP_FEE = "setup_fee"
    RENEWAL_FEE = "renewal_fee"
    TRANSFER_FEE = "transfer_fee"
    CONSUMPTION = "consumption"  # what a vendor took for what was used, with the plan's markup


class Discount(NamedTuple):
    """What is taken off a charge: a fraction of 1, and the id of the row that grants it, where it is known."""

    rate: Decimal
    row: int | None = None


NO_DISCOUNT = Discount(Decimal(0))


@dataclass(frozen=True, slots=True)
class Taken:
    """Of which day a price is, None for the day on which it is charged, and what belongs to it at the levels above.

    `retail` are the rows of their price lists, the seller's upstream first, `granted` the discounts in percent that
    they grant below (billing.engine.chain). Nothing of it makes another price: whatever they say, all compare equal.
    """

    on: date | None = field(default=None, compare=False)
    retail: tuple[int, ...] | None = field(default=None, compare=False)
    granted: tuple[Decimal, ...] | None = field(default=None, compare=False)


TODAYS = Taken()


class UnitPrice(NamedTuple):
    """What a unit costs, and the id of the row of the price list that says so; None where it is not known.

    A price that was charged before comes with the discount that it had: what is made anew at it keeps both. Without
    one it is that of the terms (`parts.priced_line`). So it does with what was `taken` with it.
    """

    amount: Decimal
    row: int | None = None
    discount: Discount | None = None
    taken: Taken = TODAYS


class Price(NamedTuple):
    """A row of a price list, valid from a day until the next one's: per unit and full billing period, and once.

    A type that charges what was used takes `amount` per unit and hour.
    """

    valid_from: date
    amount: Decimal
    row: int | None = None
    setup_fee: Decimal = Decimal(0)
    renewal_fee: Decimal = Decimal(0)
    transfer_fee: Decimal = Decimal(0)
    markup: Decimal = Decimal(0)  # in percent of what a vendor takes, of a plan that charges that


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one subscription, as its operations need them.

    `prices` is the plan's append-only price list per resource, sorted by the day from which a price is valid and then
    by the order of writing (of two prices of one day the later written holds); `plan_prices` is that of the plan's own
    part (PLAN), empty where it has none. `ordering_prices` are the prices at ordering per resource where the plan has a
    fixed price (also of resources ordered with no units), None where the price floats; `ordering_rows` are the rows of
    the price list that they were taken from, `ordering_taken` says of which day they are. `months` is the duration of
    the period that is ordered and `expires_on` the first day no longer served once it runs, both None for an endless
    one; `started_on` is the day from which it runs, `anchor` the one that the months of its terms are counted from.
    `discounts` is what is taken off what is charged anew, by the kind of fee, as a fraction of 1; `discount_rows` the
    row that grants it. `transfer`: what is ordered is brought from another provider. `last_term_on` is the
    first day of the term that ends on `expires_on`, where it may be paid before the present one is over.
    """

    currency: str
    billing_day: int
    prices: Mapping[str, Sequence[Price]]
    ordering_prices: Mapping[str, Decimal] | None = None
    ordering_rows: Mapping[str, int | None] = field(default_factory=dict)
    ordering_taken: Mapping[str, Taken] = field(default_factory=dict)
    months: int | None = None
    expires_on: date | None = None
    started_on: date | None = None
    anchor: date | None = None
    plan_prices: Sequence[Price] = ()
    transfer: bool = False
    last_term_on: date | None = None
    discounts: Mapping[LineType, Decimal] = field(default_factory=dict)
    discount_rows: Mapping[LineType, int | None] = field(default_factory=dict)

    def discount(self, kind: LineType) -> Discount:
        """Return what is taken off a charge of that kind that is made now."""
        rate = self.discounts.get(kind)
        return Discount(rate, self.discount_rows.get(kind)) if rate else NO_DISCOUNT

    def price_row(self, resource: str, day: date) -> Price:
        """Return the row of the price list that is valid for the resource, or PLAN, on `day`, in the terms' currency.

        Raises LookupError where the resource has no price that early.
        """
        for price in reversed(self.plan_prices if resource == PLAN else self.prices.get(resource, ())):
            if price.valid_from <= day:
                return price
        raise LookupError(f"no price of {resource} on {day}")

    def markup_on(self, day: date) -> Decimal:
        """Return what the plan adds to a vendor's cost of `day`, in percent; at a fixed price that of the ordering."""
        asked = day if self.ordering_prices is None else self.started_on or day
        return next((price.markup for price in reversed(self.plan_prices) if price.valid_from <= asked), Decimal(0))

    def fee_row(self, resource: str, day: date) -> Price | None:
        """Return the row whose fees hold for units bought on `day`, at a fixed price those of the ordering.

        None for a plan that costs nothing itself. Raises LookupError where a resource has no price that early.
        """
        ordered = None if self.ordering_prices is None else self.ordering_rows.get(resource)
        known = [price for price in self.prices.get(resource, ()) if price.row == ordered and ordered is not None]
        if known:
            return known[0]
        if resource == PLAN and not any(price.valid_from <= day for price in self.plan_prices):
            return None
        return self.price_row(resource, day)

    def plan_price(self, resource: str, day: date) -> Decimal:
        """Return the plan's price of the resource valid on `day`. Raises LookupError where there is none that early."""
        return self.price_row(resource, day).amount

    def unit_price(self, resource: str, day: date) -> Decimal:
        """Return the price for units charged anew from `day`: the one at ordering where fixed, else the plan's.

        Also for units added later to a fixed price (decision 9). Raises LookupError where there is none.
        """
        return self.price(resource, day).amount

    def price(self, resource: str, day: date) -> UnitPrice:
        """Return `unit_price` with the row of the price list that it came from. Raises LookupError where none is."""
        if self.ordering_prices is None:
            row = self.price_row(resource, day)
            return UnitPrice(row.amount, row.row, taken=Taken(day))
        return UnitPrice(
            self.ordering_prices[resource],
            self.ordering_rows.get(resource),
            taken=self.ordering_taken.get(resource, TODAYS),
        )


def chargeable_units(quantity: int, included: int) -> int:
    """Return the units that are charged of those ordered: what the plan includes is free (G-D5)."""
    if quantity < 0 or included < 0:
        raise ValueError(f"not quantities: {quantity}, {included} included")
    return max(quantity - included, 0)
