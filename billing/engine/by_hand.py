"""Charges closed by hand: all that is reserved or lies ahead is written off at once, and so is what is raised later.

spec/billing-types.md 5.7, for types that are bought for a term. Until the days that were closed are over, nothing is
charged anew for them and nothing of them comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from billing.engine.lines import FEES, Changes, Line, LineStatus, LineType, Move, Source, deleted, with_status
from billing.engine.parts import priced_line
from billing.engine.rules import Rules
from billing.engine.terms import PLAN, Terms
from core.period import Period

# Lines closed by hand overlap in days with what is raised and closed later, so each closing, that of a raise too, has a
# block of its own, far above those of units that are bought: this one and the number of the closing.
FIRST_BLOCK = 1_000_000
OPEN = (LineStatus.BLOCKED, LineStatus.OPENED)


def closable(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that closing by hand writes off: what recurs and is Blocked or Opened."""
    return [line for line in lines if line.status in OPEN and line.type is LineType.RECURRING_FEE]


def closed(lines: Sequence[Line], day: date, closing: int) -> Changes:
    """Return the lines Deleted, and one of each resource Closed on `day` in their place; `closing` counts from 0.

    It lasts from the first of their days to the last; its one unit costs what they cost together.
    """
    by_resource: dict[str, list[Line]] = {PLAN: []}
    for line in lines:
        by_resource.setdefault(line.resource, []).append(line)
    return Changes(
        add=tuple(_sum(of_one, day, FIRST_BLOCK + closing) for of_one in by_resource.values() if of_one),
        move=deleted(lines),
    )


def _sum(lines: Sequence[Line], day: date, block: int) -> Line:
    """Return the one line in the place of all lines of a resource, Closed on `day`."""
    days = Period(min(line.period.start for line in lines), max(line.period.end for line in lines))
    amount = sum((line.amount for line in lines), Decimal(0))
    return Line(
        resource=lines[0].resource,
        block=block,
        status=LineStatus.CLOSED,
        source=Source.CLOSED_BY_HAND,
        period=days,
        billing_period=days,
        quantity=1,
        unit_price=amount,
        amount=amount,
        closed_on=day,
        discount=sum((line.discount for line in lines), Decimal(0)),
        tax=sum((line.tax for line in lines), Decimal(0)),
        parent=lines[0],
        instead_of=tuple(lines),
    )


def rules_when_closed(rules: Rules, closed_to: date, closing: int) -> Rules:
    """Return the rules of a subscription whose charges were closed by hand up to `closed_to`, `closing` times so far.

    From that day on they are those of its type again.
    """
    return cast(Rules, ClosedByHand(rules, closed_to, closing))


class ClosedByHand:
    """What is other about such a subscription; all else it answers as the rules that it was made around.

    What is closed is no line that a stop, a deletion or a night could work on. What is raised is one New line a piece,
    due in full, and Closed once it is paid.
    """

    def __init__(self, rules: Rules, closed_to: date, closing: int) -> None:
        self._rules = rules
        self._closed_to = closed_to
        self._closing = closing

    def __getattr__(self, name: str) -> Any:
        """Return what the rules of the type answer."""
        return getattr(self._rules, name)

    def due(self, lines: Sequence[Line], day: date) -> Decimal:
        if day >= self._closed_to:
            return self._rules.due(lines, day)
        return sum((line.amount for line in with_status(lines, LineStatus.NEW)), Decimal(0))

    def change(
        self, terms: Terms, lines: Sequence[Line], present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        """Return a raise as New lines of all its pieces. Units are not lowered: the verb refuses it."""
        if day >= self._closed_to:
            return self._rules.change(terms, lines, present, wanted, day)
        steps = {resource: count - present.get(resource, 0) for resource, count in wanted.items()}
        return self._rules.change(terms, [], {}, steps, day)

    def pay_raise(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        new = with_status(lines, LineStatus.NEW)
        if not self._is_of_closed_days(new):
            return self._rules.pay_raise(terms, lines, day, provided=provided)
        if not provided:
            return Changes(move=tuple(Move(line, LineStatus.BLOCKED) for line in new))
        return self._closed_from(terms, new, day)

    def provide_raise(self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
        if not self._is_of_closed_days(raised):
            return self._rules.provide_raise(terms, lines, raised, day)
        return self._closed_from(terms, raised, day)

    def provide_raise_of_stopped(
        self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        if not self._is_of_closed_days(raised):
            return self._rules.provide_raise_of_stopped(terms, lines, raised, day)
        return self._closed_from(terms, raised, day)

    def activate(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        return Changes() if day < self._closed_to else self._rules.activate(terms, lines, units, day)

    def _is_of_closed_days(self, raised: Sequence[Line]) -> bool:
        """Return whether a raise begins before what was closed is over: then all of it is closed, too."""
        return any(line.period.start < self._closed_to for line in raised)

    def _closed_from(self, terms: Terms, raised: Sequence[Line], day: date) -> Changes:
        """Return the lines of a raise closed in one on `day`, on which it is paid and provided, from that day on."""
        fees = [line for line in raised if line.type in FEES]
        pieces = [line for line in raised if line.type not in FEES]
        left = [self._left(terms, line, day) for line in pieces if line.period.end > day]
        return Changes(
            add=closed(left, day, self._closing).add,
            move=(*deleted(pieces), *(Move(line, LineStatus.CLOSED, day) for line in fees)),
        )

    def _left(self, terms: Terms, line: Line, day: date) -> Line:
        """Return what of a piece lies on `day` and after it, at the price that it had."""
        if line.period.start >= day:
            return line
        return priced_line(
            terms=terms,
            resource=line.resource,
            block=line.block,
            status=line.status,
            source=line.source,
            period=Period(day, line.period.end),
            billing_period=line.billing_period,
            quantity=int(line.quantity),
            price=line.price,
            parent=line,
        )
