"""Some lines through one billing type's rules: each operation is carried out on them as the verbs would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Line
from billing.engine.rules import Rules
from billing.engine.terms import Price, Terms
from billing.engine.types import rules_of

AUG20, AUG25, SEP1, SEP10 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 9, 1), date(2018, 9, 10)
PRICES = {"seats": [Price(date.min, Decimal(10), 1)]}
WITH_FEES = {"seats": [Price(date.min, Decimal(10), 1, setup_fee=Decimal(1), renewal_fee=Decimal("0.50"))]}
OWN = [Price(date.min, Decimal(2), 5, setup_fee=Decimal(5), renewal_fee=Decimal(4))]


class Lived:
    """One subscription of a type, its order placed on 20 August 2018 and paid on the day `pay`."""

    def __init__(self, key: str, months: int, units: int = 5, *, fees: bool = False, pay: date = AUG20) -> None:
        self.rules: Rules = rules_of(key)
        prices, own = (WITH_FEES, OWN) if fees else (PRICES, ())
        self.terms = Terms("USD", 1, prices, months=months, plan_prices=own)
        self.rows: list[Line] = []
        self.units = units
        self.put(self.rules.order(self.terms, {"seats": units}, AUG20))
        self.due = self.rules.due(self.live, AUG20)
        self.put(self.rules.pay_order(self.terms, self.live, pay))
        ends = self.rules.ends_on(self.terms, pay)
        self.terms = replace(self.terms, expires_on=ends, started_on=pay, anchor=pay)

    @property
    def live(self) -> list[Line]:
        return [line for line in self.rows if line.status in ("new", "opened", "blocked")]

    def put(self, changes: Changes) -> None:
        for move in changes.move:
            place = next(at for at, line in enumerate(self.rows) if line is move.line)
            self.rows[place] = replace(move.line, status=move.status, closed_on=move.closed_on)
        self.rows += changes.add

    def to(self, units: int, day: date) -> Lived:
        present, self.units = self.units, units
        self.put(self.rules.change(self.terms, self.live, {"seats": present}, {"seats": units}, day))
        self.due = self.rules.due(self.live, day)
        self.put(self.rules.pay_raise(self.terms, self.live, day))
        return self

    def stop(self, day: date) -> Lived:
        self.put(self.rules.stop(self.terms, self.live, day))
        return self

    def activate(self, day: date) -> Lived:
        self.put(self.rules.activate(self.terms, self.live, {"seats": self.units}, day))
        return self

    def delete(self, day: date) -> Lived:
        self.put(self.rules.delete(self.terms, self.live, day))
        return self

    def night(self, day: date, *, active: bool = True) -> Lived:
        self.put(self.rules.close_period(self.terms, self.live, day))
        if active:
            self.put(self.rules.next_period(self.terms, {"seats": self.units}, self.live, day))
        return self

    def renew(self, start: date, day: date) -> Lived:
        before = len(self.rows)
        self.put(self.rules.renew(self.terms, {"seats": self.units}, start, day))
        mine = self.rows[before:]
        self.due = self.rules.renewal_due(mine, day)
        self.put(self.rules.pay_renewal(self.terms, mine, start, day))
        return self

    def told(self, *statuses: str) -> list[str]:
        """Return "B from amount" of what is live and closed, as the examples write it."""
        shown = [line for line in self.rows if line.status in (statuses or ("opened", "blocked", "closed"))]
        shown.sort(key=lambda line: (line.period.start, line.block, line.resource, line.type))
        return [_line(line) for line in shown]

    def blocked(self) -> str:
        return f"{sum(line.amount for line in self.rows if line.status == 'blocked'):.2f}"


def _line(line: Line) -> str:
    name = {"recurring_fee": "", "setup_fee": "setup ", "renewal_fee": "renewal "}[line.type]
    who = "" if line.resource else "plan "
    closed = f" {line.closed_on}" if line.closed_on else ""
    return f"{line.status.value[0].upper()} {who}{name}{line.period} {line.quantity} {line.amount}{closed}"
