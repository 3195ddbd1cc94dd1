"""The reckoning is held to every row before it may judge anything."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle import billing_types, renewals
from tests.oracle.reckoning.compare import reckoned
from tests.oracle.rows import ROWS
from tests.oracle.rows.plain import Row
from tests.oracle.rows.seen import DIGITS, seen, told


def printed(history: dict) -> dict:
    """Return the reckoning's books with fractions as decimals."""
    books = reckoned(history)
    digits = DIGITS.get(history["currency"], 2)
    for part in ("charges", "payments", "reseller_charges"):
        for one in books[part]:
            one["amount"] = f"{Decimal(one['amount'].numerator) / one['amount'].denominator:.{digits}f}"
            units = one.get("quantity", Fraction(1))
            one["quantity"] = (
                int(units) if units.denominator == 1 else str(Decimal(units.numerator) / units.denominator)
            )
    return books


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_reckoning_gives_what_a_row_says(row: Row) -> None:
    assert seen(printed(row.history), row.history["currency"]) == told(row)


OLDER = [*billing_types.ROWS, *billing_types.BY_THE_ACCOUNT, *renewals.ROWS]


@pytest.mark.parametrize("row", OLDER, ids=lambda row: row.name)
def test_the_reckoning_gives_what_an_older_row_says(row: billing_types.Row) -> None:
    assert billing_types.seen(printed(row.history)) == billing_types.told(row)
