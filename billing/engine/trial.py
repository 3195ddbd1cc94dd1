"""A trial of any billing type: its days are counted as the type counts them, and nothing is charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Line, LineType
from billing.engine.rules import Allows, Deed, Keeps, No, Rules
from billing.engine.terms import Terms


class Trial:
    """The rules of a trial, spec/billing-types.md 5.8; `Rules` says what each answers."""

    fees: frozenset[LineType] = frozenset()
    keeps = Keeps.NOTHING
    counts_units = False
    needs_funds = False
    closes_by_hand = False
    renews_ahead = False
    renews_by_default = False

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    @property
    def key(self) -> str:
        return self._rules.key

    @property
    def allows(self) -> Allows:
        return self._rules.allows

    def refuses(self, deed: Deed) -> No | None:
        """Return why it cannot be switched, as the type says: all else is free, and binds nobody."""
        return self._rules.refuses(deed) if deed is Deed.SWITCH else None

    def ends_on(self, terms: Terms, day: date) -> date | None:
        return self._rules.ends_on(terms, day)

    def may_change(self, _terms: Terms, _day: date) -> No | None:
        return No.TRIAL

    def due(self, _lines: Sequence[Line], _day: date) -> Decimal:
        return Decimal(0)

    renewal_due = due

    def renewal_starts(self, terms: Terms, day: date, *, stopped: bool) -> date:
        return self._rules.renewal_starts(terms, day, stopped=stopped)

    def renewal_ends(self, terms: Terms, start: date) -> date:
        return self._rules.renewal_ends(terms, start)

    def due_while_stopped(self, _terms: Terms, _stopped_on: date, _day: date) -> date | None:
        return None

    def nothing(self, *_asked: object, **_more: object) -> Changes:
        """Return no charges: of whatever happens to a trial."""
        return Changes()

    order = pay_order = provide_order = cancel_unpaid = withdraw_order = nothing
    change = leave = pay_raise = provide_raise = provide_raise_of_stopped = withdraw_raise = nothing
    restore = restore_renewals = stop = activate = provide_activation = withdraw_activation = delete = switch_away = (
        nothing
    )
    renew = pay_renewal = close_period = next_period = end = nothing
