"""Stopping, activating again and deleting a subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Line, LineStatus, Source, deleted, fresh_block, with_status
from billing.engine.parts import part_of, priced_line, served_until, split_by_stop, used_part
from billing.engine.periods import billing_period_of
from billing.engine.terms import Terms, UnitPrice


def stop(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return the Blocked lines split by a stop on `day`: used part Closed, remainder Opened; the day is not billed.

    The remainder is what the used part leaves of the amount. Later periods and New lines stay; the verb cancels a
    waiting order with `cancel_unpaid`.
    """
    blocked = with_status(lines, LineStatus.BLOCKED)
    return sum((split_by_stop(terms, line, day, LineStatus.OPENED) for line in blocked), Changes())


def activate(terms: Terms, lines: Sequence[Line], quantities: Mapping[str, int], day: date) -> Changes:
    """Return Blocked lines from `day`, which is billed, to the billing day (decision 17). Funds must cover `reserves`.

    Inside the billing period of the stop the units of its remainders go on at the prices they had, units of one price
    in one line. Later, or after a stop by the night on the billing day, those of a term at the prices that they were
    ordered at (T12), and endless `quantities`, all units of a resource in one line, at the price of `day`. Opened lines
    of the current period are Deleted, later ones stay.
    """
    whole = billing_period_of(day, terms.billing_day)
    current = [line for line in with_status(lines, LineStatus.OPENED) if whole.contains(line.period.start)]
    others = [line for line in lines if line.status is not LineStatus.OPENED or not whole.contains(line.period.start)]
    former = sorted((line for line in current if line.source is Source.REMAINDER), key=lambda line: line.block)
    former = former or sorted(current, key=lambda line: line.block)
    groups = _by_price(former)
    if not former:
        groups = {(resource, terms.price(resource, day)): count for resource, count in quantities.items() if count}
    return Changes(add=_activated_from(terms, others, groups, former, day), move=deleted(current))


def provide_activation(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return the Blocked lines of an activation as the vendor has carried it out on `day` (decision 22 by analogy).

    On a later day than it was asked for, they are Deleted and made anew from `day` at the prices they had, and Opened
    lines that have begun by then are Deleted. Nothing is charged from the expiry on.
    """
    activated = with_status(lines, LineStatus.BLOCKED)
    if not activated or min(line.period.start for line in activated) >= day:
        return Changes()
    over = [*activated, *(line for line in with_status(lines, LineStatus.OPENED) if line.period.start <= day)]
    if terms.expires_on is not None and terms.expires_on <= day:
        return Changes(move=deleted(over))
    others = [line for line in lines if line not in over]
    return Changes(
        add=_activated_from(terms, others, _by_price(activated), activated, day),
        move=deleted(over),
    )


def withdraw_activation(lines: Sequence[Line], day: date) -> Changes:
    """Return the Blocked lines of an activation that the vendor has not carried out by `day`, when it is given up.

    Nothing of them is charged: Opened again like the remainder of the stop, Deleted where their days are over.
    """
    activated = with_status(lines, LineStatus.BLOCKED)
    again = tuple(
        part_of(line, status=LineStatus.OPENED, source=Source.REMAINDER, period=line.period, cost=line.cost)
        for line in activated
        if line.period.end > day
    )
    return Changes(add=again, move=deleted(activated))


def _by_price(lines: Sequence[Line]) -> dict[tuple[str, UnitPrice], int]:
    """Return the units of the lines by resource and price, in the order in which those come.

    Rows of the price list that say the same price are one: the first of them stands for it. So are discounts of the
    same rate.
    """
    units: dict[tuple[str, Decimal, Decimal], int] = {}
    prices: dict[tuple[str, Decimal, Decimal], UnitPrice] = {}
    for line in lines:
        group = (line.resource, line.unit_price, line.rate)
        units[group] = units.get(group, 0) + int(line.quantity)
        prices.setdefault(group, line.price)
    return {(group[0], prices[group]): count for group, count in units.items()}


def _activated_from(
    terms: Terms,
    others: Sequence[Line],
    groups: Mapping[tuple[str, UnitPrice], int],
    former: Sequence[Line],
    day: date,
) -> tuple[Line, ...]:
    """Return a Blocked line from `day` to the billing day for each group; `former` are those that they take up."""
    whole = billing_period_of(day, terms.billing_day)
    blocks: dict[str, int] = {}
    added = []
    for (resource, price), quantity in groups.items():
        blocks[resource] = blocks.get(resource, fresh_block(others, resource) - 1) + 1
        added.append(
            priced_line(
                terms=terms,
                resource=resource,
                block=blocks[resource],
                status=LineStatus.BLOCKED,
                source=Source.ACTIVATION,
                period=served_until(terms, day, whole),
                billing_period=whole,
                quantity=quantity,
                price=price,
                parent=next((line for line in former if line.resource == resource), None),
            )
        )
    return tuple(added)


def delete(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return Blocked lines cut on `day`, used days Closed, and what else is not Closed yet Deleted (decision 20)."""
    ending = [line for line in lines if line.status in (LineStatus.BLOCKED, LineStatus.OPENED, LineStatus.NEW)]
    used = tuple(part for line in ending if line.status is LineStatus.BLOCKED for part in used_part(terms, line, day))
    return Changes(add=used, move=deleted(ending))
