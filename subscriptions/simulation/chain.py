"""The resellers above the seller in a billing history as JSON: their retail prices, and what they grant below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
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
    percent_of,
    required,
)
from subscriptions.simulation.shapes import RECURRING, RENEWAL, SETUP, TRANSFER

SELLER = "seller"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Level:
    """A reseller: prices by type of fee and resource ("" is the plan itself), the discount it grants in percent.

    `net_cost` is what the vendor takes of the root.
    """

    reseller: str
    retail: Mapping[tuple[LineType, str], Decimal]
    discount: Decimal
    net_cost: Mapping[tuple[LineType, str], Decimal] = field(default_factory=dict)


def read_chain(given: Any, keys: Collection[str]) -> tuple[Level, ...]:
    """Return the levels, root first; `keys` are the resources of all plans. Raises BadHistory."""
    levels: list[Level] = []
    for at, item in enumerate(listed([] if given is None else given, "chain", "resellers")):
        path = f"chain[{at}]"
        level = members(item, path, {"reseller", "retail", "discount", "net_cost"})
        name = name_of(required(level, "reseller", f"{path}.reseller"), f"{path}.reseller", LONGEST_NAME)
        if name == SELLER or name in {other.reseller for other in levels}:
            raise BadHistory(f"{path}.reseller: must be a name of its own, and not “{SELLER}”")
        if at and "net_cost" in level:
            raise BadHistory(f"{path}.net_cost: must be left out, only the root at chain[0] pays a vendor")
        levels.append(
            Level(
                reseller=name,
                retail=_prices(required(level, "retail", f"{path}.retail"), f"{path}.retail", keys),
                discount=percent_of(level.get("discount", "0"), f"{path}.discount"),
                net_cost=_prices(level.get("net_cost", {}), f"{path}.net_cost", keys),
            )
        )
    return tuple(levels)


def _prices(given: Any, path: str, keys: Collection[str]) -> dict[tuple[LineType, str], Decimal]:
    known: dict[str, tuple[LineType, str]] = {
        f"{fee}:{key}": (fee, key) for fee in (SETUP, RECURRING, RENEWAL, TRANSFER) for key in ("", *keys)
    }
    known |= {key: (RECURRING, key) for key in keys}
    return {
        known[name]: amount_of(price, f"{path}.{name}", PRICE_DECIMALS)
        for name, price in members(given, path, known).items()
    }
