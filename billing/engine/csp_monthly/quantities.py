"""Units added and given back in the middle of a billing period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from billing.engine.lines import (
    Changes,
    Line,
    LineStatus,
    Move,
    Source,
    deleted,
    fresh_block,
    has_units,
    quantities_on,
    with_status,
)
from billing.engine.parts import (
    given_back,
    priced_line,
    resized,
    served_until,
)
from billing.engine.periods import billing_period_of, billing_periods
from billing.engine.settling import periods_ahead, take_units
from billing.engine.terms import Terms


def raise_units(terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
    """Return a New line of its own per resource for `units` added on `day`, until the billing day.

    Later periods of a finite subscription change when it is paid. A payment covers `due_now`.
    """
    whole = billing_period_of(day, terms.billing_day)
    added = tuple(
        priced_line(
            terms=terms,
            resource=resource,
            block=fresh_block(lines, resource),
            status=LineStatus.NEW,
            source=Source.UPGRADE,
            period=served_until(terms, day, whole),
            billing_period=whole,
            quantity=quantity,
            price=terms.price(resource, day),
        )
        for resource, quantity in units.items()
        if has_units(resource, quantity)
    )
    return Changes(add=added)


def pay_raise(terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
    """Return the New lines of a raise as paid on `day`: Blocked, and later periods of a finite subscription larger.

    Paid on a later day than placed, they are Deleted and made anew from `day` at the prices they had (decision 8).
    Funds must cover `Changes.reserves`. Where a vendor has yet to provide the units, later periods stay as they are
    until `provide_raise`.
    """
    changes = Changes()
    others = [line for line in lines if line.status is not LineStatus.NEW]
    for line in with_status(lines, LineStatus.NEW):
        current = _raised_from(terms, others, line, day)
        if current is line:
            changes += Changes(move=(Move(line, LineStatus.BLOCKED),))
        else:
            changes += Changes(add=(current,), move=deleted([line]))
        if provided:
            changes += _raise_later_periods(terms, others, current)
    return changes


def provide_raise(terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
    """Return the paid lines `raised` as the vendor has provided their units on `day` (decision 22).

    On a later day than they were paid, they are Deleted and made anew from `day` at the prices they had, as for a late
    payment. Later periods of a finite subscription become larger. `lines` are all live lines, `raised` among them.
    """
    changes = Changes()
    others = [line for line in lines if line not in raised]
    for line in raised:
        current = _raised_from(terms, others, line, day)
        if current is not line:
            changes += Changes(add=(current,), move=deleted([line]))
        if not _ahead_of(line, others):
            changes += _raise_later_periods(terms, others, current)
    return changes


def provide_raise_of_stopped(terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
    """Return the paid lines `raised` Deleted: the vendor has provided their units to a subscription that is stopped.

    Periods of a finite one that begin after `day` become larger all the same.
    """
    others = [line for line in lines if line not in raised]
    whole = billing_period_of(day, terms.billing_day)
    changes = Changes(move=deleted(raised))
    for line in raised:
        if not _ahead_of(line, others):
            anew = replace(line, block=fresh_block(others, line.resource), billing_period=whole)
            changes += _raise_later_periods(terms, others, anew)
    return changes


def withdraw_raise(terms: Terms, lines: Sequence[Line], raised: Sequence[Line]) -> Changes:
    """Return the paid lines `raised` Deleted, of units that the vendor has not provided and that are given up."""
    changes = Changes(move=deleted(raised))
    for line in raised:
        for ahead in _ahead_of(line, lines):
            changes += resized(terms, ahead, -int(line.quantity))
    return changes


def lower_units(terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
    """Return the lines split for `units` given back on `day`, those bought last first (decisions 4, 10, 16).

    A touched line becomes a used part (Closed on `day`), a continuing part (Blocked) and a refund (Waiting for refund)
    that takes the difference. Later periods of a finite subscription become smaller. Raises ValueError where fewer
    units are Blocked than are given back.
    """
    changes = Changes()
    for resource, quantity in units.items():
        if not has_units(resource, quantity):
            continue
        current = [
            line
            for line in with_status(lines, LineStatus.BLOCKED)
            if line.resource == resource and line.period.contains(day)
        ]
        changes += take_units(current, quantity, lambda line, taken: given_back(terms, line, taken, day))
        changes += _lower_later_periods(terms, lines, resource, quantity, day + timedelta(days=1))
    return changes


def leave(terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
    """Return the periods of a finite subscription from the billing day `day` on without `units`, the last bought first.

    An endless one has none yet: its next period is renewed for the units that stay.
    """
    changes = Changes()
    for resource, quantity in units.items():
        if has_units(resource, quantity):
            changes += _lower_later_periods(terms, lines, resource, quantity, day)
    return changes


def _lower_later_periods(terms: Terms, lines: Sequence[Line], resource: str, quantity: int, first: date) -> Changes:
    """Return the Opened periods that begin on `first` or later with fewer units, the last bought first in each."""
    changes = Changes()
    for later in periods_ahead(lines, resource, first):
        changes += take_units(later, quantity, lambda line, taken: resized(terms, line, -taken))
    return changes


def change(terms: Terms, lines: Sequence[Line], wanted: Mapping[str, int], day: date) -> Changes:
    """Return what leads from the units that are Blocked to the `wanted` ones on `day`: lowering first, then the raise.

    A resource that `wanted` does not name stays as it is. The raise is New; a payment covers `due_now` of it.
    Empty where nothing changes.
    """
    present = quantities_on(lines, day)
    steps = {resource: quantity - present.get(resource, 0) for resource, quantity in wanted.items()}
    lowered = {resource: -step for resource, step in steps.items() if step < 0}
    raised = {resource: step for resource, step in steps.items() if step > 0}
    return lower_units(terms, lines, lowered, day) + raise_units(terms, lines, raised, day)


def _ahead_of(line: Line, lines: Sequence[Line]) -> list[Line]:
    """Return the later periods that the raise of `line` has made larger when it was paid; they took its block.

    None, but for orders that were paid before periods waited for the vendor (decision 22).
    """
    opened = with_status(lines, LineStatus.OPENED)
    return [other for other in opened if (other.resource, other.block) == (line.resource, line.block)]


def _raised_from(terms: Terms, others: Sequence[Line], line: Line, day: date) -> Line:
    """Return the line of a raise if it begins on `day`, else a Blocked one of the same units and price that does."""
    if line.period.start == day:
        return line
    whole = billing_period_of(day, terms.billing_day)
    return priced_line(
        terms=terms,
        resource=line.resource,
        block=fresh_block(others, line.resource),
        status=LineStatus.BLOCKED,
        source=Source.UPGRADE,
        period=served_until(terms, day, whole),
        billing_period=whole,
        quantity=int(line.quantity),
        price=line.price,
        parent=line,
    )


def _raise_later_periods(terms: Terms, others: Sequence[Line], current: Line) -> Changes:
    """Return the later periods of a finite subscription with the units of a raise whose line is `current`.

    An Opened line of the same price becomes larger; where there is none, the units get an Opened line of their own.
    """
    if terms.expires_on is None:
        return Changes()
    same_price = {
        line.period.start: line
        for line in with_status(others, LineStatus.OPENED)
        if (line.resource, line.unit_price, line.rate) == (current.resource, current.unit_price, current.rate)
    }
    changes = Changes()
    for period, whole in billing_periods(current.billing_period.end, terms.expires_on, terms.billing_day):
        if period.start in same_price:
            changes += resized(terms, same_price[period.start], int(current.quantity), block=current.block)
            continue
        own = priced_line(
            terms=terms,
            resource=current.resource,
            block=current.block,
            status=LineStatus.OPENED,
            source=Source.UPGRADE,
            period=period,
            billing_period=whole,
            quantity=int(current.quantity),
            price=current.price,
        )
        changes += Changes(add=(own,))
    return changes
