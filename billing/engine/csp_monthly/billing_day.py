"""The night of a billing day: what it closes, what it wants to block, and the expiry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from billing.engine.lines import FIRST_BLOCK, Changes, Line, LineStatus, Move, Source, deleted, with_status
from billing.engine.parts import priced_line
from billing.engine.periods import billing_period_of
from billing.engine.terms import Terms


def close_period(lines: Sequence[Line], day: date) -> Changes:
    """Return what the night closes on `day`: Blocked lines that end by then Closed, Opened ones (remainders) Deleted.

    A line is closed on the day on which it ends, so that a night run late gives the same books (decision 14). New
    lines wait for their payment.
    """
    moves = []
    for line in lines:
        if line.period.end <= day:
            if line.status is LineStatus.BLOCKED:
                moves.append(Move(line, LineStatus.CLOSED, line.period.end))
            elif line.status is LineStatus.OPENED:
                moves.append(Move(line, LineStatus.DELETED))
    return Changes(move=tuple(moves))


def next_period(terms: Terms, quantities: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
    """Return what the billing day `day` wants to block for the period that begins with it, of an Active subscription.

    Endless: one line per resource for all units, at the price of `day`. Finite: the Opened lines of that period.
    Nothing from the expiry on. Where less than `reserves` is available, the verb stops the subscription instead.
    """
    if terms.expires_on is not None:
        opened = (line for line in lines if line.status is LineStatus.OPENED and line.period.start == day)
        return Changes(move=tuple(Move(line, LineStatus.BLOCKED) for line in opened))
    whole = billing_period_of(day, terms.billing_day)
    return Changes(
        add=tuple(
            priced_line(
                currency=terms.currency,
                resource=resource,
                block=FIRST_BLOCK,
                status=LineStatus.BLOCKED,
                source=Source.RENEWAL,
                period=whole,
                billing_period=whole,
                quantity=quantity,
                unit_price=terms.unit_price(resource, day),
            )
            for resource, quantity in quantities.items()
            if quantity
        )
    )


def required_on(terms: Terms, quantities: Mapping[str, int], lines: Sequence[Line], day: date) -> Decimal:
    """Return the funds that an Active subscription needs on the billing day `day`: a dry run (G-D18, G-I16)."""
    return next_period(terms, quantities, lines, day).reserves


def end(lines: Sequence[Line], day: date) -> Changes:
    """Return what the expiry on `day` closes and deletes: like `close_period`, and no line stays Opened."""
    left = [line for line in with_status(lines, LineStatus.OPENED) if line.period.end > day]
    return close_period(lines, day) + Changes(move=deleted(left))
