"""The resources of a billing history's plans as JSON: read into plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.engine.lines import LineType
from subscriptions.simulation.reading import (
    PRICE_DECIMALS,
    BadHistory,
    amount_of,
    listed,
    members,
    name_of,
    required,
    whole,
)
from subscriptions.simulation.shapes import SHAPES

MOST_UNITS = 1_000_000
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Priced:
    """A resource of the plan: its prices, what is included and demanded, and the most that may be had."""

    price: Decimal
    setup_fee: Decimal
    renewal_fee: Decimal
    included: int
    minimum: int
    limit: int | None


def read_resources(
    given: Mapping[str, Any], path: str, billing_type: str, taken: Collection[str] = ()
) -> dict[str, Priced]:
    """Return a plan's resources by their keys, in their order; `taken` are those of other plans. Raises BadHistory."""
    at = f"{path}resources"
    prices: dict[str, Priced] = {}
    for number, item in enumerate(listed(required(given, "resources", at), at, "resources", at_least=1)):
        where = f"{at}[{number}]"
        resource = members(item, where, {"key", "price", "setup_fee", "renewal_fee", "included", "minimum", "limit"})
        key = name_of(required(resource, "key", f"{where}.key"), f"{where}.key", LONGEST_KEY)
        if key in prices or key in taken:
            raise BadHistory(f"{where}.key: must be a name of its own: another resource of the history has it")
        prices[key] = _priced(resource, where, billing_type)
    return prices


def _priced(resource: Mapping[str, Any], path: str, billing_type: str) -> Priced:
    shape = SHAPES[billing_type]
    bounds = {name: whole(resource.get(name, 0), f"{path}.{name}", 0, MOST_UNITS) for name in ("included", "minimum")}
    for name, units in bounds.items():
        if units and not shape.included:
            raise BadHistory(f"{path}.{name}: must be left out, {billing_type} charges what is used")
    fees = {
        fee: amount_of(resource.get(str(fee), "0"), f"{path}.{fee}", PRICE_DECIMALS)
        for fee in (LineType.SETUP_FEE, LineType.RENEWAL_FEE)
    }
    for fee, amount in fees.items():
        if amount and fee not in shape.resource_fees:
            raise BadHistory(f'{path}.{fee}: must be "0", {billing_type} takes no such fee')
    limit = resource.get("limit")
    return Priced(
        price=amount_of(required(resource, "price", f"{path}.price"), f"{path}.price", PRICE_DECIMALS),
        setup_fee=fees[LineType.SETUP_FEE],
        renewal_fee=fees[LineType.RENEWAL_FEE],
        limit=None if limit is None else whole(limit, f"{path}.limit", max(bounds.values()), MOST_UNITS),
        **bounds,
    )
