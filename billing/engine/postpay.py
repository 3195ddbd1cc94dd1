"""Postpay: a billing type whose customer pays afterwards, what its billing days have closed.

spec/billing-types.md section 4. The type's own rules decide which days and units are charged; what is said here is
when a charge reserves and when it closes. Nothing closes between billing days: what was used, fees and the last days
of a term stay Blocked until the next one. What lies in the future is Opened until the billing day that begins it, and
nothing is given back, for nothing was paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billing.engine import renewing, settling
from billing.engine.discounting import corrected
from billing.engine.lines import FEES, Changes, Line, LineStatus, LineType, Move, Source, deleted, with_status
from billing.engine.parts import part_of, priced_line, what_is_left
from billing.engine.periods import billing_period_of, next_billing_day
from billing.engine.rules import Allows, Deed, Keeps, MeteredRules, No, Rules, Told, Used
from billing.engine.terms import Terms, UnitPrice
from core.period import Period

ONE_DAY = timedelta(days=1)
OWED = (LineStatus.NEW, LineStatus.BLOCKED)


class Postpay:
    """The rules of a type in postpay; `Rules` says what each answers.

    `current_only`: its current debt counts nothing of billing periods that are over.
    """

    def __init__(self, rules: Rules, *, current_only: bool = False) -> None:
        self._rules = rules
        self._current_only = current_only
        # A type that reserves its whole term at once in prepay works on lines that it believes to be Blocked.
        self._whole_term = not rules.needs_funds

    @property
    def key(self) -> str:
        return self._rules.key

    @property
    def allows(self) -> Allows:
        return self._rules.allows

    @property
    def fees(self) -> frozenset[LineType]:
        return self._rules.fees

    @property
    def keeps(self) -> Keeps:
        return self._rules.keeps

    @property
    def counts_units(self) -> bool:
        return self._rules.counts_units

    @property
    def needs_funds(self) -> bool:
        return self._rules.needs_funds

    @property
    def closes_by_hand(self) -> bool:
        return self._rules.closes_by_hand

    @property
    def renews_ahead(self) -> bool:
        return self._rules.renews_ahead

    @property
    def renews_by_default(self) -> bool:
        return self._rules.renews_by_default

    def refuses(self, deed: Deed) -> No | None:
        return self._rules.refuses(deed)

    # ---- what is owed -----------------------------------------------------------------------------------------

    def debt(self, terms: Terms, lines: Sequence[Line], day: date) -> Decimal:
        """Return the current debt of a subscription with these lines."""
        begins = billing_period_of(day, terms.billing_day).start
        owed = (line for line in lines if line.status in OWED)
        return sum((line.amount for line in owed if not self._current_only or line.period.end > begins), Decimal(0))

    def month(self, terms: Terms, lines: Sequence[Line], day: date) -> Decimal:
        """Return what a full month of the lines costs that serve `day`, or begin after it: what recurs of them.

        Of an endless term at the prices of `day`, for these hold from the next billing day on; else at their own. Less
        the discount on their sum, as a billing night takes it.
        """
        recurring = [line for line in lines if line.type is LineType.RECURRING_FEE and line.source is not Source.USAGE]
        live = [line for line in recurring if line.status in (*OWED, LineStatus.OPENED) and line.period.end > day]
        first = min((line.period.start for line in live), default=day)
        whole = billing_period_of(max(first, day), terms.billing_day)
        units: dict[tuple[str, UnitPrice], int] = {}
        for line in live:
            if line.period.contains(max(first, day)):
                endless = terms.expires_on is None and terms.months is None
                price = terms.price(line.resource, day) if endless else line.price
                units[line.resource, price] = units.get((line.resource, price), 0) + int(line.quantity)
        month = [
            priced_line(
                terms=terms,
                resource=resource,
                block=1,
                status=LineStatus.NEW,
                source=Source.RENEWAL,
                period=whole,
                billing_period=whole,
                quantity=count,
                price=price,
            )
            for (resource, price), count in units.items()
        ]
        return sum((line.amount for line in corrected(terms, month)), Decimal(0))

    # ---- an order ---------------------------------------------------------------------------------------------

    due = staticmethod(settling.due_now)
    cancel_unpaid = staticmethod(settling.cancel_unpaid)

    def ends_on(self, terms: Terms, day: date) -> date | None:
        return self._rules.ends_on(terms, day)

    def order(self, terms: Terms, units: Mapping[str, int], day: date) -> Changes:
        return self._rules.order(terms, units, day)

    def pay_order(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.pay_order(terms, shown, day, provided=provided))

    def provide_order(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        # Pieces that are over by the day of provision are the order's too, and made anew from that day.
        return self._told(lines, day, lambda shown: self._rules.provide_order(terms, shown, day), over=True)

    def withdraw_order(self, lines: Sequence[Line]) -> Changes:
        return self._rules.withdraw_order(lines)

    # ---- quantities -------------------------------------------------------------------------------------------

    def may_change(self, terms: Terms, day: date) -> No | None:
        return self._rules.may_change(terms, day)

    def change(
        self, terms: Terms, lines: Sequence[Line], present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.change(terms, shown, present, wanted, day))

    def leave(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.leave(terms, shown, units, day))

    def pay_raise(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.pay_raise(terms, shown, day, provided=provided))

    def provide_raise(self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.provide_raise(terms, shown, raised, day), keep=raised)

    def provide_raise_of_stopped(
        self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        return self._told(
            lines, day, lambda shown: self._rules.provide_raise_of_stopped(terms, shown, raised, day), keep=raised
        )

    def withdraw_raise(self, terms: Terms, lines: Sequence[Line], made: Sequence[Line]) -> Changes:
        return self._rules.withdraw_raise(terms, lines, made)

    def restore(
        self, line: Line, parts: Sequence[Line], lowered_on: date, day: date, *, block: int, stopped_on: date | None
    ) -> Changes:
        """Return the same as in prepay; of a line that had begun what its parts leave, for no refund tells it."""
        if line.period.start > lowered_on or not parts:
            changes = self._rules.restore(line, parts, lowered_on, day, block=block, stopped_on=stopped_on)
            return replace(changes, add=tuple(_line(again, day, closes=True) for again in changes.add))
        kept = sum(int(part.quantity) for part in parts if part.period.start >= lowered_on)
        again = part_of(
            line,
            status=LineStatus.BLOCKED,
            source=Source.CONTINUING_PART,
            period=Period(lowered_on, line.period.end),
            cost=what_is_left(line, parts),
            quantity=line.quantity - kept,
        )
        return Changes(add=(replace(again, block=block),))

    def restore_renewals(
        self, terms: Terms, resource: str, units: int, *, lowered_on: date, until: date, day: date, block: int
    ) -> Changes:
        return self._rules.restore_renewals(
            terms, resource, units, lowered_on=lowered_on, until=until, day=day, block=block
        )

    # ---- a stop, an activation, the end -----------------------------------------------------------------------

    def stop(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.stop(terms, shown, day))

    def activate(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.activate(terms, shown, units, day))

    # Of what is Blocked only the activation's lines are shown: the days used before the stop wait for the billing day.
    def provide_activation(self, terms: Terms, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        ours = [line for line in lines if line in activated or line.status is not LineStatus.BLOCKED]
        return self._told(
            ours, day, lambda shown: self._rules.provide_activation(terms, shown, activated, day), over=True
        )

    def withdraw_activation(self, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        ours = [line for line in lines if line in activated]
        return self._told(ours, day, lambda shown: self._rules.withdraw_activation(shown, activated, day), over=True)

    def delete(self, terms: Terms, lines: Sequence[Line], day: date, *, unprovided: Sequence[Line] = ()) -> Changes:
        return self._told(
            lines, day, lambda shown: self._rules.delete(terms, shown, day, unprovided=unprovided), keep=unprovided
        )

    def switch_away(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        return self._told(lines, day, lambda shown: self._rules.switch_away(terms, shown, day))

    # ---- another term -----------------------------------------------------------------------------------------

    def renewal_starts(self, terms: Terms, day: date, *, stopped: bool) -> date:
        return self._rules.renewal_starts(terms, day, stopped=stopped)

    def renewal_ends(self, terms: Terms, start: date) -> date:
        return self._rules.renewal_ends(terms, start)

    def renew(self, terms: Terms, units: Mapping[str, int], start: date, day: date) -> Changes:
        return self._rules.renew(terms, units, start, day)

    renewal_due = staticmethod(renewing.due)

    def pay_renewal(
        self, terms: Terms, lines: Sequence[Line], start: date, day: date, *, provided: bool = True
    ) -> Changes:
        """Return the same as in prepay, where a piece that is over is Closed at once.

        The first piece is Blocked, also before its day.
        """
        told = self._told(
            lines,
            max(start, day),
            lambda shown: self._rules.pay_renewal(terms, shown, start, day, provided=provided),
            over=True,
            closes=True,
        )
        gone = {id(move.line) for move in told.move}
        begun = [one for one in with_status(lines, LineStatus.OPENED) if one.period.contains(day)]
        return told + Changes(move=tuple(Move(one, LineStatus.BLOCKED) for one in begun if id(one) not in gone))

    # ---- the night --------------------------------------------------------------------------------------------

    def close_period(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what a night closes: on a billing day what ended by then, and fees; what it begins is Blocked.

        The pieces of a type that is bought for a whole term run on also while it is stopped.
        """
        moves = []
        is_billing_day = closing_day(terms, day) == day
        for line in lines:
            if line.status is LineStatus.OPENED and line.period.end <= day:
                moves.append(Move(line, LineStatus.DELETED))
            elif line.status is LineStatus.OPENED and self._whole_term and line.period.start <= day:
                moves.append(Move(line, LineStatus.BLOCKED))
            elif line.status is LineStatus.BLOCKED and line.type in FEES:
                if is_billing_day:
                    moves.append(Move(line, LineStatus.CLOSED, day))
            elif line.status is LineStatus.BLOCKED and closing_day(terms, line.period.end) <= day:
                moves.append(Move(line, LineStatus.CLOSED, closing_day(terms, line.period.end)))
        return Changes(move=tuple(moves))

    def next_period(self, terms: Terms, units: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
        return self._rules.next_period(terms, units, lines, day)

    def end(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what the expiry on `day` closes; what lies ahead, or was left over by a stop, is Deleted."""
        opened = with_status(lines, LineStatus.OPENED)
        others = [line for line in lines if line.status is not LineStatus.OPENED]
        return self.close_period(terms, others, day) + Changes(move=deleted(opened))

    def due_while_stopped(self, terms: Terms, stopped_on: date, day: date) -> date | None:
        """Return also the billing day on which the days before the stop, or the last ones of the term, close."""
        days = [self._rules.due_while_stopped(terms, stopped_on, day)]
        lasts = max(closing_day(terms, stopped_on), closing_day(terms, terms.expires_on or stopped_on))
        billing_day = next_billing_day(day, terms.billing_day)
        days.append(billing_day if billing_day <= lasts else None)
        return min(filter(None, days), default=None)

    # ---- how it is done ---------------------------------------------------------------------------------------

    def _told(
        self,
        lines: Sequence[Line],
        day: date,
        ask: Callable[[list[Line]], Changes],
        *,
        over: bool = False,
        closes: bool = False,
        keep: Sequence[Line] = (),
    ) -> Changes:
        """Return what the type makes of the lines that it would have in prepay, as it is in postpay on `day`.

        It is shown neither fees that are confirmed nor (without `over`) what was over by `day`: both wait for the
        billing day. `keep` is shown in any case. `closes`: what it closes of pieces that are over is closed. A piece
        ahead that is reserved, the first of a term confirmed before it begins, stays so with fewer units.
        """
        shown: list[Line] = []
        real: dict[int, Line] = {}
        for line in lines:
            waits = line.status is LineStatus.BLOCKED and (line.type in FEES or (not over and line.period.end <= day))
            if waits and line not in keep:
                continue
            ahead = self._whole_term and line.status is LineStatus.OPENED
            view = replace(line, status=LineStatus.BLOCKED) if ahead else line
            real[id(view)] = line
            shown.append(view)
        told = ask(shown)
        moves = (_move(replace(move, line=real.get(id(move.line), move.line)), day, closes) for move in told.move)
        reserved = {_place(line) for line in with_status(lines, LineStatus.BLOCKED) if line.period.start > day}
        added = [
            line if _place(line) in reserved else _line(line, day, closes)
            for line in told.add
            if line.status is not LineStatus.WAITING_FOR_REFUND
        ]
        return Changes(add=tuple(added), move=tuple(move for move in moves if move is not None))


class MeteredPostpay(Postpay):
    """The same of such a type."""

    def __init__(self, rules: MeteredRules, *, current_only: bool = False) -> None:
        super().__init__(rules, current_only=current_only)
        self._metered = rules

    @property
    def told(self) -> Told:
        return self._metered.told

    def use(self, terms: Terms, lines: Sequence[Line], used: Sequence[Used], day: date) -> Changes:
        return self._metered.use(terms, lines, used, day)


def closing_day(terms: Terms, day: date) -> date:
    """Return the billing day on which what ends on `day` closes: that day, or the first billing day after it."""
    return next_billing_day(day - ONE_DAY, terms.billing_day)


def _status(status: LineStatus, line: Line, day: date, closes: bool) -> LineStatus:
    """Return what a line is in postpay that would have `status` in prepay on `day`."""
    if status is LineStatus.CLOSED and not (closes and line.type not in FEES):
        return LineStatus.BLOCKED
    ahead = line.period.start > day and line.type not in FEES
    return LineStatus.OPENED if status is LineStatus.BLOCKED and ahead else status


def _place(line: Line) -> tuple[str, int, Period]:
    return line.resource, line.block, line.period


def _line(line: Line, day: date, closes: bool) -> Line:
    status = _status(line.status, line, day, closes)
    return replace(line, status=status, closed_on=line.closed_on if status is LineStatus.CLOSED else None)


def _move(move: Move, day: date, closes: bool) -> Move | None:
    """Return the move as it is in postpay; None where the line stays what it is."""
    status = _status(move.status, move.line, day, closes)
    if status is move.line.status:
        return None
    return Move(move.line, status, move.closed_on if status is LineStatus.CLOSED else None)
