"""G Suite: a month that renews itself; its first piece is reserved with the order, the next one when it begins.

spec/billing-types.md 3.6. Active days are charged; it is not deleted by hand, for that would end our books and not
Google's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from billing.engine import settling
from billing.engine.by_the_term import ByTheTerm
from billing.engine.lines import Changes, Line, LineStatus, Source, deleted, with_status
from billing.engine.parts import cost_of, part_of, split_by_stop
from billing.engine.rules import Allows, Deed, Keeps, No
from billing.engine.terms import Terms
from core.period import Period


class GSuite(ByTheTerm):
    """The rules of the type; `Rules` says what each answers."""

    key = "gsuite"
    allows = Allows(endless=False, longest=1)
    keeps = Keeps.USED_DAYS
    needs_funds = True
    renews_by_default = True
    ahead = LineStatus.OPENED
    refused: Mapping[Deed, No] = {Deed.DELETE: No.ENDS_AT_VENDOR}

    def provide_raise_of_stopped(
        self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        """Return the pieces of the raise Opened, like the remainders of the stop: an activation takes them up."""
        mine = self._raise_of(lines, raised)
        return self._raised_anew(terms, mine, lambda _period: LineStatus.OPENED, day) if mine else Changes()

    def stop(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        blocked = with_status(lines, LineStatus.BLOCKED)
        return sum((split_by_stop(terms, line, day, LineStatus.OPENED) for line in blocked), Changes())

    def activate(self, terms: Terms, lines: Sequence[Line], _units: Mapping[str, int], day: date) -> Changes:
        return _activated(terms, with_status(lines, LineStatus.OPENED), day)

    def provide_activation(self, terms: Terms, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        if not activated or min(line.period.start for line in activated) >= day:
            return Changes()
        held = [*activated, *with_status(lines, LineStatus.OPENED)]
        over = [line for line in held if line.period.end <= day]
        return _activated(terms, held, day) + Changes(move=deleted(over))

    def withdraw_activation(self, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        again = tuple(
            part_of(line, status=LineStatus.OPENED, source=Source.REMAINDER, period=line.period, cost=line.cost)
            for line in activated
            if line.period.end > day
        )
        return Changes(add=again, move=deleted(activated))

    def next_period(self, _terms: Terms, _units: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
        return settling.block_begun(lines, day)


def _activated(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return the lines that hold `day` Deleted, and Blocked from it on at their prices, each in its block."""
    current = [line for line in lines if line.period.contains(day)]
    return Changes(
        add=tuple(
            part_of(
                line,
                status=LineStatus.BLOCKED,
                source=Source.ACTIVATION,
                period=days,
                cost=cost_of(terms, line, period=days),
            )
            for line in current
            for days in (Period(day, line.period.end),)
        ),
        move=deleted(current),
    )
