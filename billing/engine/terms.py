"""What was agreed: billing day, duration and prices of one subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Price(NamedTuple):
    """A price per unit and full billing period, valid from a day until the next one's."""

    valid_from: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one subscription, as its operations need them.

    `prices` is the plan's append-only price list per resource, sorted by the day from which a price is valid and then
    by the order of writing (of two prices of one day the later written holds). `ordering_prices` are the prices at
    ordering per resource where the plan has a fixed price (also of resources ordered with no units), None where the
    price floats. `months` is the duration of the period that is ordered and `expires_on` the first day no longer
    served once it runs; both None for an endless one.
    """

    currency: str
    billing_day: int
    prices: Mapping[str, Sequence[Price]]
    ordering_prices: Mapping[str, Decimal] | None = None
    months: int | None = None
    expires_on: date | None = None

    def plan_price(self, resource: str, day: date) -> Decimal:
        """Return the plan's price of the resource valid on `day`, in the terms' currency.

        Raises LookupError where the resource has no price that early.
        """
        for price in reversed(self.prices.get(resource, ())):
            if price.valid_from <= day:
                return price.amount
        raise LookupError(f"no price of {resource} on {day}")

    def unit_price(self, resource: str, day: date) -> Decimal:
        """Return the price for units charged anew from `day`: the one at ordering where fixed, else the plan's.

        Also for units added later to a fixed price (decision 9). Raises LookupError where there is none.
        """
        if self.ordering_prices is None:
            return self.plan_price(resource, day)
        return self.ordering_prices[resource]


def chargeable_units(quantity: int, included: int) -> int:
    """Return the units that are charged of those ordered: what the plan includes is free (G-D5)."""
    if quantity < 0 or included < 0:
        raise ValueError(f"not quantities: {quantity}, {included} included")
    return max(quantity - included, 0)
