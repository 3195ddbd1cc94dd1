"""Stopping, activating again and deleting a subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes, Line, LineStatus, Source, deleted, fresh_block, with_status
from billing.engine.parts import part_of, priced_line, served_until, used_part
from billing.engine.periods import billing_period_of
from billing.engine.terms import Terms


def stop(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return the Blocked lines split by a stop on `day`: used part Closed, remainder Opened; the day is not billed.

    The remainder is what the used part leaves of the amount. Later periods and New lines stay; the verb cancels a
    waiting order with `cancel_unpaid`.
    """
    changes = Changes()
    for line in with_status(lines, LineStatus.BLOCKED):
        used = used_part(terms, line, day)
        _, rest = line.period.split(day)
        remainder: tuple[Line, ...] = ()
        if rest is not None:
            amount = line.amount - sum((part.amount for part in used), Decimal(0))
            remainder = (part_of(line, status=LineStatus.OPENED, source=Source.REMAINDER, period=rest, amount=amount),)
        changes += Changes(add=used + remainder, move=deleted([line]))
    return changes


def activate(terms: Terms, lines: Sequence[Line], quantities: Mapping[str, int], day: date) -> Changes:
    """Return Blocked lines from `day`, which is billed, to the billing day (decision 17). Funds must cover `reserves`.

    Inside the billing period of the stop the units of its remainders go on at the prices they had, units of one price
    in one line. Later, or after a stop by the night on the billing day, `quantities` are charged, all units of a
    resource in one line, at the price of `day`. Opened lines of the current period are Deleted, later ones stay.
    """
    whole = billing_period_of(day, terms.billing_day)
    current = [line for line in with_status(lines, LineStatus.OPENED) if whole.contains(line.period.start)]
    others = [line for line in lines if line.status is not LineStatus.OPENED or not whole.contains(line.period.start)]
    remainders = sorted((line for line in current if line.source is Source.REMAINDER), key=lambda line: line.block)
    groups: dict[tuple[str, Decimal], int] = {}
    for line in remainders:
        group = (line.resource, line.unit_price)
        groups[group] = groups.get(group, 0) + line.quantity
    if not remainders:
        groups = {
            (resource, terms.unit_price(resource, day)): quantity
            for resource, quantity in quantities.items()
            if quantity
        }
    blocks: dict[str, int] = {}
    added = []
    for (resource, unit_price), quantity in groups.items():
        blocks[resource] = blocks.get(resource, fresh_block(others, resource) - 1) + 1
        added.append(
            priced_line(
                currency=terms.currency,
                resource=resource,
                block=blocks[resource],
                status=LineStatus.BLOCKED,
                source=Source.ACTIVATION,
                period=served_until(terms, day, whole),
                billing_period=whole,
                quantity=quantity,
                unit_price=unit_price,
                parent=next((line for line in remainders if line.resource == resource), None),
            )
        )
    return Changes(add=tuple(added), move=deleted(current))


def delete(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return Blocked lines cut on `day`, used days Closed, and what else is not Closed yet Deleted (decision 20)."""
    ending = [line for line in lines if line.status in (LineStatus.BLOCKED, LineStatus.OPENED, LineStatus.NEW)]
    used = tuple(part for line in ending if line.status is LineStatus.BLOCKED for part in used_part(terms, line, day))
    return Changes(add=used, move=deleted(ending))
