"""Pay as you go, counted by a vendor: what it takes for what was used, with the plan's markup.

spec/billing-types.md 3.7. All as with units and hours of our own, but for what a charge is the sum of: one Blocked line
a meter and billing period, of quantity 1, made anew from the costs that were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing.engine.lines import Changes, Line, LineStatus, LineType, Source, deleted, fresh_block, with_status
from billing.engine.parts import priced_line
from billing.engine.payg_internal import PaygInternal
from billing.engine.periods import billing_period_of
from billing.engine.rules import Told, Used
from billing.engine.terms import Terms, UnitPrice
from core.period import Period


class PaygExternal(PaygInternal):
    """The rules of the type; `Rules` says what each answers."""

    key = "payg_external"
    told = Told.COST

    def use(self, terms: Terms, lines: Sequence[Line], used: Sequence[Used], day: date) -> Changes:
        """Return the Blocked lines of the period of `day` with the costs of what was used, each the sum of a meter's.

        A line whose sum is the same stays as it is. What was used in a period that is over counts in the present one.
        """
        whole = billing_period_of(day, terms.billing_day)
        changes = Changes()
        for one in used:
            before = _charged(lines, one.resource, whole)
            if before is not None and before.unit_price == one.cost:
                continue
            if before is not None:
                changes += Changes(move=deleted([before]))
            if one.cost > 0:
                changes += Changes(add=(_consumed(terms, one, before, lines, whole),))
        return changes


def _charged(lines: Sequence[Line], resource: str, whole: Period) -> Line | None:
    """Return the line of the meter in the period, where there is one."""
    for line in with_status(lines, LineStatus.BLOCKED):
        if line.type is LineType.CONSUMPTION and line.resource == resource and whole.covers(line.period):
            return line
    return None


def _consumed(terms: Terms, one: Used, before: Line | None, lines: Sequence[Line], whole: Period) -> Line:
    """Return the line of a sum: in the days, the block and at the discount of the one `before` it, if there was one."""
    if before is not None:
        days, block = before.period, before.block
    else:
        days = Period(max(whole.start, terms.started_on or whole.start), whole.end)
        block = fresh_block(lines, one.resource)
    discount = before.price.discount if before is not None else None
    return priced_line(
        terms=terms,
        resource=one.resource,
        block=block,
        status=LineStatus.BLOCKED,
        source=Source.USAGE,
        period=days,
        billing_period=days,
        quantity=1,
        price=UnitPrice(one.cost, discount=discount),
        type=LineType.CONSUMPTION,
    )
