"""Non-refund: a commitment for a year. Each piece is written off on its first day, whatever is on the balance.

spec/billing-types.md 3.5. It is neither lowered nor stopped, activated, deleted or switched by anybody; a hold stops
the service, and the charges go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from billing.engine.by_the_term import ByTheTerm
from billing.engine.lines import Changes, Line, LineStatus, Move, with_status
from billing.engine.rules import Allows, Deed, No
from billing.engine.terms import Terms


class NonRefund(ByTheTerm):
    """The rules of the type; `Rules` says what each answers."""

    key = "non_refund"
    allows = Allows(endless=False, longest=12, shortest=12)
    begun = LineStatus.CLOSED
    ahead = LineStatus.OPENED
    refused: Mapping[Deed, No] = dict.fromkeys(Deed, No.COMMITTED)

    def next_period(self, _terms: Terms, _units: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
        begun = (line for line in with_status(lines, LineStatus.OPENED) if line.period.start <= day)
        return Changes(move=tuple(Move(line, LineStatus.CLOSED, day) for line in begun))
