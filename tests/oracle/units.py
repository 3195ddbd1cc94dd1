"""What the oracle counts with: days, single units, and piles of units with the days promised to them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

NEW, OPENED, BLOCKED, CLOSED, REFUNDED, DELETED = "new", "opened", "blocked", "closed", "refunded", "deleted"
ORDERED, ACTIVE, GRACED, STOPPED = "ordered", "active", "graced", "stopped"  # a subscription; "deleted" serves both
INSTALLING, ACTIVATING = "installing", "activating"  # a subscription that waits for its vendor
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
ONE_DAY = timedelta(days=1)


class NotAcceptedError(Exception):
    """An event that is refused; its text is the reason."""


@cache
def is_billing_day(day: date, billing_day: int) -> bool:
    """Tell whether `day` is the billing day of its month, the last day standing in where the month is too short."""
    return day.day == min(billing_day, monthrange(day.year, day.month)[1])


@cache
def billing_period(day: date, billing_day: int) -> tuple[date, ...]:
    """List every day of the billing period that `day` lies in, found by walking back and then forward."""
    first = day
    while not is_billing_day(first, billing_day):
        first -= ONE_DAY
    days = [first]
    while not is_billing_day(days[-1] + ONE_DAY, billing_day):
        days.append(days[-1] + ONE_DAY)
    return tuple(days)


def later_by_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def half_up(exact: Fraction, digits: int) -> Fraction:
    """Round to `digits` decimals, a half going away from zero."""
    scaled = abs(exact) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return Fraction(whole if exact >= 0 else -whole, 10**digits)


@dataclass(eq=False, slots=True)
class Unit:
    """One seat, and what it was sold at for a whole billing period. Never altered: a new price makes a new object."""

    resource: str
    price: Decimal


@dataclass(eq=False)
class Pile:
    """Units of one resource and one price together with the days promised to them: what a charge stands for."""

    subscription: str
    units: list[Unit]
    days: tuple[date, ...]
    status: str
    amount: Fraction
    age: int  # a higher number was made later; units of the youngest pile go first
    after_stop: bool = False
    closed_on: date | None = None
    lived: list[date] = field(default_factory=list)

    @property
    def resource(self) -> str:
        return self.units[0].resource

    @property
    def price(self) -> Decimal:
        return self.units[0].price


@dataclass
class Waiting:
    """An order that nobody has paid yet: the units wanted, and what is to be paid for them."""

    placed: date
    wanted: list[Unit]
    piles: list[Pile]
    due: Fraction


@dataclass
class Cut:
    """What becomes of one pile when some of its units are given back."""

    pile: Pile
    used: Pile | None
    kept: Pile | None
    refund: Pile | None

    @property
    def released(self) -> Fraction:
        return self.pile.amount - sum(part.amount for part in (self.used, self.kept) if part)


@dataclass
class Subscription:
    name: str
    status: str = ORDERED
    units: list[Unit] = field(default_factory=list)
    piles: list[Pile] = field(default_factory=list)
    past: list[Pile] = field(default_factory=list)  # piles that can never change again, laid aside every evening
    ordering_prices: dict[str, Decimal] = field(default_factory=dict)
    expiry: date | None = None
    expired: bool = False
    waiting: Waiting | None = None

    def having(self, status: str) -> list[Pile]:
        return sorted((pile for pile in self.piles if pile.status == status), key=lambda pile: pile.age)

    def lay_aside(self) -> None:
        """Move what is closed, refunded or deleted out of the way."""
        self.past += [pile for pile in self.piles if pile.status in (CLOSED, REFUNDED, DELETED)]
        self.piles = [pile for pile in self.piles if pile.status in (NEW, OPENED, BLOCKED)]

    def count(self, resource: str) -> int:
        return sum(unit.resource == resource for unit in self.units)
