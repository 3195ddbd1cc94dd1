"""Another plan takes the place of the present one: what becomes of the present one's lines.

spec/billing-types.md 5.6. The new plan's lines are those of an order up to the end of the running term; here the old
one's end, as if every unit left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.engine.lines import Changes, Line, LineStatus, Source, deleted, with_status
from billing.engine.parts import part_of, used_part, what_is_left
from billing.engine.terms import PLAN, Terms


def given_up(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return what a switch on `day`, which the new plan serves, makes of the old one's lines.

    What was used is Closed and all else Deleted. What is unused of units in the current piece is told by a line that
    waits for its refund; of the plan's own part nothing is.
    """
    changes = Changes()
    for line in with_status(lines, LineStatus.BLOCKED):
        changes += _ended(terms, line, day)
    return changes + Changes(move=deleted(with_status(lines, LineStatus.OPENED)))


def _ended(terms: Terms, line: Line, day: date) -> Changes:
    """Return a Blocked line Deleted; where it holds `day`, its days used Closed and the rest waiting for refund."""
    used = used_part(terms, line, day)
    _, rest = line.period.split(day)
    if not used or rest is None:
        return Changes(move=deleted([line]))
    parts = used
    if line.resource != PLAN:
        refund = part_of(
            line,
            status=LineStatus.WAITING_FOR_REFUND,
            source=Source.REFUND_PART,
            period=rest,
            cost=what_is_left(line, used),
        )
        parts += (refund,)
    return Changes(add=parts, move=deleted([line]))
