"""The resources of a billing history's plan as JSON: read into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.engine.lines import LineType
from billing.engine.rules import Rules
from core.fitting import is_text
from subscriptions.simulation.reading import BadHistory, amount_of, members, required, whole

# The books keep so many decimals of a price.
PRICE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Priced:
    """A resource of the plan: its prices, what is included and demanded, and the most that may be had."""

    price: Decimal
    setup_fee: Decimal
    included: int
    minimum: int
    limit: int | None


def read_resources(top: Mapping[str, Any], rules: Rules) -> dict[str, Priced]:
    """Return the plan's resources by their keys, in their order. Raises BadHistory."""
    given = required(top, "resources", "resources")
    if not isinstance(given, list) or not given:
        raise BadHistory("resources: must be a list of at least one resource")
    prices: dict[str, Priced] = {}
    for at, item in enumerate(given):
        path = f"resources[{at}]"
        resource = members(item, path, {"key", "price", "setup_fee", "renewal_fee", "included", "minimum", "limit"})
        key = required(resource, "key", f"{path}.key")
        if not isinstance(key, str) or not 0 < len(key) <= 60 or not is_text(key) or key in prices:
            raise BadHistory(f"{path}.key: must be a name of its own, of at most 60 characters")
        prices[key] = _priced(resource, path, rules)
    return prices


def _priced(resource: Mapping[str, Any], path: str, rules: Rules) -> Priced:
    bounds = {name: whole(resource.get(name, 0), f"{path}.{name}", 0, 1_000_000) for name in ("included", "minimum")}
    for name, units in bounds.items():
        if units and not rules.allows.included:
            raise BadHistory(f"{path}.{name}: {rules.key} charges what is used: nothing is included or demanded")
    fees = {
        fee: amount_of(resource.get(str(fee), "0"), f"{path}.{fee}", PRICE_DECIMALS)
        for fee in (LineType.SETUP_FEE, LineType.RENEWAL_FEE)
    }
    for fee, amount in fees.items():
        if amount and fee not in rules.fees:
            raise BadHistory(f"{path}.{fee}: {rules.key} takes no such fee")
    limit = resource.get("limit")
    return Priced(
        price=amount_of(required(resource, "price", f"{path}.price"), f"{path}.price", PRICE_DECIMALS),
        setup_fee=fees[LineType.SETUP_FEE],
        limit=None if limit is None else whole(limit, f"{path}.limit", max(bounds.values()), 1_000_000),
        **bounds,
    )
