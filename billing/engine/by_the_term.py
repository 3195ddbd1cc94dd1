"""A billing type that is bought for a term and charged in pieces: what those types do alike.

A type is such rules with its own statuses, fees and refusals, and says in its own module what it does otherwise:
what a stop and an activation do, what a night begins. `pieces` makes the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billing.engine import renewing, restoring, settling, switching
from billing.engine.fees import fees_of
from billing.engine.lines import (
    Changes,
    Line,
    LineStatus,
    LineType,
    Move,
    Source,
    deleted,
    fresh_block,
    with_status,
)
from billing.engine.parts import used_part
from billing.engine.periods import expiry
from billing.engine.pieces import (
    Becomes,
    Block,
    blocks_of,
    cuts_of,
    fee_anew,
    in_pieces,
    is_fee,
    lowered,
    plan_and,
    setup_fees,
)
from billing.engine.rules import Allows, Deed, Keeps, No
from billing.engine.terms import Terms
from core.period import Period

ONE_DAY = timedelta(days=1)


class ByTheTerm:
    """The rules that such types share; `Rules` says what each answers.

    `begun` is what a paid piece becomes that has begun, `ahead` one that has not.
    """

    key: str
    allows: Allows = Allows(endless=False, longest=60)
    fees: frozenset[LineType] = frozenset()
    keeps: Keeps = Keeps.WHOLE_TERM
    counts_units = True
    needs_funds = False
    closes_by_hand = False
    renews_ahead = False
    renews_by_default = False
    begun: LineStatus = LineStatus.BLOCKED
    ahead: LineStatus = LineStatus.BLOCKED
    refused: Mapping[Deed, No] = {}

    renewal_starts = staticmethod(renewing.starts)
    renewal_ends = staticmethod(renewing.ends)
    cancel_unpaid = staticmethod(settling.cancel_unpaid)
    switch_away = staticmethod(switching.given_up)
    close_period = staticmethod(settling.close_period)
    end = staticmethod(settling.end)

    def refuses(self, deed: Deed) -> No | None:
        return self.refused.get(deed)

    # ---- an order ---------------------------------------------------------------------------------------------

    def ends_on(self, terms: Terms, day: date) -> date | None:
        return expiry(day, _months(terms))

    def order(self, terms: Terms, units: Mapping[str, int], day: date) -> Changes:
        term = _term(terms, day)
        fees = setup_fees(terms, self.fees, units, term, day, ordered=True)
        return Changes(add=(*fees, *self._new(terms, self._bought(terms, units, day), term, day, Source.PURCHASE)))

    def due(self, lines: Sequence[Line], day: date) -> Decimal:
        """Return the whole term where all of it is reserved at once, else what has begun."""
        if self.ahead is not LineStatus.BLOCKED:
            return settling.due_now(lines, day)
        return sum((line.amount for line in with_status(lines, LineStatus.NEW)), Decimal(0))

    def pay_order(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        new = with_status(lines, LineStatus.NEW)
        becomes = self._paid(day, provided=provided)
        if not new or _start(new) == day:
            return _moved(new, becomes, day)
        return self._anew(terms, new, _term(terms, day), becomes, Source.PURCHASE, day)

    def provide_order(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        paid = [line for line in lines if line.status in (LineStatus.BLOCKED, LineStatus.OPENED)]
        becomes = self._paid(day, provided=True)
        if not paid or _start(paid) >= day:
            return _moved(with_status(paid, LineStatus.BLOCKED), becomes, day)
        return self._anew(terms, paid, _term(terms, day), becomes, Source.PURCHASE, day)

    def withdraw_order(self, lines: Sequence[Line]) -> Changes:
        return Changes(move=deleted(lines))

    # ---- quantities -------------------------------------------------------------------------------------------

    def may_change(self, _terms: Terms, _day: date) -> No | None:
        return None

    def change(
        self, terms: Terms, lines: Sequence[Line], present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        steps = {resource: count - present.get(resource, 0) for resource, count in wanted.items()}
        changes = Changes()
        for resource, step in steps.items():
            if step < 0:
                changes += lowered(terms, lines, resource, -step, day, first=day)
        added = {resource: step for resource, step in steps.items() if step > 0}
        return changes + self._raise(terms, lines, added, day) if added else changes

    def _raise(self, terms: Terms, lines: Sequence[Line], added: Mapping[str, int], day: date) -> Changes:
        rest = Period(day, _expires(terms))
        blocks = [
            Block(resource, terms.price(resource, day), count, fresh_block(lines, resource))
            for resource, count in added.items()
        ]
        fees = setup_fees(terms, self.fees, added, rest, day, ordered=False)
        return Changes(add=(*fees, *self._new(terms, blocks, rest, day, Source.UPGRADE, cuts_of(terms))))

    def leave(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        changes = Changes()
        for resource, count in units.items():
            changes += lowered(terms, lines, resource, count, day - ONE_DAY, first=day)
        return changes

    def pay_raise(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        new = with_status(lines, LineStatus.NEW)
        becomes = self._paid(day, provided=provided)
        if not new or _start(new) == day:
            return _moved(new, becomes, day)
        return self._raised_anew(terms, new, becomes, day)

    def provide_raise(self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
        mine, becomes = self._raise_of(lines, raised), self._paid(day, provided=True)
        if not mine or _start(mine) >= day:
            return _moved(with_status(mine, LineStatus.BLOCKED), becomes, day)
        return self._raised_anew(terms, mine, becomes, day)

    def provide_raise_of_stopped(
        self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        return self.provide_raise(terms, lines, raised, day)

    def _raise_of(self, lines: Sequence[Line], raised: Sequence[Line]) -> list[Line]:
        """Return all pieces of the raise whose Blocked lines are `raised`."""
        blocks = {(line.resource, line.block) for line in raised}
        live = (LineStatus.BLOCKED, LineStatus.OPENED)
        return [line for line in lines if (line.resource, line.block) in blocks and line.status in live]

    def _raised_anew(self, terms: Terms, made: Sequence[Line], becomes: Becomes, day: date) -> Changes:
        """Return the lines of a raise Deleted, and made anew from `day` to the end of their pieces (5.4)."""
        until = max(line.period.end for line in made)
        if until <= day:
            return Changes(move=deleted(made))
        days = Period(day, until)
        return self._anew(terms, made, days, becomes, Source.UPGRADE, day, cuts_of(terms))

    def withdraw_raise(self, _terms: Terms, _lines: Sequence[Line], made: Sequence[Line]) -> Changes:
        return Changes(move=deleted(made))

    def restore(
        self, line: Line, parts: Sequence[Line], lowered_on: date, day: date, *, block: int, stopped_on: date | None
    ) -> Changes:
        whole_term = self.keeps is Keeps.WHOLE_TERM  # it runs on while it is stopped
        changes = restoring.restored(
            line, parts, lowered_on, day, block=block, stopped_on=None if whole_term else stopped_on
        )
        again = (replace(one, status=self.ahead) if one.status is LineStatus.OPENED else one for one in changes.add)
        return replace(changes, add=tuple(again))

    def restore_renewals(
        self, _terms: Terms, _resource: str, _units: int, *, lowered_on: date, until: date, day: date, block: int
    ) -> Changes:
        return Changes()  # its later pieces were there as lines, and have been restored as such

    # ---- a stop, an activation, the end -----------------------------------------------------------------------

    def stop(self, _terms: Terms, _lines: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def activate(self, _terms: Terms, _lines: Sequence[Line], _units: Mapping[str, int], _day: date) -> Changes:
        return Changes()

    def provide_activation(
        self, _terms: Terms, _lines: Sequence[Line], _activated: Sequence[Line], _day: date
    ) -> Changes:
        return Changes()

    def withdraw_activation(self, _lines: Sequence[Line], _activated: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def delete(self, terms: Terms, lines: Sequence[Line], day: date, *, unprovided: Sequence[Line] = ()) -> Changes:
        """Return Closed what is over, and the days used of what has begun; all else Deleted, fees that wait too."""
        changes = Changes()
        for line in lines:
            charged = line.status is LineStatus.BLOCKED and line not in unprovided
            if charged and line.period.end <= day:
                changes += Changes(move=(Move(line, LineStatus.CLOSED, line.period.end),))
            else:
                used = used_part(terms, line, day) if charged and not is_fee(line) else ()
                changes += Changes(add=used, move=deleted([line]))
        return changes

    # ---- another term -----------------------------------------------------------------------------------------

    def renew(self, terms: Terms, units: Mapping[str, int], start: date, day: date) -> Changes:
        term = Period(start, renewing.ends(terms, start))
        fees: tuple[Line, ...] = ()
        if LineType.RENEWAL_FEE in self.fees:
            fees = fees_of(terms, LineType.RENEWAL_FEE, units, term, day, source=Source.RENEWAL)
        return Changes(add=(*fees, *self._new(terms, self._bought(terms, units, day), term, day, Source.RENEWAL)))

    def renewal_due(self, lines: Sequence[Line], day: date) -> Decimal:
        if self.ahead is not LineStatus.BLOCKED:
            return renewing.due(lines, day)
        return sum((line.amount for line in lines), Decimal(0))

    def pay_renewal(
        self, terms: Terms, lines: Sequence[Line], start: date, day: date, *, provided: bool = True
    ) -> Changes:
        def becomes(period: Period) -> LineStatus:
            if period.start > day:
                waits = start > day and not self.renews_ahead
                first = LineStatus.BLOCKED if period.start == start else LineStatus.NEW
                return first if waits else self.ahead
            if provided and period.end <= day:
                return LineStatus.CLOSED
            return self.begun if provided else LineStatus.BLOCKED

        fee = LineStatus.CLOSED if provided else LineStatus.BLOCKED
        if lines and _start(lines) != start:
            term = Period(start, renewing.ends(terms, start))
            return self._anew(terms, lines, term, becomes, Source.RENEWAL, day, fee=fee)
        return _moved(lines, becomes, day, fee=fee)

    # ---- the night --------------------------------------------------------------------------------------------

    def next_period(self, _terms: Terms, _units: Mapping[str, int], _lines: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def due_while_stopped(self, terms: Terms, _stopped_on: date, day: date) -> date | None:
        return settling.due_with_periods(terms, day)

    # ---- how it is done ---------------------------------------------------------------------------------------

    def _bought(self, terms: Terms, units: Mapping[str, int], day: date) -> list[Block]:
        return plan_and(terms, units, day, plan=LineType.RECURRING_FEE in self.fees)

    def _paid(self, day: date, *, provided: bool) -> Becomes:
        """Return what the pieces become that are paid, or provided, on `day`."""
        begun = self.begun if provided else LineStatus.BLOCKED
        return lambda period: begun if period.start <= day else self.ahead

    def _new(
        self, terms: Terms, blocks: Iterable[Block], days: Period, day: date, source: Source, cuts: Iterable[date] = ()
    ) -> tuple[Line, ...]:
        return in_pieces(terms, blocks, days, lambda _period: LineStatus.NEW, source=source, day=day, cuts=[*cuts])

    def _anew(
        self,
        terms: Terms,
        lines: Sequence[Line],
        days: Period,
        becomes: Becomes,
        source: Source,
        day: date,
        cuts: Iterable[date] = (),
        *,
        fee: LineStatus = LineStatus.CLOSED,
    ) -> Changes:
        """Return lines Deleted and made anew over other days, at the prices that they had (5.4)."""
        fees = tuple(fee_anew(line, days, fee, day) for line in lines if is_fee(line))
        pieces = in_pieces(terms, blocks_of(lines), days, becomes, source=source, day=day, cuts=[*cuts])
        return Changes(add=(*fees, *pieces), move=deleted(lines))


def _moved(lines: Iterable[Line], becomes: Becomes, day: date, *, fee: LineStatus = LineStatus.CLOSED) -> Changes:
    """Return the lines as what they become; fees by `fee`. What is that already stays."""
    moves = ((line, fee if is_fee(line) else becomes(line.period)) for line in lines)
    return Changes(
        move=tuple(
            Move(line, then, day if then is LineStatus.CLOSED else None)
            for line, then in moves
            if then is not line.status
        )
    )


def _start(lines: Iterable[Line]) -> date:
    return min(line.period.start for line in lines)


def _term(terms: Terms, day: date) -> Period:
    """Return the days of an order that begins on `day`: up to the end that is given, else of its months."""
    return Period(day, terms.expires_on or expiry(day, _months(terms)))


def _months(terms: Terms) -> int:
    if terms.months is None:
        raise ValueError("what is bought for a term has an end")
    return terms.months


def _expires(terms: Terms) -> date:
    if terms.expires_on is None:
        raise ValueError("what is bought for a term has an end")
    return terms.expires_on
