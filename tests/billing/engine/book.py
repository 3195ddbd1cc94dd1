"""A subscription in memory with its account's funds: carries whole histories through the engine's functions.

It stands in for the verbs and the rows, so that the golden examples can be told as they are written; every operation
ends with a check of what must hold of the lines at any time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from billing.engine.csp_monthly import billing_day as night
from billing.engine.csp_monthly import ordering, quantities, stopping
from billing.engine.lines import LIVE, SPLIT_SOURCES, Changes, Line, LineStatus
from billing.engine.periods import expiry, is_billing_day
from billing.engine.terms import Price, Terms
from core.errors import Refused


class NotNow(Refused):
    """The funds or the status do not allow the operation."""


class Book:
    """One CSP monthly subscription and the money of its account. Days are given in the order of time."""

    def __init__(
        self,
        prices: dict[str, str] | None = None,
        *,
        billing_day: int = 1,
        months: int | None = None,
        fixed: bool = False,
        credit: str = "0",
        currency: str = "USD",
    ) -> None:
        self.prices = {key: [Price(date.min, Decimal(price))] for key, price in (prices or {"seats": "10.00"}).items()}
        self.fixed = fixed
        self.credit = Decimal(credit)
        self.terms = Terms(currency, billing_day, self.prices, months=months)
        self.rows: dict[int, Line] = {}
        self.status = "none"
        self.units: dict[str, int] = {}
        self.waiting: dict[str, int] = {}
        self.balance = Decimal(0)
        self.today: date | None = None

    # What can be read

    def having(self, *statuses: str) -> list[Line]:
        return [line for line in self.rows.values() if line.status in statuses]

    @property
    def blocked(self) -> Decimal:
        return sum((line.amount for line in self.having("blocked")), Decimal(0))

    @property
    def available(self) -> Decimal:
        return self.balance - self.blocked + self.credit

    @property
    def due(self) -> Decimal:
        return ordering.due_now(self.rows.values(), self._day())

    def told(self, *statuses: str) -> list[tuple[str, str, str, int, str]]:
        """Return (status, from, to, quantity, amount) of the lines, sorted; of all but Deleted ones by default."""
        shown = self.having(*statuses) if statuses else [row for row in self.rows.values() if row.status != "deleted"]
        return sorted(
            (line.status.value, f"{line.period.start}", f"{line.period.end}", line.quantity, f"{line.amount}")
            for line in shown
        )

    # What happens

    def to(self, day: date) -> Book:
        """Run the nights up to and with that of `day`."""
        while self.today is not None and self.today < day:
            self.today = date.fromordinal(self.today.toordinal() + 1)
            self._night(self.today)
        self.today = day
        return self

    def top_up(self, day: date, amount: str) -> Book:
        self.to(day).balance += Decimal(amount)
        return self

    def price(self, day: date, resource: str, amount: str) -> Book:
        self.to(day).prices[resource].append(Price(day, Decimal(amount)))
        return self

    def order(self, day: date, pay: str = "now", **units: int) -> Book:
        self.to(day)
        if self.fixed:
            agreed = {key: self.terms.plan_price(key, day) for key in self.prices}
            self.terms = replace(self.terms, ordering_prices=agreed)
        self._carry_out(ordering.order(self.terms, units, day))
        self.status, self.units, self.waiting = "ordered", dict(units), dict(units)
        self._pay_as_told(day, pay)
        return self

    def change(self, day: date, pay: str = "now", **wanted: int) -> Book:
        self.to(day)
        self._only_when("active")
        present = quantities.quantities_on(self.rows.values(), day)
        self._carry_out(quantities.change(self.terms, self._live(), wanted, day))
        lowered = {key: min(present.get(key, 0), units) for key, units in wanted.items()}
        self.units |= lowered
        self.waiting = dict(wanted)
        self._pay_as_told(day, pay)
        return self

    def pay(self, day: date, amount: str = "0") -> Book:
        self.to(day).balance += Decimal(amount)
        act = ordering.pay_order if self.status == "ordered" else quantities.pay_raise
        changes = act(self.terms, self._live(), day)
        if changes.reserves > self.available:
            raise NotNow(f"missing {changes.reserves - self.available}")
        self._carry_out(changes)
        if self.status == "ordered" and self.terms.months is not None:
            self.terms = replace(self.terms, expires_on=expiry(day, self.terms.months))
        self.status, self.units = "active", self.units | self.waiting
        return self

    def stop(self, day: date) -> Book:
        self.to(day)
        self._only_when("active")
        self._carry_out(stopping.stop(self.terms, self._live(), day))
        self.status = "stopped"
        return self

    def activate(self, day: date) -> Book:
        self.to(day)
        self._only_when("stopped")
        changes = stopping.activate(self.terms, self._live(), self.units, day)
        if changes.reserves > self.available:
            raise NotNow(f"missing {changes.reserves - self.available}")
        self._carry_out(changes)
        self.status = "active"
        return self

    def delete(self, day: date) -> Book:
        self.to(day)
        self._carry_out(stopping.delete(self.terms, self._live(), day), keeps_the_whole=False)
        self.status = "deleted"
        return self

    # How it is done

    def _night(self, day: date) -> None:
        if self.status not in ("active", "stopped"):
            return
        if day == self.terms.expires_on:
            self._carry_out(night.end(self.terms, self._live(), day))
            self.status = "stopped"
        elif is_billing_day(day, self.terms.billing_day):
            self._carry_out(night.close_period(self.terms, self._live(), day))
            assert not night.close_period(self.terms, self._live(), day), "a night run twice changes nothing"
            if self.status == "active":
                self._renew(day)

    def _renew(self, day: date) -> None:
        changes = night.next_period(self.terms, self.units, self._live(), day)
        if changes.reserves > self.available:
            self.status = "stopped"
        else:
            self._carry_out(changes)

    def _pay_as_told(self, day: date, pay: str) -> None:
        if self.status == "active" and not self.having("new"):
            return  # lowering alone asks for no money, even where rounding leaves a cent less than is reserved
        if pay == "now":
            self.pay(day, f"{self.due}")
        elif pay == "balance":
            self.pay(day)

    def _carry_out(self, changes: Changes, *, keeps_the_whole: bool = True) -> None:
        for move in changes.move:
            assert move.line.row is not None, "only lines that are in the book are moved"
            assert self.rows[move.line.row] == move.line, "a line is moved once"
            self.rows[move.line.row] = replace(move.line, status=move.status, closed_on=move.closed_on)
        for line in changes.add:
            row = len(self.rows) + 1
            status = LineStatus.REFUNDED if line.status is LineStatus.WAITING_FOR_REFUND else line.status
            self.rows[row] = replace(line, row=row, status=status)
        self.balance -= changes.writes_off
        self._refuse_overlaps()
        if keeps_the_whole:
            _refuse_lost_cents(changes)

    def _refuse_overlaps(self) -> None:
        live = [line for line in self.rows.values() if line.status in LIVE]
        for one, other in combinations(live, 2):
            if (one.resource, one.block) == (other.resource, other.block):
                assert one.period.overlap(other.period) is None, (one, other)

    def _only_when(self, status: str) -> None:
        if self.status != status:
            raise NotNow(f"the subscription is {self.status}")

    def _live(self) -> list[Line]:
        return self.having("new", "opened", "blocked")

    def _day(self) -> date:
        assert self.today is not None
        return self.today


def _refuse_lost_cents(changes: Changes) -> None:
    """Fail unless the parts of each line that was split add up to it."""
    parts: dict[int | None, Decimal] = {}
    for line in changes.add:
        if line.source in SPLIT_SOURCES and line.parent is not None and line.parent.status == LineStatus.BLOCKED:
            parts[line.parent.row] = parts.get(line.parent.row, Decimal(0)) + line.amount
    for move in changes.move:
        assert parts.pop(move.line.row, move.line.amount) == move.line.amount, move.line
    assert not parts, "parts only of lines that go"
