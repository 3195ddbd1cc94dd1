"""CSP annual: the whole term is reserved when it is ordered; a stop tells the days used from the rest, which is paid.

spec/billing-types.md 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.engine.by_the_term import ByTheTerm
from billing.engine.lines import Changes, Line, LineStatus, Source, deleted, with_status
from billing.engine.parts import part_of, used_part, what_is_left
from billing.engine.terms import Terms


class CspAnnual(ByTheTerm):
    """The rules of the type; `Rules` says what each answers."""

    key = "csp_annual"
    closes_by_hand = True
    renews_ahead = True

    def stop(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        changes = Changes()
        for line in with_status(lines, LineStatus.BLOCKED):
            before, rest = line.period.split(day)
            if before is None or rest is None:
                continue
            used = used_part(terms, line, day)
            left = part_of(
                line,
                status=LineStatus.BLOCKED,
                source=Source.REMAINDER,
                period=rest,
                cost=what_is_left(line, used),
            )
            changes += Changes(add=(*used, left), move=deleted([line]))
        return changes
