"""What is owed: lines (a charge is a line in the books) and the changes that an operation makes to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from billing.engine.proration import NO_RATE, exact_share
from billing.engine.terms import TODAYS, Discount, Taken, UnitPrice
from billing.engine.terms import LineType as LineType  # noqa: PLC0414 - lines are where it is looked for
from core.money import round_half_up
from core.period import Period


class LineStatus(StrEnum):
    """The statuses of a charge (spec/billing.md 1.10); the values are those stored in the rows."""

    NEW = "new"
    OPENED = "opened"
    BLOCKED = "blocked"
    CLOSED = "closed"
    WAITING_FOR_REFUND = "waiting_for_refund"
    REFUNDED = "refunded"
    DELETED = "deleted"


# Lines of one block with these statuses never share a day.
LIVE = frozenset({LineStatus.NEW, LineStatus.OPENED, LineStatus.BLOCKED, LineStatus.CLOSED})
FIRST_BLOCK = 1


# What is charged once; all else recurs.
FEES = frozenset({LineType.SETUP_FEE, LineType.RENEWAL_FEE, LineType.TRANSFER_FEE})


class Source(StrEnum):
    """Which operation made a line: for its description and explanation, and to tell a stop's remainder."""

    PURCHASE = "purchase"  # a sales order: the first period, and of a finite subscription the later ones
    UPGRADE = "upgrade"  # units added
    RENEWAL = "renewal"  # the billing day of an endless subscription, another term of one that ends
    USED_PART = "used_part"  # the days used of a line that was split
    CONTINUING_PART = "continuing_part"  # the units that stay when others are given back
    REFUND_PART = "refund_part"  # the unused days of units given back
    REMAINDER = "remainder"  # the days that a stop left over
    ACTIVATION = "activation"  # the days from an activation to the billing day
    USAGE = "usage"  # what was used in a billing period
    CLOSED_BY_HAND = "closed_by_hand"  # all that was reserved or lay ahead, written off at once


# The parts that together make up the line they were split from.
SPLIT_SOURCES = frozenset({Source.USED_PART, Source.CONTINUING_PART, Source.REFUND_PART, Source.REMAINDER})


@dataclass(frozen=True, slots=True)
class Cost:
    """What some units cost over some days: net, and what a discount took off."""

    net: Decimal
    discount: Decimal = Decimal(0)

    def __sub__(self, other: Cost) -> Cost:
        """Return what the other leaves of this: parts of a split add up in both."""
        return Cost(self.net - other.net, self.discount - other.discount)


@dataclass(frozen=True, slots=True)
class Line:
    """Some units of one resource over some days, at one price; amounts in the currency of the terms.

    `billing_period` is the denominator of the share. Of one resource, live lines of one `block` never share a day;
    within a billing period a higher block was made later. `row` is the id of the charge it was read from, None for
    a line not yet written; `parent` is the line it was split from or takes the place of. `price_row` is the row of the
    price list that the unit price came from, `order` the order that made the line. A fee, and what was used, belong to
    their days and are no share of them: their `billing_period` is their period. The plan's own part has no `resource`.
    `amount` is what is left of quantity x price after `discount`; `tax` is that part of it that is tax. `rate` is that
    of the discount, a fraction of 1, and `discount_row` what grants it: parts of a split keep both, and what was
    `taken` with the price. One that was closed by hand is the sum of the lines that it stands `instead_of`.
    """

    resource: str
    block: int
    status: LineStatus
    source: Source
    period: Period
    billing_period: Period
    quantity: int | Decimal
    unit_price: Decimal
    amount: Decimal
    type: LineType = LineType.RECURRING_FEE
    closed_on: date | None = None
    row: int | None = None
    parent: Line | None = field(default=None, compare=False, repr=False)
    price_row: int | None = None
    order: int | None = None
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    rate: Decimal = NO_RATE
    discount_row: int | None = None
    taken: Taken = TODAYS
    instead_of: tuple[Line, ...] = field(default=(), compare=False, repr=False)

    @property
    def price(self) -> UnitPrice:
        """The unit price with its discount, and where they came from."""
        return UnitPrice(self.unit_price, self.price_row, Discount(self.rate, self.discount_row), self.taken)

    @property
    def cost(self) -> Cost:
        """What it costs, and what was taken off."""
        return Cost(self.amount, self.discount)

    @property
    def gross(self) -> Decimal:
        """What it would cost without a discount."""
        return self.amount + self.discount


