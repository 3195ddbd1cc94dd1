"""What every billing type does alike: what is due of an order, what is given up, what a night closes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Line, LineStatus, Move, deleted, with_status
from billing.engine.periods import next_billing_day
from billing.engine.terms import Terms


def due_now(lines: Iterable[Line], day: date) -> Decimal:
    """Return what the payment of the order placed on `day` covers: its New lines that have begun by then."""
    return sum(
        (line.amount for line in lines if line.status is LineStatus.NEW and line.period.start <= day), Decimal(0)
    )


def cancel_unpaid(lines: Sequence[Line]) -> Changes:
    """Return the New lines of an order that is cancelled, Deleted."""
    return Changes(move=deleted(with_status(lines, LineStatus.NEW)))


def close_period(_terms: Terms, lines: Sequence[Line], day: date) -> Changes:
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


def end(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return what the expiry on `day` closes and deletes: like `close_period`, and no line stays Opened."""
    left = [line for line in with_status(lines, LineStatus.OPENED) if line.period.end > day]
    return close_period(terms, lines, day) + Changes(move=deleted(left))


def block_begun(lines: Sequence[Line], day: date) -> Changes:
    """Return the Opened lines of the period that begins on the billing day `day`, Blocked."""
    opened = (line for line in lines if line.status is LineStatus.OPENED and line.period.start == day)
    return Changes(move=tuple(Move(line, LineStatus.BLOCKED) for line in opened))


def due_with_periods(terms: Terms, day: date) -> date | None:
    """Return the next day after `day` on which a piece of a term ends: a billing day or the expiry; None after that."""
    if terms.expires_on is None or day >= terms.expires_on:
        return None
    return min(next_billing_day(day, terms.billing_day), terms.expires_on)


def periods_ahead(lines: Sequence[Line], resource: str, first: date) -> list[list[Line]]:
    """Return the Opened lines of a resource that begin on `first` or later: those of each period together, in order."""
    ahead: dict[date, list[Line]] = {}
    for line in with_status(lines, LineStatus.OPENED):
        if line.resource == resource and line.period.start >= first:
            ahead.setdefault(line.period.start, []).append(line)
    return [ahead[start] for start in sorted(ahead)]


def take_units(lines: Sequence[Line], quantity: int, take: Callable[[Line, int], Changes]) -> Changes:
    """Return what taking `quantity` units makes of the lines of one resource and period, the newest block first.

    Raises ValueError where there are fewer.
    """
    changes = Changes()
    left = quantity
    for line in sorted(lines, key=lambda line: line.block, reverse=True):
        if not left:
            break
        taken = min(left, int(line.quantity))
        changes += take(line, taken)
        left -= taken
    if left:
        raise ValueError(f"{quantity} units to give back, {quantity - left} there")
    return changes
