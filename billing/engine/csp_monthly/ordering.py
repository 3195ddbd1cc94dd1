"""An order: its lines, what its payment covers, paid at once or later, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from billing.engine.lines import FIRST_BLOCK, Changes, Line, LineStatus, Move, Source, deleted, has_units, with_status
from billing.engine.parts import priced_line
from billing.engine.periods import billing_period_of, billing_periods, expiry
from billing.engine.settling import cancel_unpaid, due_now
from billing.engine.terms import Terms, UnitPrice
from core.period import Period

__all__ = ["cancel_unpaid", "due_now", "order", "pay_order", "provide_order"]


def order(terms: Terms, quantities: Mapping[str, int], day: date) -> Changes:
    """Return the New lines of an order placed on `day`: up to the billing day, finite up to the expiry.

    Finite where `terms.months` is given: the expiry counts from `day`. A payment covers `due_now` of them.
    """
    prices = {resource: terms.price(resource, day) for resource, quantity in quantities.items() if quantity}
    return Changes(add=_ordered_lines(terms, quantities, prices, day, paid=False))


def pay_order(terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
    """Return the New lines of an order as paid on `day`: the current ones Blocked, later ones Opened.

    Paid on a later day than placed, they are Deleted and made anew from `day` at the prices they had, and the expiry
    counts from `day` (decision 8). Funds must cover `Changes.reserves`.
    """
    new = with_status(lines, LineStatus.NEW)
    if not new:
        return Changes()
    if min(line.period.start for line in new) == day:
        return Changes(move=tuple(Move(line, _paid_status(line.period, day)) for line in new))
    return _made_anew(terms, new, day)


def provide_order(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return the lines of a paid order as the vendor has provided it on `day` (decision 22).

    On a later day than it was paid, they are Deleted and made anew from `day` at the prices they had, and the expiry
    counts from `day`, as for a late payment. `terms` are those of the order: with its `months`, without an expiry.
    """
    paid = [*with_status(lines, LineStatus.BLOCKED), *with_status(lines, LineStatus.OPENED)]
    if not paid or min(line.period.start for line in paid) >= day:
        return Changes()
    return _made_anew(terms, paid, day)


def _made_anew(terms: Terms, lines: Sequence[Line], day: date) -> Changes:
    """Return all lines of an order Deleted, and made anew as paid and provided from `day`, at the prices they had."""
    ordered = {line.resource: line for line in lines}  # all periods of a resource have one quantity and price
    anew = _ordered_lines(
        terms,
        {resource: int(line.quantity) for resource, line in ordered.items()},
        {resource: line.price for resource, line in ordered.items()},
        day,
        paid=True,
    )
    return Changes(add=anew, move=deleted(lines))


def _ordered_lines(
    terms: Terms, quantities: Mapping[str, int], prices: Mapping[str, UnitPrice], day: date, *, paid: bool
) -> tuple[Line, ...]:
    """Return the lines of an order that starts on `day`: endless the first period, finite all until the expiry."""
    whole = billing_period_of(day, terms.billing_day)
    end = whole.end if terms.months is None else terms.expires_on or expiry(day, terms.months)
    return tuple(
        priced_line(
            terms=terms,
            resource=resource,
            block=FIRST_BLOCK,
            status=_paid_status(period, day) if paid else LineStatus.NEW,
            source=Source.PURCHASE,
            period=period,
            billing_period=whole,
            quantity=quantity,
            price=prices[resource],
        )
        for resource, quantity in quantities.items()
        if has_units(resource, quantity)
        for period, whole in billing_periods(day, end, terms.billing_day)
    )


def _paid_status(period: Period, day: date) -> LineStatus:
    """Return what the line of a paid order is: what lies in the future reserves nothing yet."""
    return LineStatus.BLOCKED if period.start <= day else LineStatus.OPENED