@dataclass(frozen=True, slots=True)
class Move:
    """An existing line goes to another status; `closed_on` is the day of the write-off, only for Closed."""

    line: Line
    status: LineStatus
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What an operation does to the lines. Carry out the moves first: added lines may take their days and block."""

    add: tuple[Line, ...] = ()
    move: tuple[Move, ...] = ()

    def __add__(self, later: Changes) -> Changes:
        """Return both, one after the other."""
        return Changes(self.add + later.add, self.move + later.move)

    def __bool__(self) -> bool:
        """Return whether anything changes at all."""
        return bool(self.add or self.move)

    def applied_to(self, lines: Iterable[Line]) -> list[Line]:
        """Return the live lines as they are once this is carried out."""
        moved = {id(move.line): move for move in self.move}
        after = [replace(line, status=moved[id(line)].status) if id(line) in moved else line for line in lines]
        return [line for line in (*after, *self.add) if line.status in LIVE and line.status is not LineStatus.CLOSED]

    @property
    def reserves(self) -> Decimal:
        """Return what must be available before this is carried out: what becomes Blocked, and what closes at once.

        What closes of a line that was Blocked was reserved before; so was the used part of one.
        """
        return sum(
            (line.amount for line in self.add if line.status is LineStatus.BLOCKED or _closes_at_once(line)),
            sum((move.line.amount for move in self.move if _takes(move)), Decimal(0)),
        )

    def missing(self, available: Decimal) -> Decimal:
        """Return what lacks of the funds that this needs; nothing where it needs none, whatever is owed otherwise.

        What it gives back counts (decision 24).
        """
        return max(self.reserves - self.given_back - available, Decimal(0)) if self.reserves else Decimal(0)

    @property
    def discount(self) -> Decimal:
        """Return what is taken off the lines that an order makes."""
        return sum((line.discount for line in self.add if line.status is LineStatus.NEW), Decimal(0))

    @property
    def releases(self) -> Decimal:
        """Return the sum of the lines that are Blocked no more, whatever becomes of them."""
        return sum((move.line.amount for move in self.move if move.line.status is LineStatus.BLOCKED), Decimal(0))

    @property
    def only_releases(self) -> bool:
        """Whether what was to be closed is let go and nothing takes its place: tax paid ahead may be left over."""
        awaited = (LineStatus.BLOCKED, LineStatus.OPENED)
        gone = any(move.status is LineStatus.DELETED and move.line.status in awaited for move in self.move)
        return gone and not any(line.status in (LineStatus.BLOCKED, LineStatus.CLOSED) for line in self.add)

    @property
    def given_back(self) -> Decimal:
        """Return what of the released sum is free again: less the parts of it that were used."""
        used = (line for line in self.add if line.source is Source.USED_PART)
        return self.releases - sum((line.amount for line in used), Decimal(0))

    @property
    def writes_off(self) -> Decimal:
        """Return the sum of the lines that become Closed: what leaves the balance."""
        return sum(
            (line.amount for line in self.add if line.status is LineStatus.CLOSED),
            sum((move.line.amount for move in self.move if move.status is LineStatus.CLOSED), Decimal(0)),
        )


def _closes_at_once(line: Line) -> bool:
    return line.status is LineStatus.CLOSED and line.source not in SPLIT_SOURCES


def _takes(move: Move) -> bool:
    """Return whether the money of a line that was there already is needed only now."""
    if move.status is LineStatus.CLOSED:
        return move.line.status in (LineStatus.NEW, LineStatus.OPENED)
    return move.status is LineStatus.BLOCKED


@dataclass(frozen=True, slots=True)
class Explanation:
    """The inputs of a line's amount: quantity x unit price x days / period days, rounded, less the discount's `rate`.

    `net` is what that comes to, `difference` is amount - net. It is not zero only for the last part of a split, which
    takes what the other parts leave so that they add up (decision 4); then `whole` is the amount of the line that was
    split. And for a line that takes the correction of the discount on its order (`discounting`).
    """

    days: int
    period_days: int
    quantity: int | Decimal
    unit_price: Decimal
    exact: Fraction
    rounded: Decimal
    rate: Decimal
    net: Decimal
    amount: Decimal
    difference: Decimal
    whole: Decimal | None


def explain(line: Line, currency: str) -> Explanation:
    """Return why the line's amount is what it is."""
    exact = exact_share(line.quantity, line.unit_price, line.period.days, line.billing_period.days)
    rounded = round_half_up(exact, currency)
    net = round_half_up(exact * (1 - Fraction(line.rate)), currency)
    if line.rate and line.amount != net and line.source not in SPLIT_SOURCES:
        net = round_half_up(Fraction(rounded) * (1 - Fraction(line.rate)), currency)
    return Explanation(
        days=line.period.days,
        period_days=line.billing_period.days,
        quantity=line.quantity,
        unit_price=line.unit_price,
        exact=exact,
        rounded=rounded,
        rate=line.rate,
        net=net,
        amount=line.amount,
        difference=line.amount - net,
        whole=line.parent.amount if line.parent is not None and line.source in SPLIT_SOURCES else None,
    )


def quantities_on(lines: Iterable[Line], day: date) -> Mapping[str, int]:
    """Return the units of each resource that Blocked lines hold on `day`."""
    units: dict[str, int] = {}
    for line in lines:
        if line.status is LineStatus.BLOCKED and line.period.contains(day):
            units[line.resource] = units.get(line.resource, 0) + int(line.quantity)
    return units


def fresh_block(lines: Iterable[Line], resource: str) -> int:
    """Return a block number above those of all live lines of the resource, so that the newest is the highest."""
    return max((line.block for line in lines if line.resource == resource), default=FIRST_BLOCK - 1) + 1


def with_status(lines: Iterable[Line], status: LineStatus) -> list[Line]:
    """Return the lines with that status, in their order."""
    return [line for line in lines if line.status is status]


def deleted(lines: Iterable[Line]) -> tuple[Move, ...]:
    """Return the moves of the lines to Deleted."""
    return tuple(Move(line, LineStatus.DELETED) for line in lines)


def instead(line: Line, **changed: Any) -> Line:
    """Return a line that takes the place of another, or of a part of it: not yet written, and of no order so far."""
    return replace(line, row=None, parent=line, order=None, **changed)


def has_units(resource: str, quantity: int) -> bool:
    """Return whether there are units at all. Raises ValueError for fewer than none."""
    if quantity < 0:
        raise ValueError(f"not a quantity of {resource}: {quantity}")
    return quantity > 0
