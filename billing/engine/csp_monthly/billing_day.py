"""The night of a billing day: what it closes, what it wants to block, and the expiry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from billing.engine.lines import FIRST_BLOCK, Changes, Line, LineStatus, Source
from billing.engine.parts import priced_line
from billing.engine.periods import billing_period_of
from billing.engine.settling import block_begun, close_period, end
from billing.engine.terms import Terms

__all__ = ["close_period", "end", "next_period"]


def next_period(terms: Terms, quantities: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
    """Return what the billing day `day` wants to block for the period that begins with it, of an Active subscription.

    Endless: one line per resource for all units, at the price of `day`. Finite: the Opened lines of that period.
    Nothing from the expiry on. Where less than `reserves` is available, the verb stops the subscription instead.
    """
    if terms.expires_on is not None:
        return block_begun(lines, day)
    whole = billing_period_of(day, terms.billing_day)
    return Changes(
        add=tuple(
            priced_line(
                terms=terms,
                resource=resource,
                block=FIRST_BLOCK,
                status=LineStatus.BLOCKED,
                source=Source.RENEWAL,
                period=whole,
                billing_period=whole,
                quantity=quantity,
                price=terms.price(resource, day),
            )
            for resource, quantity in quantities.items()
            if quantity
        )
    )
