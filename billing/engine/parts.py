"""Making lines: priced by their share, cut from another line, or with another quantity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Cost, Line, LineStatus, LineType, Source, deleted, instead
from billing.engine.proration import NO_RATE, share
from billing.engine.terms import Terms, UnitPrice
from core.period import Period


def priced_line(
    *,
    terms: Terms,
    resource: str,
    block: int,
    status: LineStatus,
    source: Source,
    period: Period,
    billing_period: Period,
    quantity: int | Decimal,
    price: UnitPrice,
    type: LineType = LineType.RECURRING_FEE,
    closed_on: date | None = None,
    parent: Line | None = None,
) -> Line:
    """Return a new line whose amount is its share of the billing period less the discount, rounded once.

    The discount is the price's, else that of the terms; `discounting` corrects afterwards. A fee is its own period.
    """
    discount = terms.discount(type) if price.discount is None else price.discount
    cost = _cost(quantity, price.amount, period.days, billing_period.days, terms.currency, discount.rate)
    return Line(
        resource=resource,
        block=block,
        status=status,
        source=source,
        period=period,
        billing_period=billing_period,
        quantity=quantity,
        unit_price=price.amount,
        amount=cost.net,
        type=type,
        closed_on=closed_on,
        parent=parent,
        price_row=price.row,
        discount=cost.discount,
        rate=discount.rate,
        discount_row=discount.row,
        taken=price.taken,
    )


def _cost(
    quantity: int | Decimal, price: Decimal, days: int, period_days: int, currency: str, rate: Decimal = NO_RATE
) -> Cost:
    """Return the share less the discount, rounded once, and what that is below the rounded share without it."""
    net = share(quantity, price, days, period_days, currency, rate)
    return Cost(net, share(quantity, price, days, period_days, currency) - net) if rate else Cost(net)


def cost_of(terms: Terms, line: Line, *, period: Period | None = None, quantity: int | Decimal | None = None) -> Cost:
    """Return what some days, or another number of units, of a line cost at its price and discount, rounded once."""
    return _cost(
        line.quantity if quantity is None else quantity,
        line.unit_price,
        (period or line.period).days,
        line.billing_period.days,
        terms.currency,
        line.rate,
    )


def part_of(
    line: Line,
    *,
    status: LineStatus,
    source: Source,
    period: Period,
    cost: Cost,
    quantity: int | Decimal | None = None,
    closed_on: date | None = None,
) -> Line:
    """Return a part of a line that is split: the same units and price, some of its days, a cost of its own."""
    return instead(
        line,
        status=status,
        source=source,
        period=period,
        amount=cost.net,
        discount=cost.discount,
        quantity=line.quantity if quantity is None else quantity,
        closed_on=closed_on,
    )


def used_part(terms: Terms, line: Line, day: date) -> tuple[Line, ...]:
    """Return the days of a Blocked line before `day`, Closed on `day`; nothing where it begins on `day`."""
    days, _ = line.period.split(day)
    if days is None:
        return ()
    cost = cost_of(terms, line, period=days)
    used = part_of(line, status=LineStatus.CLOSED, source=Source.USED_PART, period=days, cost=cost, closed_on=day)
    return (used,)


def split_by_stop(terms: Terms, line: Line, day: date, left: LineStatus) -> Changes:
    """Return a Blocked line split by a stop on `day`: the used days Closed, the rest as `left` with what they leave.

    A cent that corrected the order travels with the rest. Where it has taken more off than the rest would cost, the
    used days cost no more than all of them did: no charge is less than nothing (T37).
    """
    used = used_part(terms, line, day)
    used = tuple(
        part if part.amount <= line.amount else replace(part, amount=line.amount, discount=part.gross - line.amount)
        for part in used
    )
    _, rest = line.period.split(day)
    parts = used
    if rest is not None:
        cost = what_is_left(line, used)
        parts += (part_of(line, status=left, source=Source.REMAINDER, period=rest, cost=cost),)
    return Changes(add=parts, move=deleted([line]))


def what_is_left(line: Line, parts: Iterable[Line]) -> Cost:
    """Return what the parts of a line leave of its cost: what the last of them takes, so that they add up to it."""
    cost = line.cost
    for part in parts:
        cost = cost - part.cost
    return cost


def resized(terms: Terms, line: Line, step: int, *, block: int | None = None, source: Source | None = None) -> Changes:
    """Return a line of a later period Deleted and, where units stay, made anew with `step` units more (or fewer).

    `block` is that of the units added, so that they are the last bought there too (decision 10), `source` says what
    makes it anew; None keeps the line's.
    """
    quantity = line.quantity + step
    if not quantity:
        return Changes(move=deleted([line]))
    cost = cost_of(terms, line, quantity=quantity)
    made_by = source or line.source
    anew = part_of(line, status=line.status, source=made_by, period=line.period, cost=cost, quantity=quantity)
    if block is not None:
        anew = replace(anew, block=block)
    return Changes(add=(anew,), move=deleted([line]))


def given_back(terms: Terms, line: Line, taken: int, day: date) -> Changes:
    """Return a line that has begun, split for `taken` units given back on `day`; the parts add up to it exactly."""
    used = used_part(terms, line, day)
    _, rest = line.period.split(day)
    kept = line.quantity - taken
    if rest is None or not (used or kept):
        return Changes(move=deleted([line]))
    parts = used
    if kept:
        cost = cost_of(terms, line, period=rest, quantity=kept)
        parts += (
            part_of(line, status=line.status, source=Source.CONTINUING_PART, period=rest, cost=cost, quantity=kept),
        )
    refund = part_of(
        line,
        status=LineStatus.WAITING_FOR_REFUND,
        source=Source.REFUND_PART,
        period=rest,
        cost=what_is_left(line, parts),
        quantity=taken,
    )
    return Changes(add=(*parts, refund), move=deleted([line]))


def served_until(terms: Terms, day: date, whole: Period) -> Period:
    """Return the days from `day` to the end of its billing period or to the expiry, whichever comes first."""
    return Period(day, whole.end if terms.expires_on is None else min(whole.end, terms.expires_on))
