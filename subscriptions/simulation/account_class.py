"""The account class of a billing history as JSON: how far below zero, for how long, and when unpaid orders end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import minor_units
from core.period import LONGEST_TIMER
from subscriptions.simulation.reading import amount_of, flag, members, whole


@dataclass(frozen=True, slots=True)
class Class:
    """The account's terms; days, `None` for never and -1 for without end; the limit in the history's currency."""

    credit_limit: Decimal
    negative_allowed: bool = True
    subzero_days: int = -1
    cancel_unpaid_after: int | None = None


def read_class(given: Any, credit_limit: Any, currency: str) -> Class:
    """Return the account class that the JSON value describes. Raises BadHistory."""
    read = members(given, "account_class", {"cancel_unpaid_after", "subzero_days", "negative_allowed"})
    unpaid = read.get("cancel_unpaid_after")
    return Class(
        credit_limit=limit_of(credit_limit, "credit_limit", currency),
        negative_allowed=flag(read.get("negative_allowed", True), "account_class.negative_allowed"),
        subzero_days=whole(read.get("subzero_days", -1), "account_class.subzero_days", -1, LONGEST_TIMER),
        cancel_unpaid_after=None
        if unpaid is None
        else whole(unpaid, "account_class.cancel_unpaid_after", 0, LONGEST_TIMER),
    )


def limit_of(given: Any, path: str, currency: str) -> Decimal:
    """Return a credit limit in the currency, zero or more. Raises BadHistory."""
    return amount_of(given, path, minor_units(currency))
