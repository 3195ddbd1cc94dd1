"""Making lines: priced by their share, cut from another line, or with another quantity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Line, LineStatus, Source, deleted
from billing.engine.proration import share
from billing.engine.terms import Terms, UnitPrice
from core.period import Period


def priced_line(
    *,
    currency: str,
    resource: str,
    block: int,
    status: LineStatus,
    source: Source,
    period: Period,
    billing_period: Period,
    quantity: int,
    price: UnitPrice,
    closed_on: date | None = None,
    parent: Line | None = None,
) -> Line:
    """Return a new line whose amount is its share of the billing period, rounded once."""
    return Line(
        resource=resource,
        block=block,
        status=status,
        source=source,
        period=period,
        billing_period=billing_period,
        quantity=quantity,
        unit_price=price.amount,
        amount=share(quantity, price.amount, period.days, billing_period.days, currency),
        closed_on=closed_on,
        parent=parent,
        price_row=price.row,
    )


def part_of(
    line: Line,
    *,
    status: LineStatus,
    source: Source,
    period: Period,
    amount: Decimal,
    quantity: int | Decimal | None = None,
    closed_on: date | None = None,
) -> Line:
    """Return a part of a line that is split: the same units and price, some of its days, an amount of its own."""
    return replace(
        line,
        status=status,
        source=source,
        period=period,
        amount=amount,
        quantity=line.quantity if quantity is None else quantity,
        closed_on=closed_on,
        row=None,
        parent=line,
        order=None,
    )


def used_part(terms: Terms, line: Line, day: date) -> tuple[Line, ...]:
    """Return the days of a Blocked line before `day`, Closed on `day`; nothing where it begins on `day`."""
    days, _ = line.period.split(day)
    if days is None:
        return ()
    amount = share(line.quantity, line.unit_price, days.days, line.billing_period.days, terms.currency)
    used = part_of(line, status=LineStatus.CLOSED, source=Source.USED_PART, period=days, amount=amount, closed_on=day)
    return (used,)


def resized(terms: Terms, line: Line, step: int, *, block: int | None = None) -> Changes:
    """Return a line of a later period Deleted and, where units stay, made anew with `step` units more (or fewer).

    `block` is that of the units added, so that they are the last bought there too (decision 10); None keeps the line's.
    """
    quantity = line.quantity + step
    if not quantity:
        return Changes(move=deleted([line]))
    amount = share(quantity, line.unit_price, line.period.days, line.billing_period.days, terms.currency)
    anew = part_of(line, status=line.status, source=line.source, period=line.period, amount=amount, quantity=quantity)
    if block is not None:
        anew = replace(anew, block=block)
    return Changes(add=(anew,), move=deleted([line]))


def served_until(terms: Terms, day: date, whole: Period) -> Period:
    """Return the days from `day` to the end of its billing period or to the expiry, whichever comes first."""
    return Period(day, whole.end if terms.expires_on is None else min(whole.end, terms.expires_on))
