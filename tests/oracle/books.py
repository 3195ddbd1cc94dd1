"""The oracle's books: money that moved, piles of units and their amounts, and how they are printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.units import (
    BLOCKED,
    CLOSED,
    DELETED,
    MINOR_DIGITS,
    ONE_DAY,
    Pile,
    Subscription,
    Unit,
    billing_period,
    half_up,
)


class Books:
    """The money of one account and everything its subscriptions were charged, as of `today`."""

    def __init__(self, history: dict) -> None:
        self.digits = MINOR_DIGITS.get(history["currency"], 2)
        self.billing_day = history["billing_day"]
        self.credit = Fraction(Decimal(history["credit_limit"]))
        self.subscriptions: dict[str, Subscription] = {}
        self.balance = Fraction(0)
        self.transactions: list[dict] = []
        self.refused: list[dict] = []
        self.age = 0
        self.today = date.min

    @property
    def blocked(self) -> Fraction:
        return sum((p.amount for s in self.subscriptions.values() for p in s.having(BLOCKED)), Fraction(0))

    @property
    def available(self) -> Fraction:
        return self.balance - self.blocked + self.credit

    def move_money(self, amount: Fraction, description: str) -> None:
        if amount:
            self.balance += amount
            self.transactions.append(
                {
                    "day": self.today.isoformat(),
                    "amount": self.text(amount),
                    "balance": self.text(self.balance),
                    "description": description,
                }
            )

    def text(self, amount: Fraction) -> str:
        return str((Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal(1).scaleb(-self.digits)))

    def pile(self, subscription: Subscription, units: list[Unit], days, status: str, **more) -> Pile:
        """Promise `days` of one billing period to `units`, priced by the unit-day."""
        days = tuple(days)
        unit_days = sum(1 for _ in units for _ in days)
        share = Fraction(unit_days, len(billing_period(days[0], self.billing_day)))
        if "amount" not in more:
            more["amount"] = half_up(Fraction(units[0].price) * share, self.digits)
        if "age" not in more:
            self.age += 1
            more["age"] = self.age
        return Pile(subscription.name, list(units), days, status, **more)

    def piles_by_price(self, subscription: Subscription, units: list[Unit], days, status: str) -> list[Pile]:
        """One pile for each resource and price, in the order in which they first appear."""
        alike: dict[tuple[str, Decimal], list[Unit]] = {}
        for unit in units:
            alike.setdefault((unit.resource, unit.price), []).append(unit)
        return [self.pile(subscription, same, days, status) for same in alike.values()]

    def rest_of_period(self, expiry: date | None) -> list[date]:
        """The days from today to the end of this billing period, or to the expiry."""
        return [
            day
            for day in billing_period(self.today, self.billing_day)
            if day >= self.today and (expiry is None or day < expiry)
        ]

    def periods_ahead(self, expiry: date) -> list[list[date]]:
        """The days of each billing period after this one, up to the expiry."""
        periods: dict[date, list[date]] = {}
        day = billing_period(self.today, self.billing_day)[-1] + ONE_DAY
        while day < expiry:
            periods.setdefault(billing_period(day, self.billing_day)[0], []).append(day)
            day += ONE_DAY
        return list(periods.values())

    def write_off_lived_days(self, subscription: Subscription, pile: Pile) -> Pile | None:
        """Delete a blocked pile; what was lived of it becomes a closed one."""
        pile.status = DELETED
        if not pile.lived:
            return None
        used = self.pile(subscription, pile.units, pile.lived, CLOSED, age=pile.age, closed_on=self.today)
        subscription.piles.append(used)
        self.move_money(-used.amount, f"{pile.resource}: {len(pile.lived)} days used")
        return used

    def books(self) -> dict:
        """Print what `manage.py simulate_billing` prints."""
        return {
            "charges": [self.row(pile) for s in self.subscriptions.values() for pile in s.past + s.piles],
            "transactions": self.transactions,
            "balance": self.text(self.balance),
            "blocked": self.text(self.blocked),
            "available": self.text(self.available),
            "subscriptions": [{"name": s.name, "status": s.status} for s in self.subscriptions.values()],
            "refused": self.refused,
        }

    def row(self, pile: Pile) -> dict:
        return {
            "subscription": pile.subscription,
            "resource": pile.resource,
            "type": "recurring_fee",
            "status": pile.status,
            "from": pile.days[0].isoformat(),
            "to": (pile.days[-1] + ONE_DAY).isoformat(),
            "quantity": len(pile.units),
            "unit_price": str(pile.price),
            "amount": self.text(pile.amount),
            "closed_on": pile.closed_on.isoformat() if pile.closed_on else None,
        }
