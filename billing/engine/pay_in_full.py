"""Pay in full: free up to the next billing day, then whole months, for the most units that were there in each.

spec/billing-types.md 3.4. A month is charged once, whenever in it, and nothing of it is given back. An order costs
nothing at first: its months are Opened, and each is reserved on its first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from billing.engine import renewing, restoring, settling, switching
from billing.engine.lines import (
    FIRST_BLOCK,
    Changes,
    Line,
    LineStatus,
    LineType,
    Move,
    Source,
    deleted,
    fresh_block,
    has_units,
    quantities_on,
    with_status,
)
from billing.engine.parts import cost_of, part_of, priced_line, resized
from billing.engine.periods import add_months, billing_period_of, billing_periods, last_billing_day, next_billing_day
from billing.engine.rules import Allows, Deed, Keeps, No
from billing.engine.terms import Terms, UnitPrice
from core.period import Period


class PayInFull:
    """The rules of the type; `Rules` says what each answers."""

    key = "pay_in_full"
    allows = Allows(endless=False, longest=60, billing_day=1)
    fees: frozenset[LineType] = frozenset()
    keeps = Keeps.WHOLE_MONTH
    counts_units = False
    needs_funds = True
    closes_by_hand = False
    renews_ahead = False
    renews_by_default = False
    switch_away = staticmethod(switching.given_up)

    due = staticmethod(settling.due_now)
    cancel_unpaid = staticmethod(settling.cancel_unpaid)
    restore = staticmethod(restoring.restored)
    close_period = staticmethod(settling.close_period)
    end = staticmethod(settling.end)
    renewal_ends = staticmethod(renewing.ends)
    renew = staticmethod(renewing.renew)
    renewal_due = staticmethod(renewing.due)
    pay_renewal = staticmethod(renewing.pay)

    def refuses(self, deed: Deed) -> No | None:
        return No.KEEPS_PLAN if deed is Deed.SWITCH else None

    # ---- an order ---------------------------------------------------------------------------------------------

    def ends_on(self, terms: Terms, day: date) -> date | None:
        return add_months(next_billing_day(day, terms.billing_day), _months(terms))

    def order(self, terms: Terms, units: Mapping[str, int], day: date) -> Changes:
        wanted = {(resource, terms.price(resource, day)): count for resource, count in units.items() if count}
        return Changes(add=self._ordered(terms, wanted, day, LineStatus.NEW))

    def pay_order(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        new = with_status(lines, LineStatus.NEW)
        if not new or self._begins(new) == next_billing_day(day, terms.billing_day):
            return Changes(move=tuple(Move(line, LineStatus.OPENED) for line in new))
        return self._anew(terms, new, day)

    def provide_order(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        paid = [*with_status(lines, LineStatus.BLOCKED), *with_status(lines, LineStatus.OPENED)]
        if not paid or self._begins(paid) >= next_billing_day(day, terms.billing_day):
            return Changes()
        return self._anew(terms, paid, day)

    def withdraw_order(self, lines: Sequence[Line]) -> Changes:
        return Changes(move=deleted(lines))

    def _begins(self, lines: Iterable[Line]) -> date:
        return min(line.period.start for line in lines)

    def _anew(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return the months of an order Deleted, and made anew from `day` at the prices they had (decisions 8, 22)."""
        wanted = {(line.resource, line.price): int(line.quantity) for line in lines}
        return Changes(add=self._ordered(terms, wanted, day, LineStatus.OPENED), move=deleted(lines))

    def _ordered(
        self, terms: Terms, wanted: Mapping[tuple[str, UnitPrice], int], day: date, status: LineStatus
    ) -> tuple[Line, ...]:
        """Return a line for each of the whole months that follow the free days from `day` on."""
        start = next_billing_day(day, terms.billing_day)
        months = [whole for _, whole in billing_periods(start, add_months(start, _months(terms)), terms.billing_day)]
        return tuple(
            _month(terms, resource, FIRST_BLOCK, status, Source.PURCHASE, month, count, price)
            for (resource, price), count in wanted.items()
            if has_units(resource, count)
            for month in months
        )

    # ---- quantities -------------------------------------------------------------------------------------------

    def may_change(self, terms: Terms, day: date) -> No | None:
        started = terms.started_on
        free = started is not None and day < next_billing_day(started, terms.billing_day)
        return No.NOT_YET_CHARGED if free else None

    def change(
        self, terms: Terms, lines: Sequence[Line], present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        changes = Changes()
        charged = quantities_on(lines, day)
        for resource, count in wanted.items():
            step = count - present.get(resource, 0)
            if step < 0:
                changes += self.leave(terms, lines, {resource: -step}, day + timedelta(days=1))
            elif step > 0:
                above = max(count - charged.get(resource, 0), 0)
                changes += self._raise(terms, lines, resource, step, above, day)
        return changes

    def leave(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        """Return the later months with fewer units, the last bought first; what is charged stays charged."""
        changes = Changes()
        for resource, count in units.items():
            for month in settling.periods_ahead(lines, resource, day):
                changes += settling.take_units(
                    month, count, lambda line, taken: resized(terms, line, -taken, source=Source.CONTINUING_PART)
                )
        return changes

    def _raise(self, terms: Terms, lines: Sequence[Line], resource: str, step: int, above: int, day: date) -> Changes:
        """Return the units `above` the most of this month for all of it, and those added for each later one; New."""
        block, price = fresh_block(lines, resource), terms.price(resource, day)
        month = billing_period_of(day, terms.billing_day)
        until = terms.expires_on or month.end
        wanted = {month: above, **{whole: step for _, whole in billing_periods(month.end, until, terms.billing_day)}}
        return Changes(
            add=tuple(
                _month(terms, resource, block, LineStatus.NEW, Source.UPGRADE, days, count, price)
                for days, count in wanted.items()
                if count
            )
        )

    def pay_raise(self, _terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        moves = []
        for line in with_status(lines, LineStatus.NEW):
            if line.period.end <= day:
                moves.append(Move(line, LineStatus.DELETED))  # paid in a later month than it was placed in
            else:
                begun = line.period.start <= day
                moves.append(Move(line, LineStatus.BLOCKED if begun else LineStatus.OPENED))
        return Changes(move=tuple(moves))

    def provide_raise(self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
        blocks = {(line.resource, line.block) for line in raised}
        # The night has left alone what was not provided: the month that began meanwhile is reserved now.
        begun = (
            line
            for line in with_status(lines, LineStatus.OPENED)
            if (line.resource, line.block) in blocks and line.period.contains(day)
        )
        over = self.provide_raise_of_stopped(terms, lines, raised, day)
        return over + Changes(move=tuple(Move(line, LineStatus.BLOCKED) for line in begun))

    def provide_raise_of_stopped(
        self, _terms: Terms, _lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        return Changes(move=deleted(line for line in raised if line.period.end <= day))

    def withdraw_raise(self, _terms: Terms, _lines: Sequence[Line], made: Sequence[Line]) -> Changes:
        return Changes(move=deleted(made))

    def restore_renewals(
        self, _terms: Terms, _resource: str, _units: int, *, lowered_on: date, until: date, day: date, block: int
    ) -> Changes:
        return Changes()  # its later months were there as lines, and have been restored as such

    # ---- a stop, an activation, the end -----------------------------------------------------------------------

    def stop(self, _terms: Terms, _lines: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def activate(self, terms: Terms, lines: Sequence[Line], _units: Mapping[str, int], day: date) -> Changes:
        """Reserve the whole month, its amount made anew: a cent that corrected the order stays with the order."""
        current = [line for line in with_status(lines, LineStatus.OPENED) if line.period.contains(day)]
        anew = [
            part_of(
                line,
                status=LineStatus.BLOCKED,
                source=Source.ACTIVATION,
                period=line.period,
                cost=cost_of(terms, line),
            )
            for line in current
        ]
        return Changes(add=tuple(anew), move=deleted(current))

    def provide_activation(self, terms: Terms, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        gone = [line for line in activated if line.period.end <= day]
        # A month that was charged before stays charged, also where it ended while the vendor had the word.
        over = settling.close_period(terms, [line for line in lines if line not in gone], day)
        return Changes(move=deleted(gone)) + over + self.activate(terms, lines, {}, day)

    def withdraw_activation(self, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        again = tuple(_again(line, LineStatus.OPENED, Source.REMAINDER) for line in activated if line.period.end > day)
        return Changes(add=again, move=deleted(activated))

    def delete(self, _terms: Terms, lines: Sequence[Line], day: date, *, unprovided: Sequence[Line] = ()) -> Changes:
        charged = [line for line in with_status(lines, LineStatus.BLOCKED) if line not in unprovided]
        others = [line for line in lines if line not in charged]
        return Changes(
            move=(*(Move(line, LineStatus.CLOSED, min(day, line.period.end)) for line in charged), *deleted(others))
        )

    # ---- another term -----------------------------------------------------------------------------------------

    def renewal_starts(self, terms: Terms, day: date, *, stopped: bool) -> date:
        return renewing.starts(terms, last_billing_day(day, terms.billing_day), stopped=stopped)

    # ---- the night --------------------------------------------------------------------------------------------

    def next_period(self, _terms: Terms, _units: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
        return settling.block_begun(lines, day)

    def due_while_stopped(self, terms: Terms, _stopped_on: date, day: date) -> date | None:
        return settling.due_with_periods(terms, day)


def _months(terms: Terms) -> int:
    if terms.months is None:
        raise ValueError("a plan that is paid in full has an end")
    return terms.months


def _month(
    terms: Terms,
    resource: str,
    block: int,
    status: LineStatus,
    source: Source,
    month: Period,
    units: int,
    price: UnitPrice,
) -> Line:
    return priced_line(
        terms=terms,
        resource=resource,
        block=block,
        status=status,
        source=source,
        period=month,
        billing_period=month,
        quantity=units,
        price=price,
    )


def _again(line: Line, status: LineStatus, source: Source) -> Line:
    return part_of(line, status=status, source=source, period=line.period, cost=line.cost)
