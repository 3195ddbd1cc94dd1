"""The renewal of a term: the lines of the term that follows, what its payment covers, and what becomes of them.

spec/billing-types.md 5.1. A line a piece and resource, all units in one block, at the prices of the day on which the
renewal is ordered. The first piece is due with the order, and what has begun by then with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from billing.engine.lines import FIRST_BLOCK, Changes, Line, LineStatus, Move, Source, deleted, has_units
from billing.engine.parts import priced_line
from billing.engine.periods import add_months, billing_periods
from billing.engine.terms import Terms, UnitPrice
from core.period import Period


def starts(terms: Terms, day: date, *, stopped: bool) -> date:
    """Return the first day of a term renewed on `day`: where the present one ends, of a stopped one the day itself."""
    return day if stopped or terms.expires_on is None else terms.expires_on


def ends(terms: Terms, start: date) -> date:
    """Return the first day no longer served of the term from `start` on.

    Its months are counted from the anchor (31 January, 28 February, 31 March) where it follows the present term without
    a gap, also one that was stopped and is paid for on the very day of its end. After a gap its first day is the
    anchor.
    """
    if terms.months is None:
        raise ValueError("what has no end is not renewed")
    anchor = terms.anchor if terms.anchor is not None and terms.expires_on in (None, start) else start
    before = (start.year - anchor.year) * 12 + start.month - anchor.month
    if start < anchor or add_months(anchor, before) != start:
        anchor, before = start, 0
    return add_months(anchor, before + terms.months)


def last_term_starts(anchor: date, expires: date, months: int) -> date:
    """Return the first day of the term that ends on `expires`, of terms whose months are counted from the anchor."""
    return add_months(anchor, (expires.year - anchor.year) * 12 + expires.month - anchor.month - months)


def renew(terms: Terms, units: Mapping[str, int], start: date, day: date) -> Changes:
    """Return the New lines of a renewal ordered on `day` of the term that begins on `start`."""
    wanted = {(resource, terms.price(resource, day)): count for resource, count in units.items() if count}
    return Changes(add=_lines(terms, wanted, start, lambda _period: LineStatus.NEW, day))


def due(lines: Sequence[Line], day: date) -> Decimal:
    """Return what the payment of a renewal on `day` covers: its first piece, and all that have begun by then."""
    first = min((line.period.start for line in lines), default=day)
    return sum((line.amount for line in lines if line.period.start <= max(first, day)), Decimal(0))


def pay(terms: Terms, lines: Sequence[Line], start: date, day: date, *, provided: bool = True) -> Changes:
    """Return what the lines of a renewal are once it is paid, and `day` has come, of the term that begins on `start`.

    Pieces that are over are Closed on `day`, begun ones and the first are Blocked, later ones Opened once the term has
    begun; until then they stay New. Where the term begins on another day than it was ordered for, the lines are Deleted
    and made anew at the prices they had. `provided`: no vendor has to renew first; until it has, nothing is Closed.
    """

    def status(period: Period) -> LineStatus:
        if period.start > day:
            return _ahead(period, start, day)
        return LineStatus.CLOSED if provided and period.end <= day else LineStatus.BLOCKED

    if lines and min(line.period.start for line in lines) != start:
        wanted = {(line.resource, line.price): int(line.quantity) for line in lines}
        return Changes(add=_lines(terms, wanted, start, status, day), move=deleted(lines))
    moves = ((line, status(line.period)) for line in lines)
    return Changes(
        move=tuple(
            Move(line, then, day if then is LineStatus.CLOSED else None)
            for line, then in moves
            if then is not line.status
        )
    )


def _ahead(period: Period, start: date, day: date) -> LineStatus:
    """Return what a piece that has not begun is: before its term begins, only what was due of it is reserved."""
    if start <= day:
        return LineStatus.OPENED
    return LineStatus.BLOCKED if period.start == start else LineStatus.NEW


def _lines(
    terms: Terms,
    wanted: Mapping[tuple[str, UnitPrice], int],
    start: date,
    status: Callable[[Period], LineStatus],
    day: date,
) -> tuple[Line, ...]:
    until = ends(terms, start)
    return tuple(
        priced_line(
            terms=terms,
            resource=resource,
            block=FIRST_BLOCK,
            status=status(period),
            source=Source.RENEWAL,
            period=period,
            billing_period=whole,
            quantity=count,
            price=price,
            closed_on=day if status(period) is LineStatus.CLOSED else None,
        )
        for (resource, price), count in wanted.items()
        if has_units(resource, count)
        for period, whole in billing_periods(start, until, terms.billing_day)
    )
