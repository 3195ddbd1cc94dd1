"""Pay as you go, counted by us: units that were there for some hours, at a price a unit and hour.

spec/billing-types.md 3.7. An order sets quotas and costs at most a setup fee. What was used is one Blocked line a
resource, price and billing period, made anew from the sum; the billing day closes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from billing.engine import renewing, settling, switching
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
    instead,
    with_status,
)
from billing.engine.parts import priced_line
from billing.engine.periods import billing_period_of, next_billing_day
from billing.engine.rules import Allows, Deed, Keeps, No, Told, Used
from billing.engine.terms import Terms, UnitPrice
from core.period import Period


class PaygInternal:
    """The rules of the type; `Rules` says what each answers."""

    key = "payg_internal"
    allows = Allows(endless=True, longest=None, included=False)
    fees = frozenset({LineType.SETUP_FEE})
    keeps = Keeps.WHAT_WAS_USED
    told = Told.UNIT_HOURS
    counts_units = False
    needs_funds = False
    closes_by_hand = False
    renews_ahead = False
    renews_by_default = False
    switch_away = staticmethod(switching.given_up)

    due = staticmethod(settling.due_now)
    cancel_unpaid = staticmethod(settling.cancel_unpaid)
    close_period = staticmethod(settling.close_period)
    end = staticmethod(settling.end)
    renewal_starts = staticmethod(renewing.starts)
    renewal_ends = staticmethod(renewing.ends)
    renew = staticmethod(renewing.renew)
    renewal_due = staticmethod(renewing.due)
    pay_renewal = staticmethod(renewing.pay)

    def refuses(self, deed: Deed) -> No | None:
        return No.KEEPS_PLAN if deed is Deed.SWITCH else None

    # ---- an order: quotas, and setup fees ---------------------------------------------------------------------

    def ends_on(self, _terms: Terms, _day: date) -> date | None:
        return None

    def order(self, terms: Terms, units: Mapping[str, int], day: date) -> Changes:
        days = _from(terms, day)
        return Changes(add=fees_of(terms, LineType.SETUP_FEE, units, days, day, source=Source.PURCHASE))

    def pay_order(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        changes = Changes()
        for line in with_status(lines, LineStatus.NEW):
            if line.period.start == day:
                changes += Changes(move=(Move(line, LineStatus.CLOSED, day),))
                continue
            days = _from(terms, day)
            paid = instead(line, status=LineStatus.CLOSED, closed_on=day, period=days, billing_period=days)
            changes += Changes(add=(paid,), move=deleted([line]))
        return changes

    def provide_order(self, _terms: Terms, _lines: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def withdraw_order(self, lines: Sequence[Line]) -> Changes:
        return Changes(move=deleted(lines))

    # ---- quantities: quotas stay ------------------------------------------------------------------------------

    def may_change(self, _terms: Terms, _day: date) -> No | None:
        return No.NEVER_CHANGES

    def change(
        self, _terms: Terms, _lines: Sequence[Line], _present: Mapping[str, int], _wanted: Mapping[str, int], _day: date
    ) -> Changes:
        return Changes()

    def leave(self, _terms: Terms, _lines: Sequence[Line], _units: Mapping[str, int], _day: date) -> Changes:
        return Changes()

    def pay_raise(self, _terms: Terms, _lines: Sequence[Line], _day: date, *, provided: bool = True) -> Changes:
        return Changes()

    def provide_raise(self, _terms: Terms, _lines: Sequence[Line], _raised: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def provide_raise_of_stopped(
        self, _terms: Terms, _lines: Sequence[Line], _raised: Sequence[Line], _day: date
    ) -> Changes:
        return Changes()

    def withdraw_raise(self, _terms: Terms, _lines: Sequence[Line], _made: Sequence[Line]) -> Changes:
        return Changes()

    def restore(
        self, line: Line, parts: Sequence[Line], lowered_on: date, day: date, *, block: int, stopped_on: date | None
    ) -> Changes:
        return Changes()

    def restore_renewals(
        self, _terms: Terms, _resource: str, _units: int, *, lowered_on: date, until: date, day: date, block: int
    ) -> Changes:
        return Changes()

    # ---- a stop and an activation charge nothing; the end closes what was used --------------------------------

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

    def delete(self, _terms: Terms, lines: Sequence[Line], day: date, *, unprovided: Sequence[Line] = ()) -> Changes:
        used = with_status(lines, LineStatus.BLOCKED)
        others = [line for line in lines if line.status is not LineStatus.BLOCKED]
        return Changes(move=(*(Move(line, LineStatus.CLOSED, day) for line in used), *deleted(others)))

    # ---- the night, and what was used -------------------------------------------------------------------------

    def next_period(self, _terms: Terms, _units: Mapping[str, int], _lines: Sequence[Line], _day: date) -> Changes:
        return Changes()

    def due_while_stopped(self, terms: Terms, _stopped_on: date, day: date) -> date | None:
        return next_billing_day(day, terms.billing_day)

    def use(self, terms: Terms, lines: Sequence[Line], used: Sequence[Used], day: date) -> Changes:
        """Return the Blocked lines of the period of `day` with what was used: each made anew from the sum of its price.

        A line whose sum is the same stays as it is. What was used in a period that is over counts in the present one,
        at its own price.
        """
        whole = billing_period_of(day, terms.billing_day)
        changes = Changes()
        for one in used:
            others = [*lines, *changes.add]
            before = _charged(others, one.resource, one.price.amount, whole)
            if before is not None and before.quantity == one.quantity:
                continue
            if before is not None:
                changes += Changes(move=deleted([before]))
            if one.quantity > 0:
                changes += Changes(add=(_used(terms, one, before, others, whole),))
        return changes


def _used(terms: Terms, one: Used, before: Line | None, others: Sequence[Line], whole: Period) -> Line:
    """Return the line of a sum: in the days, the block and at the price of the one `before` it, where there was one."""
    if before is not None:
        days, block, price = before.period, before.block, before.price
    else:
        starts = (whole.start, terms.started_on or whole.start, one.valid_from or whole.start)
        days, block, price = Period(max(starts), whole.end), fresh_block(others, one.resource), _agreed(terms, one)
    return priced_line(
        terms=terms,
        resource=one.resource,
        block=block,
        status=LineStatus.BLOCKED,
        source=Source.USAGE,
        period=days,
        billing_period=days,
        quantity=one.quantity,
        price=price,
    )


def _agreed(terms: Terms, one: Used) -> UnitPrice:
    """Return the price of a sum; a fixed one has with it what was taken at the levels above at the order (T38)."""
    fixed = terms.ordering_prices is not None
    return one.price._replace(taken=terms.ordering_taken.get(one.resource, one.price.taken)) if fixed else one.price


def _from(terms: Terms, day: date) -> Period:
    return Period(day, next_billing_day(day, terms.billing_day))


def _charged(lines: Sequence[Line], resource: str, price: Decimal, whole: Period) -> Line | None:
    """Return the line in which units of the resource at that price are counted in the period, where there is one."""
    for line in with_status(lines, LineStatus.BLOCKED):
        same = line.source is Source.USAGE and (line.resource, line.unit_price) == (resource, price)
        if same and whole.covers(line.period):
            return line
    return None
