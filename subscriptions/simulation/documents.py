"""What a billing history's orders and documents take off and add, as JSON: a discount, taxes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from subscriptions.simulation.reading import flag, listed, members, name_of, one_of, percent_of, required

KINDS = ("setup", "renewal", "recurring")
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Discount:
    """An account's discount in percent, and the kinds of charges that it is given on."""

    percent: Decimal
    on: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax in percent; `resources` are those that bear it, None for all."""

    rate: Decimal
    inclusive: bool
    name: str = ""
    resources: frozenset[str] | None = None


def read_discount(given: Any) -> Discount | None:
    """Return the account's discount, None where there is none. Raises BadHistory."""
    if given is None:
        return None
    read = members(given, "discount", {"percent", "on"})
    kinds = listed(read.get("on", list(KINDS)), "discount.on", "kinds of charges")
    return Discount(
        percent=percent_of(required(read, "percent", "discount.percent"), "discount.percent"),
        on=frozenset(one_of(kind, KINDS, f"discount.on[{at}]") for at, kind in enumerate(kinds)),
    )


def read_taxes(given: Any, keys: Collection[str]) -> tuple[Tax, ...]:
    """Return the taxes; `keys` are the resources of all plans. Raises BadHistory."""
    if given is None:
        return ()
    if not isinstance(given, list):
        read = members(given, "taxes", {"rate", "inclusive"})
        return (_tax(read, "taxes", keys),)
    return tuple(
        _tax(members(tax, f"taxes[{at}]", {"rate", "inclusive", "name", "resources"}), f"taxes[{at}]", keys)
        for at, tax in enumerate(given)
    )


def _tax(read: Any, path: str, keys: Collection[str]) -> Tax:
    resources = read.get("resources")
    return Tax(
        rate=percent_of(required(read, "rate", f"{path}.rate"), f"{path}.rate"),
        inclusive=flag(read.get("inclusive", False), f"{path}.inclusive"),
        name=name_of(read["name"], f"{path}.name", LONGEST_NAME) if "name" in read else "",
        resources=None
        if resources is None
        else frozenset(
            one_of(key, tuple(keys), f"{path}.resources[{at}]")
            for at, key in enumerate(listed(resources, f"{path}.resources", "resources"))
        ),
    )
