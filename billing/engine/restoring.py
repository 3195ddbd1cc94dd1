"""A lowering that the vendor refused is taken back: its units were there on every day, and are charged for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from billing.engine.lines import Changes, Line, LineStatus, Move, Source, instead
from billing.engine.parts import priced_line
from billing.engine.periods import billing_period_of, next_billing_day
from billing.engine.terms import Terms


def restored(
    line: Line, parts: Sequence[Line], lowered_on: date, day: date, *, block: int, stopped_on: date | None = None
) -> Changes:
    """Return what brings back on `day` the units that a lowering on `lowered_on` took from `line`, in a new `block`.

    `parts` are the lines that took its place, without Deleted ones. They come back at the amounts that were to be
    refunded: Blocked, and Closed on `day` where the days are over. A later period of a finite subscription becomes
    again what it was; where it has begun, unless the subscription was stopped by then, it gets the units it lacks.
    """
    if line.period.start > lowered_on:
        return _later_period(line, parts, day, block, stopped_on)
    if not parts:
        return Changes(add=(_charged(line, day, block=block),))
    refund = next(part for part in parts if part.source is Source.REFUND_PART)
    again = replace(_charged(refund, day, block=block), source=Source.CONTINUING_PART)
    return Changes(add=(again,), move=(Move(refund, LineStatus.DELETED),))


def renewed_since(
    terms: Terms, resource: str, units: int, *, lowered_on: date, until: date, day: date, block: int
) -> Changes:
    """Return lines for `units` in the billing periods of an endless subscription begun from a lowering until `until`.

    At the price of each billing day, as the nights would have renewed them: Closed on `day` where the period is over.
    """
    added = []
    start = next_billing_day(lowered_on, terms.billing_day)
    while start < until:
        whole = billing_period_of(start, terms.billing_day)
        line = priced_line(
            terms=terms,
            resource=resource,
            block=block,
            status=LineStatus.BLOCKED,
            source=Source.RENEWAL,
            period=whole,
            billing_period=whole,
            quantity=units,
            price=terms.price(resource, start),
        )
        over = whole.end <= day
        added.append(replace(line, status=LineStatus.CLOSED, closed_on=day) if over else line)
        start = whole.end
    return Changes(add=tuple(added))


def _later_period(line: Line, parts: Sequence[Line], day: date, block: int, stopped_on: date | None) -> Changes:
    """Return a period that began after the lowering as it was, or once it has begun the units that it lacks."""
    has_begun = line.period.start <= day and (stopped_on is None or line.period.start < stopped_on)
    if not has_begun:
        if line.period.end <= day:
            return Changes()  # the subscription was stopped, and this is over
        again = instead(line, status=LineStatus.OPENED)
        return Changes(add=(again,), move=tuple(Move(part, LineStatus.DELETED) for part in parts))
    lacking = line
    if parts:
        cost = line.cost - parts[0].cost
        lacking = replace(line, quantity=line.quantity - parts[0].quantity, amount=cost.net, discount=cost.discount)
    return Changes(add=(replace(_charged(lacking, day, block=block), parent=line),))


def _charged(line: Line, day: date, *, block: int) -> Line:
    """Return the line again in a block of its own: Blocked, or Closed on `day` where its days are over."""
    if line.period.end <= day:
        return instead(line, status=LineStatus.CLOSED, closed_on=day, block=block)
    return instead(line, status=LineStatus.BLOCKED, block=block)
