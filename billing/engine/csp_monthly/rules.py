"""CSP monthly, endless or of some months: active days are charged (spec/billing.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from billing.engine import renewing, restoring, settling, switching
from billing.engine.csp_monthly import billing_day as night
from billing.engine.csp_monthly import ordering, quantities, stopping
from billing.engine.lines import Changes, Line, LineStatus, LineType, deleted, with_status
from billing.engine.periods import expiry, next_billing_day
from billing.engine.rules import Allows, Deed, Keeps, No
from billing.engine.terms import Terms


class CspMonthly:
    """The rules of the type; `Rules` says what each answers."""

    key = "csp_monthly"
    allows = Allows(endless=True, longest=1200)
    fees: frozenset[LineType] = frozenset()
    keeps = Keeps.USED_DAYS
    counts_units = True
    needs_funds = True
    closes_by_hand = False
    renews_ahead = False
    renews_by_default = False
    switch_away = staticmethod(switching.given_up)

    order = staticmethod(ordering.order)
    due = staticmethod(ordering.due_now)
    pay_order = staticmethod(ordering.pay_order)
    provide_order = staticmethod(ordering.provide_order)
    cancel_unpaid = staticmethod(ordering.cancel_unpaid)
    leave = staticmethod(quantities.leave)
    pay_raise = staticmethod(quantities.pay_raise)
    provide_raise = staticmethod(quantities.provide_raise)
    provide_raise_of_stopped = staticmethod(quantities.provide_raise_of_stopped)
    restore = staticmethod(restoring.restored)
    stop = staticmethod(stopping.stop)
    activate = staticmethod(stopping.activate)
    close_period = staticmethod(night.close_period)
    next_period = staticmethod(night.next_period)
    end = staticmethod(night.end)
    renewal_starts = staticmethod(renewing.starts)
    renewal_ends = staticmethod(renewing.ends)
    renew = staticmethod(renewing.renew)
    renewal_due = staticmethod(renewing.due)
    pay_renewal = staticmethod(renewing.pay)

    def refuses(self, _deed: Deed) -> No | None:
        return None

    def ends_on(self, terms: Terms, day: date) -> date | None:
        return None if terms.months is None else expiry(day, terms.months)

    def withdraw_order(self, lines: Sequence[Line]) -> Changes:
        return Changes(move=deleted(lines))

    def may_change(self, _terms: Terms, _day: date) -> No | None:
        return None

    def change(
        self, terms: Terms, lines: Sequence[Line], _present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        return quantities.change(terms, lines, wanted, day)

    def withdraw_raise(self, terms: Terms, lines: Sequence[Line], made: Sequence[Line]) -> Changes:
        return quantities.withdraw_raise(terms, lines, with_status(made, LineStatus.BLOCKED))

    def restore_renewals(
        self, terms: Terms, resource: str, units: int, *, lowered_on: date, until: date, day: date, block: int
    ) -> Changes:
        if terms.expires_on is not None:
            return Changes()  # its later periods were there as lines, and have been restored as such
        return restoring.renewed_since(terms, resource, units, lowered_on=lowered_on, until=until, day=day, block=block)

    # A stop leaves no line Blocked: whatever is, while an activation waits for the vendor, is the activation's.
    def provide_activation(self, terms: Terms, lines: Sequence[Line], _activated: Sequence[Line], day: date) -> Changes:
        return stopping.provide_activation(terms, lines, day)

    def withdraw_activation(self, lines: Sequence[Line], _activated: Sequence[Line], day: date) -> Changes:
        return stopping.withdraw_activation(lines, day)

    def delete(self, terms: Terms, lines: Sequence[Line], day: date, *, unprovided: Sequence[Line] = ()) -> Changes:
        if unprovided:  # nothing of it was used: it ends as it begins
            day = min([day, *(line.period.start for line in lines)])
        return stopping.delete(terms, lines, day)

    def due_while_stopped(self, terms: Terms, stopped_on: date, day: date) -> date | None:
        if terms.expires_on is not None:
            return settling.due_with_periods(terms, day)
        billing_day = next_billing_day(day, terms.billing_day)
        # The remainder of the stop ends with its billing period; later nights find nothing.
        return billing_day if billing_day == next_billing_day(stopped_on, terms.billing_day) else None
