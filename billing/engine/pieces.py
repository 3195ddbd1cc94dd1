"""What is bought for a term and charged in pieces: the days of the term inside each billing period.

spec/billing-types.md 1.1 to 1.4. Units of one resource bought together are a block, which has one line in each piece
and keeps its number until the term is renewed; the plan's own part is a block of one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from billing.engine.fees import fees_of
from billing.engine.lines import FEES, FIRST_BLOCK, Changes, Line, LineStatus, LineType, Source, has_units, instead
from billing.engine.parts import given_back, priced_line, resized
from billing.engine.periods import billing_periods
from billing.engine.settling import take_units
from billing.engine.terms import PLAN, Terms, UnitPrice
from core.period import Period

# What a line of these days is from now on.
Becomes = Callable[[Period], LineStatus]


class Block(NamedTuple):
    """Units of one resource, or the plan's own part, at one price; `parent` is a line whose place they take."""

    resource: str
    price: UnitPrice
    units: int
    number: int = FIRST_BLOCK
    parent: Line | None = None


def is_fee(line: Line) -> bool:
    """Return whether the line is charged once, and no piece of a term."""
    return line.type in FEES


def plan_and(terms: Terms, units: Mapping[str, int], day: date, *, plan: bool) -> list[Block]:
    """Return a block of each resource at the price of `day`, the plan's own part before them where `plan` says so."""
    own = terms.fee_row(PLAN, day) if plan else None
    part = [Block(PLAN, UnitPrice(own.amount, own.row), 1)] if own is not None and own.amount else []
    return part + [
        Block(resource, terms.price(resource, day), count)
        for resource, count in units.items()
        if has_units(resource, count)
    ]


def blocks_of(lines: Iterable[Line]) -> list[Block]:
    """Return the blocks that the lines are pieces of, at the prices and discounts that they have."""
    blocks: dict[tuple[str, int], Block] = {}
    for line in lines:
        if not is_fee(line):
            same = Block(line.resource, line.price, int(line.quantity), line.block, line)
            blocks.setdefault((line.resource, line.block), same)
    return list(blocks.values())


def in_pieces(
    terms: Terms,
    blocks: Iterable[Block],
    days: Period,
    becomes: Becomes,
    *,
    source: Source,
    day: date,
    cuts: Collection[date] = (),
) -> tuple[Line, ...]:
    """Return the blocks' lines over `days`, a piece each, as what it `becomes`; what is Closed is so on `day`."""
    return tuple(
        priced_line(
            terms=terms,
            resource=block.resource,
            block=block.number,
            status=becomes(period),
            source=source,
            period=period,
            billing_period=whole,
            quantity=block.units,
            price=block.price,
            closed_on=day if becomes(period) is LineStatus.CLOSED else None,
            parent=block.parent,
        )
        for block in blocks
        for period, whole in _pieces(terms, days, cuts)
    )


def _pieces(terms: Terms, days: Period, cuts: Collection[date]) -> Iterator[tuple[Period, Period]]:
    """Yield `days` cut at the billing days and at `cuts`, each with the billing period it lies in."""
    for period, whole in billing_periods(days.start, days.end, terms.billing_day):
        edges = [period.start, *sorted(cut for cut in cuts if period.start < cut < period.end), period.end]
        for start, end in pairwise(edges):
            yield Period(start, end), whole


def cuts_of(terms: Terms) -> tuple[date, ...]:
    """Return the first day of the last term, which may be paid ahead: a piece is part of one term."""
    return (terms.last_term_on,) if terms.last_term_on is not None else ()


def fee_anew(line: Line, days: Period, status: LineStatus, day: date) -> Line:
    """Return a fee for other days than it was ordered for."""
    closed_on = day if status is LineStatus.CLOSED else None
    return instead(line, status=status, closed_on=closed_on, period=days, billing_period=days)


def setup_fees(
    terms: Terms, fees: Collection[LineType], units: Mapping[str, int], days: Period, day: date, *, ordered: bool
) -> tuple[Line, ...]:
    """Return the New fees of units that are bought; `ordered`: with the plan, which may cost something itself."""
    source = Source.PURCHASE if ordered else Source.UPGRADE
    setup: tuple[Line, ...] = ()
    if LineType.SETUP_FEE in fees:
        setup = fees_of(terms, LineType.SETUP_FEE, units, days, day, source=source, plan=ordered)
    if ordered and terms.transfer and LineType.TRANSFER_FEE in fees:
        setup += fees_of(terms, LineType.TRANSFER_FEE, {}, days, day, source=source)
    return setup


def lowered(terms: Terms, lines: Sequence[Line], resource: str, units: int, day: date, *, first: date) -> Changes:
    """Return what giving back `units` on `day` makes of the pieces, the last bought first in each (1.9).

    Those that have begun are split; `first` is the first day that a piece must still hold or begin on to be touched.
    """
    live = (LineStatus.BLOCKED, LineStatus.OPENED)
    by_piece: dict[date, list[Line]] = {}
    for line in lines:
        if line.resource == resource and line.status in live and not is_fee(line) and line.period.end > first:
            by_piece.setdefault(line.period.end, []).append(line)  # all lines of a piece end together
    changes = Changes()
    for end in sorted(by_piece):
        changes += take_units(by_piece[end], units, lambda line, taken: taken_from(terms, line, taken, day))
    return changes


def taken_from(terms: Terms, line: Line, taken: int, day: date) -> Changes:
    """Return a line without `taken` of its units from `day` on: split where it has begun, else made anew."""
    if line.period.start > day:
        return resized(terms, line, -taken, source=Source.CONTINUING_PART)
    return given_back(terms, line, taken, day)
