"""The engine's driver where a term ends and another begins: what the product leaves to verbs and nights of renewals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, deleted
from billing.engine.periods import renewal_open
from billing.engine.terms import Terms
from core.errors import Refused
from tests.oracle.kept import Contract, Renewal, is_renewed


class Renewing:
    """The part of the driver that renews."""

    # ---- another term -----------------------------------------------------------------------------------------

    def expire(self, contract: Contract, day: date) -> None:
        """A term ends: another begins where it is paid, or can be; else the days of grace, else a stop."""
        self.cancel_waiting(contract)
        if contract.auto and contract.renewal is None and not is_renewed(contract, day):
            self.order_term(contract, contract.units, day, automatic=True, night=True)
        renewal = contract.renewal
        if renewal is not None and not renewal.is_paid and contract.auto:
            renewal.is_paid = self.paid_renewal(contract, day).reserves <= max(self.available, Decimal(0))
        if renewal is not None and renewal.is_paid:
            self.begin_term(contract, day)
        elif self.grace:
            contract.status = "graced"
        else:
            contract.status, contract.idle = "stopped", True

    def renewal_terms(self, contract: Contract, *, night: bool = False) -> Terms:
        """A renewal is at the plan's prices, fixed or not; a night knows those that were entered before it."""
        prices = self.prices(before=self.today if night else None)
        return replace(contract.terms, prices=prices, ordering_prices=None)

    def start_of_term(self, contract: Contract, day: date) -> date:
        return self.rules.renewal_starts(contract.terms, day, stopped=contract.idle)

    def order_term(
        self, contract: Contract, units: Mapping[str, int], day: date, *, automatic: bool, night: bool
    ) -> None:
        terms = self.renewal_terms(contract, night=night)
        changes = self.rules.renew(terms, units, self.start_of_term(contract, day), day)
        contract.prices_ahead = {key: terms.plan_price(key, day) for key in terms.prices}
        before = set(contract.rows)
        contract.apart = {len(before) + at for at, _line in enumerate(changes.add, start=1)}
        self.put(contract, changes)
        contract.renewal = Renewal(dict(units), self.rules.renewal_due(contract.coming, day), automatic, day)
        if automatic and not contract.renewal.due and self.start_of_term(contract, day) > day:
            self.begin_term(contract, day)

    def paid_renewal(self, contract: Contract, day: date) -> Changes:
        terms = self.renewal_terms(contract)
        return self.rules.pay_renewal(terms, contract.coming, self.start_of_term(contract, day), day)

    def begin_term(self, contract: Contract, day: date) -> None:
        """Begin the term of a paid renewal, if its day has come; else what is due of it is reserved."""
        start, renewal = self.start_of_term(contract, day), contract.renewal
        changes, until = self.paid_renewal(contract, day), self.rules.renewal_ends(self.renewal_terms(contract), start)
        rows = len(contract.rows)
        contract.apart |= {rows + at for at, _line in enumerate(changes.add, start=1)}
        self.put(contract, changes)
        renewal.is_paid = True
        if start > day and not self.rules.renews_ahead:
            return
        contract.next_term = start if start > day else None
        agreed = contract.prices_ahead if self.fixed else None
        anchor = contract.terms.anchor if start == contract.terms.expires_on else start
        contract.terms = replace(
            contract.terms, expires_on=until, anchor=anchor, ordering_prices=agreed, last_term_on=start
        )
        contract.units = dict(renewal.units)
        contract.quantities |= renewal.quantities
        contract.status, contract.idle = "active", False
        contract.renewal, contract.apart = None, set()
        if until <= day:  # all its days were days of grace
            contract.status = "graced" if day < until + self.grace else "stopped"
            contract.idle = contract.status == "stopped"

    def cancel_renewal(self, contract: Contract) -> None:
        if contract.renewal is not None:
            self.put(contract, Changes(move=deleted(contract.coming)))
            contract.renewal, contract.apart = None, set()

    def order_anew(self, contract: Contract) -> None:
        """After a change the renewal that the night had ordered is ordered anew."""
        expires = contract.terms.expires_on
        due = contract.auto and self.ahead and expires and expires - self.ahead <= self.today < expires
        free = contract.renewal is None and not is_renewed(contract, self.today)
        if due and free and contract.status == "active":
            self.order_term(contract, contract.units, self.today, automatic=True, night=False)

    def do_auto_renew(self, event: dict) -> None:
        contract = self.contract_of(event, "ordered", "active", "graced", "stopped")
        if contract.terms.months is None or self.history.get("trial"):
            raise Refused("no term follows", code="endless")
        contract.auto = event["on"]
        renewal = contract.renewal
        if not contract.auto and renewal and renewal.automatic and not renewal.is_paid and contract.status == "active":
            self.cancel_renewal(contract)

    def do_renew(self, event: dict) -> None:
        contract = self.contract_of(event, "active", "graced", "stopped")
        expires = contract.terms.expires_on
        if expires is None or self.history.get("trial"):
            raise Refused("no term follows", code="endless")
        if contract.status == "stopped" and self.today < expires:
            raise Refused("activate first", code="stopped")
        if not renewal_open(expires, self.by_hand, self.today):
            raise Refused("not open", code="closed")
        if contract.waiting is not None or contract.renewal is not None or is_renewed(contract, self.today):
            raise Refused("an order waits", code="waiting")
        quantities = contract.quantities | event.get("quantities", {})
        units = self.charged(quantities)
        if not any(quantities.values()):
            raise Refused("nothing", code="order")
        before = dict(contract.rows)
        self.order_term(contract, units, self.today, automatic=False, night=False)
        renewal, pay = contract.renewal, event.get("pay", "now")
        renewal.quantities = quantities
        if pay == "balance" and renewal.due and self.available < renewal.due:
            contract.rows, contract.renewal, contract.apart = before, None, set()
            raise Refused("funds are short", code="funds")
        if pay == "now" and renewal.due:
            self.post(renewal.due)
        if pay != "later" or not renewal.due:
            self.begin_term(contract, self.today)

    def pay_renewal(self, contract: Contract) -> None:
        """Money comes for a renewal: it begins, or waits for its term, if it covers what that costs as of today."""
        self.post(contract.renewal.due)
        missing = self.paid_renewal(contract, self.today).reserves - self.available
        if missing > 0 and self.today > contract.renewal.placed:
            contract.renewal.due = missing
            raise Refused("funds are still short", code="funds")
        self.begin_term(contract, self.today)
