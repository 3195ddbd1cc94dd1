"""What is charged once: for a plan itself, and for each of the units that are bought or renewed.

spec/billing-types.md 6. A fee is no share of days: it has the days of what it was paid for, is Closed on the day of its
payment, and is never given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from billing.engine.lines import Line, LineStatus, LineType, Source
from billing.engine.parts import priced_line
from billing.engine.terms import PLAN, TODAYS, Price, Taken, Terms, UnitPrice
from core.period import Period


def fees_of(
    terms: Terms,
    kind: LineType,
    units: Mapping[str, int],
    days: Period,
    day: date,
    *,
    source: Source,
    plan: bool = True,
) -> tuple[Line, ...]:
    """Return the New fees of a kind for `units` at the prices of `day`, the plan's own before them where `plan` says.

    A fee of nothing makes no line.
    """
    bought = {PLAN: 1, **units} if plan else units
    fees = ((key, count, terms.fee_row(key, day)) for key, count in bought.items() if count)
    return tuple(
        priced_line(
            terms=terms,
            resource=key,
            block=1,
            status=LineStatus.NEW,
            source=source,
            period=days,
            billing_period=days,
            quantity=count,
            price=UnitPrice(_amount(row, kind), row.row, taken=_taken(terms, key, row)),
            type=kind,
        )
        for key, count, row in fees
        if row is not None and _amount(row, kind)
    )


def _amount(row: Price, kind: LineType) -> Decimal:
    return {
        LineType.SETUP_FEE: row.setup_fee,
        LineType.RENEWAL_FEE: row.renewal_fee,
        LineType.TRANSFER_FEE: row.transfer_fee,
        LineType.RECURRING_FEE: row.amount,
    }[kind]


def _taken(terms: Terms, key: str, row: Price) -> Taken:
    """Return what belongs to a fee at the levels above: at the fixed price of an ordering, what belonged to that."""
    ordered = terms.ordering_prices is not None and row.row is not None and row.row == terms.ordering_rows.get(key)
    return terms.ordering_taken.get(key, TODAYS) if ordered else TODAYS
