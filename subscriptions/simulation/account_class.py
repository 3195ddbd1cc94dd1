"""The account class of a billing history as JSON: how far below zero, for how long, and when what is unpaid ends."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import minor_units
from core.period import LONGEST_TIMER
from subscriptions.simulation.reading import amount_of, flag, members, whole

PAYMENT_EXPIRATION = 10


@dataclass(frozen=True, slots=True)
class Class:
    """The account's terms; days, `None` for never and -1 for without end; limits in the history's currency.

    `subscription_credit_limit` is None where there is none; it and `payment_expiration_days` are of postpay.
    """

    credit_limit: Decimal
    negative_allowed: bool = True
    subzero_days: int = -1
    cancel_unpaid_after: int | None = None
    subscription_credit_limit: Decimal | None = None
    payment_expiration_days: int = PAYMENT_EXPIRATION


def read_class(given: Any, credit_limit: Any, currency: str) -> Class:
    """Return the account class that the JSON value describes. Raises BadHistory."""
    path = "account_class"
    read = members(
        given,
        path,
        {
            "cancel_unpaid_after", "subzero_days", "negative_allowed", "subscription_credit_limit",
            "payment_expiration_days",
        },
    )  # fmt: skip
    unpaid, limit = read.get("cancel_unpaid_after"), read.get("subscription_credit_limit")
    return Class(
        credit_limit=limit_of(credit_limit, "credit_limit", currency),
        negative_allowed=flag(read.get("negative_allowed", True), f"{path}.negative_allowed"),
        subzero_days=whole(read.get("subzero_days", -1), f"{path}.subzero_days", -1, LONGEST_TIMER),
        cancel_unpaid_after=None if unpaid is None else whole(unpaid, f"{path}.cancel_unpaid_after", 0, LONGEST_TIMER),
        subscription_credit_limit=None
        if limit is None
        else limit_of(limit, f"{path}.subscription_credit_limit", currency),
        payment_expiration_days=whole(
            read.get("payment_expiration_days", PAYMENT_EXPIRATION),
            f"{path}.payment_expiration_days",
            0,
            LONGEST_TIMER,
        ),
    )


def limit_of(given: Any, path: str, currency: str) -> Decimal:
    """Return a credit limit in the currency, zero or more. Raises BadHistory."""
    return amount_of(given, path, minor_units(currency))
