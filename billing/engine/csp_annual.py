"""CSP annual: the whole term is reserved when it is ordered; a stop tells the days used from the rest, which is paid.

spec/billing-types.md 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.engine.by_the_term import ByTheTerm
from billing.engine.lines import Changes, Line, LineStatus, with_status
from billing.engine.parts import split_by_stop
from billing.engine.terms import Terms


class CspAnnual(ByTheTerm):
    """The rules of the type; `Rules` says what each answers."""

    key = "csp_annual"
    closes_by_hand = True
    renews_ahead = True

    def stop(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        blocked = with_status(lines, LineStatus.BLOCKED)
        begun = (line for line in blocked if line.period.start < day < line.period.end)
        return sum((split_by_stop(terms, line, day, LineStatus.BLOCKED) for line in begun), Changes())
