"""What the driver of the engine keeps of each subscription, and what must hold of its lines after every operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from billing.engine.lines import LIVE, SPLIT_SOURCES, Changes, Line, LineStatus
from billing.engine.terms import LineType, Terms

ONE_DAY = timedelta(days=1)
LIVING = (LineStatus.NEW, LineStatus.OPENED, LineStatus.BLOCKED)


@dataclass
class Waiting:
    """An order that waits for its payment."""

    units: Mapping[str, int]
    due: Decimal
    quantities: Mapping[str, int] = field(default_factory=dict)  # what there is to be of what is raised
    placed: date = date.min


@dataclass
class Renewal:
    """Another term that is ordered: the units in it, what is to be paid, whether the night has ordered it."""

    units: Mapping[str, int]
    due: Decimal
    automatic: bool
    placed: date
    is_paid: bool = False
    quantities: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Contract:
    """One subscription: its terms, the units it has, its lines by row number, and what it waits for."""

    name: str
    terms: Terms
    status: str = "ordered"
    units: dict[str, int] = field(default_factory=dict)  # those that are charged
    quantities: dict[str, int] = field(default_factory=dict)  # those that were ordered
    priority: int = 0
    rows: dict[int, Line] = field(default_factory=dict)
    waiting: Waiting | None = None
    raised: set[int] = field(default_factory=set)  # the rows of a raise that a vendor has yet to provide
    auto: bool = False
    prices_ahead: dict[str, Decimal] = field(default_factory=dict)  # those of a renewal, for a fixed price
    idle: bool = False  # stopped: no day is served until it is activated or renewed
    renewal: Renewal | None = None
    next_term: date | None = None  # the first day of a term that was renewed ahead
    apart: set[int] = field(default_factory=set)  # the rows of a renewal whose term has not begun

    @property
    def provided(self) -> list[Line]:
        return [line for line in self.lines if line.row not in self.raised]

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.rows.values() if line.status in LIVING and line.row not in self.apart]

    @property
    def coming(self) -> list[Line]:
        return [line for line in self.rows.values() if line.status in LIVING and line.row in self.apart]


def is_renewed(contract: Contract, day: date) -> bool:
    """Tell whether the term after the present one is paid already."""
    return contract.next_term is not None and contract.next_term > day


def written_off_ahead(contract: Contract, day: date) -> list[Line]:
    """Return the lines of a bought term that are Closed before their days are over: new units are other blocks."""
    closed = [line for line in contract.rows.values() if line.status is LineStatus.CLOSED]
    return [line for line in closed if line.period.end > day and line.type is LineType.RECURRING_FEE]


def charge(name: str, line: Line) -> dict:
    return {
        "subscription": name,
        "resource": line.resource or None,
        "type": line.type.value,
        "status": line.status.value,
        "from": line.period.start.isoformat(),
        "to": line.period.end.isoformat(),
        "quantity": int(line.quantity) if line.quantity == int(line.quantity) else f"{line.quantity.normalize():f}",
        "unit_price": str(line.unit_price),
        "amount": str(line.amount),
        "closed_on": line.closed_on.isoformat() if line.closed_on else None,
    }


def refuse_overlaps(contract: Contract, changes: Changes) -> None:
    """Fail where a line that came shares a day with another live line of its block, as the database would."""
    live = [line for line in contract.rows.values() if line.status in LIVE]
    for added in changes.add:
        if added.status in LIVE and added.type is LineType.RECURRING_FEE:
            same = [
                line
                for line in live
                if (line.type, line.resource, line.block) == (added.type, added.resource, added.block)
                and line.period.overlap(added.period)
            ]
            assert len(same) == 1, same


def refuse_second_renewal(contract: Contract, again: Changes) -> None:
    """Fail where the same night, run again, could charge anything that the database would let through."""
    assert not again.move
    charged = {(line.resource, line.block, line.period) for line in contract.lines if line.status is LineStatus.BLOCKED}
    assert {(line.resource, line.block, line.period) for line in again.add} <= charged


def refuse_lost_cents(changes: Changes) -> None:
    """Fail unless the parts of every line that was split add up to it, or only its used days stay."""
    parts: dict[int, list[Line]] = defaultdict(list)
    for line in changes.add:
        if line.source in SPLIT_SOURCES and line.parent is not None and line.parent.status is LineStatus.BLOCKED:
            parts[line.parent.row].append(line)
    for move in changes.move:
        split = parts.get(move.line.row, [])
        if len(split) > 1:
            assert sum(part.amount for part in split) == move.line.amount, split
