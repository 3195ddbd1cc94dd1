"""What the story must cost, counted by hand: the formulas below are written for its seven days, without the engine."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

RETAIL = Decimal("12.50")
NET_COST = Decimal("10.00")
TOP_UP = Decimal("400.00")
ORDERED, RAISED, LOWERED = 5, 8, 6


@dataclass(frozen=True)
class Days:
    """The days of the story: two billing days lie behind `today`, whatever day that is."""

    ordered: date
    raised: date
    billed: date
    lowered: date
    stopped: date
    activated: date
    billed_again: date
    billed_next: date
    today: date


def days_before(today: date) -> Days:
    """Return the story's days: it begins on the 20th two months before today's month."""
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    first_month = (last_month - timedelta(days=1)).replace(day=1)
    return Days(
        ordered=first_month.replace(day=20),
        raised=first_month.replace(day=25),
        billed=last_month,
        lowered=last_month.replace(day=10),
        stopped=last_month.replace(day=15),
        activated=last_month.replace(day=20),
        billed_again=this_month,
        billed_next=(this_month + timedelta(days=31)).replace(day=1),
        today=today,
    )


@dataclass(frozen=True)
class Line:
    """A charge as it must stand when the story has ended."""

    status: str
    start: date
    end: date
    quantity: int
    amount: Decimal
    closed_on: date | None = None

    def __str__(self) -> str:
        closed = f", closed on {self.closed_on}" if self.closed_on else ""
        return f"{self.status}: {self.quantity} units, {self.start} to {self.end}, {self.amount}{closed}"


@dataclass(frozen=True)
class Amounts:
    """What each step of the story must cost, in the currency of the plan."""

    order: Decimal
    raising: Decimal
    renewal: Decimal
    used_before_lowering: Decimal
    continuing: Decimal
    refund: Decimal
    used_before_stop: Decimal
    remainder: Decimal
    activation: Decimal
    second_renewal: Decimal


def amounts_of(days: Days) -> Amounts:
    """Return the amounts to the cent: units x price x days / days of the billing period, rounded once, half up."""
    first, second = (days.billed - days.ordered.replace(day=1)).days, (days.billed_again - days.billed).days
    order = cents(ORDERED * RETAIL, (days.billed - days.ordered).days, first)
    raising = cents((RAISED - ORDERED) * RETAIL, (days.billed - days.raised).days, first)
    renewal = RAISED * RETAIL
    used = cents(RAISED * RETAIL, (days.lowered - days.billed).days, second)
    continuing = cents(LOWERED * RETAIL, (days.billed_again - days.lowered).days, second)
    used_before_stop = cents(LOWERED * RETAIL, (days.stopped - days.lowered).days, second)
    return Amounts(
        order=order,
        raising=raising,
        renewal=renewal,
        used_before_lowering=used,
        continuing=continuing,
        refund=renewal - used - continuing,
        used_before_stop=used_before_stop,
        remainder=continuing - used_before_stop,
        activation=cents(LOWERED * RETAIL, (days.billed_again - days.activated).days, second),
        second_renewal=LOWERED * RETAIL,
    )


def lines_of(days: Days) -> list[Line]:
    """Return all charges of the story in the order in which they are made."""
    costs = amounts_of(days)
    billed, again, upcoming = days.billed, days.billed_again, days.billed_next
    return [
        Line("closed", days.ordered, billed, ORDERED, costs.order, billed),
        Line("closed", days.raised, billed, RAISED - ORDERED, costs.raising, billed),
        Line("deleted", billed, again, RAISED, costs.renewal),
        Line("closed", billed, days.lowered, RAISED, costs.used_before_lowering, days.lowered),
        Line("deleted", days.lowered, again, LOWERED, costs.continuing),
        Line("refunded", days.lowered, again, RAISED - LOWERED, costs.refund),
        Line("closed", days.lowered, days.stopped, LOWERED, costs.used_before_stop, days.stopped),
        Line("deleted", days.stopped, again, LOWERED, costs.remainder),
        Line("closed", days.activated, again, LOWERED, costs.activation, again),
        Line("blocked", again, upcoming, LOWERED, costs.second_renewal),
    ]


def transactions_of(days: Days) -> list[tuple[date, Decimal]]:
    """Return what moves on the customer's balance, in order: money in is positive."""
    costs = amounts_of(days)
    return [
        (days.ordered, costs.order),
        (days.ordered, TOP_UP),
        (days.raised, costs.raising),
        (days.billed, -costs.order),
        (days.billed, -costs.raising),
        (days.lowered, -costs.used_before_lowering),
        (days.stopped, -costs.used_before_stop),
        (days.billed_again, -costs.activation),
    ]


def cents(full: Decimal, days: int, of: int) -> Decimal:
    """Return the share of an amount, rounded once, half up, to cents."""
    share = Fraction(full) * days / of
    hundredths = Decimal((share * 100).numerator) / Decimal((share * 100).denominator)
    return hundredths.quantize(Decimal(1), rounding=ROUND_HALF_UP) / 100
