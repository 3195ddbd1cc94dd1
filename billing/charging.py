"""Puts what the engine says into the books: lines become charges, and what closes is written off the balance.

For one subscription and for thousands in the same, fixed number of statements.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from billing.charge_rows import ADD_CHARGES, MOVE_CHARGES, PRICE_DECIMALS
from billing.crediting import credit
from billing.descriptions import describe, operators_language_in_use
from billing.engine.chain import Level, taken_with
from billing.engine.lines import Changes, Line, LineStatus, LineType, Move, Source
from billing.engine.terms import PLAN, Taken
from billing.funds import Posting, post
from billing.invoicing import note_closed
from billing.models import Charge, ChargeStatus, ClosedUnits, PostingKind
from billing.reseller_charges import Sold, charge_resellers, take_back
from core.among import Among
from core.cleaning import shortened
from core.fitting import refuse_unfit
from core.money import minor_units
from core.period import Period
from core.prepared import Asked, Prepared

# What an operation may still change; Closed charges stay what they are.
LIVE = (ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED, ChargeStatus.WAITING_FOR_REFUND)
# Of these the engine makes the next step; a refund only waits for the vendor.
WORKED_ON = (ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose charges they are. `names` gives the name of each resource by the engine's key, which is the row's id.

    The plan's own part has the key PLAN. `chain` are the levels above the seller of what is sold of a delegated plan,
    by the same keys, the seller's upstream first: nothing of a plan of the seller's own.
    """

    account_id: int
    reseller_id: int
    subscription_id: int
    currency: str
    names: Mapping[str, str]
    billing_day: int
    chain: Mapping[str, Sequence[Level]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A charge that closes, and the day on which its amount leaves the balance.

    `replaced` are the lines that it is the sum of where it was closed by hand: the levels above are owed theirs
    (clarification 10).
    """

    owner: Owner
    charge_id: int | None
    line: Line
    day: date
    replaced: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """Changes of one subscription's charges on one day, made by an order or by none."""

    owner: Owner
    changes: Changes
    day: date
    order_id: int | None = None


def resource_key(subscription_resource_id: int | None) -> str:
    """Return the engine's name of a subscription's resource, or of the plan's own part."""
    return PLAN if subscription_resource_id is None else str(subscription_resource_id)


LINE_COLUMNS = (
    "pk",
    "subscription_resource_id",
    "block",
    "status",
    "source",
    "operate_from",
    "operate_to",
    "period_from",
    "period_to",
    "quantity",
    "unit_price",
    "amount",
    "type",
    "closed_on",
    "price_id",
    "order_id",
    "discount",
    "tax",
    "discount_rate",
    "plan_price_id",
    "discounted_by_id",
    "priced_on",
    "retail",
    "granted",
    "exact_price",
)


def line_of(charge: Charge) -> Line:
    """Return the charge as the engine's line."""
    return _line([getattr(charge, column) for column in LINE_COLUMNS])


def _line(values: Sequence[Any]) -> Line:
    """Return the line of a charge's values, in the order of LINE_COLUMNS."""
    row, resource_id, block, status, source, start, end, period_start, period_end, *more = values
    quantity, unit_price, amount, kind, closed_on, price_row, order, discount, tax, rate, plan_price, *last = more
    discount_row, priced_on, retail, granted, exact_price = last
    return Line(
        resource=resource_key(resource_id),
        block=block,
        status=LineStatus(status),
        source=Source(source),
        period=Period(start, end),
        billing_period=Period(period_start, period_end),
        quantity=quantity,
        unit_price=unit_price if exact_price is None else exact_price,
        amount=amount,
        type=LineType(kind),
        closed_on=closed_on,
        row=row,
        price_row=plan_price if price_row is None else price_row,
        order=order,
        discount=discount,
        tax=tax,
        rate=rate,
        discount_row=discount_row,
        taken=Taken(priced_on, _tuple(retail), _tuple(granted)),
    )


def lines_of(subscription_ids: Collection[int]) -> dict[int, list[Line]]:
    """Return the lines that operations work on, of each subscription, in the order they were made. One statement."""
    lines: dict[int, list[Line]] = {subscription_id: [] for subscription_id in subscription_ids}
    for subscription_id, *values in _WORKED_ON(ids=list(lines)):
        lines[subscription_id].append(_line(values))
    return lines


# Plain values: the night reads many thousands.
_WORKED_ON = Prepared(
    lambda: (
        Charge.objects.filter(Among("subscription", Asked("ids")), status__in=WORKED_ON)
        .order_by("pk")
        .values_list("subscription_id", *LINE_COLUMNS)
    )
)


def closed_after(subscription_id: int, day: date) -> list[Line]:
    """Return the lines of a subscription that are Closed although some of their days come after `day`; fees are not."""
    charges = Charge.objects.filter(subscription=subscription_id, status=ChargeStatus.CLOSED, operate_to__gt=day)
    recurring = charges.filter(type=LineType.RECURRING_FEE).order_by("pk")
    return [_line(values) for values in recurring.values_list(*LINE_COLUMNS)]


def record(bookings: Sequence[Booking]) -> None:
    """Put changes in the books: move charges, add charges, write what closes off the balance.

    The accounts are locked by the caller. Money leaves the balance on the day on which a charge is closed.
    """
    bookings = [booking for booking in bookings if booking.changes]
    if not bookings:
        return
    _move([(booking, move) for booking in bookings for move in booking.changes.move])
    with operators_language_in_use() as language:
        added = _add([(booking, line) for booking in bookings for line in booking.changes.add], language)
        moved = [
            WriteOff(booking.owner, move.line.row, move.line, move.closed_on or booking.day)
            for booking in bookings
            for move in booking.changes.move
            if move.status is LineStatus.CLOSED
        ]
        _keep_units(added)
        closed = (*moved, *added)
        post([_posting(write_off, language) for write_off in closed])
        charge_resellers([_sold(write_off, language) for write_off in closed if _levels(write_off)])
        concerned = [(one.owner, one.day) for one in closed]
        concerned += [(booking.owner, booking.day) for booking in bookings if booking.changes.only_releases]
        note_closed((owner.account_id, owner.billing_day, day) for owner, day in concerned)


def _move(moves: Sequence[tuple[Booking, Move]]) -> None:
    if not moves:
        return
    columns = (
        [move.line.row for _, move in moves],
        [str(move.status) for _, move in moves],
        [move.closed_on for _, move in moves],
        [booking.order_id if move.status is LineStatus.DELETED else None for booking, move in moves],
    )
    with connection.cursor() as cursor:
        cursor.execute(MOVE_CHARGES, columns)
        if cursor.rowcount != len(moves):
            raise RuntimeError(f"{len(moves)} charges to move, {cursor.rowcount} found")


def _add(lines: Sequence[tuple[Booking, Line]], language: str) -> list[WriteOff]:
    """Write new charges; return those of them that are closed already."""
    if not lines:
        return []
    # Thousands of lines of a night share a few numbers.
    for quantity, unit_price, amount in {(line.quantity, _kept(line), line.amount) for _booking, line in lines}:
        refuse_unfit(Charge, {"quantity": quantity, "unit_price": unit_price, "amount": amount})
    rows = [_row(booking, line, language) for booking, line in lines]
    with connection.cursor() as cursor:
        cursor.execute(ADD_CHARGES, [list(column) for column in zip(*rows, strict=True)])
        # The numbers were given in the order of the rows, whatever order they come back in.
        numbers = sorted(number for (number,) in cursor.fetchall())
    return [
        WriteOff(
            booking.owner,
            number,
            _priced(booking, line),
            line.closed_on or booking.day,
            [_priced(booking, one) for one in line.instead_of],
        )
        for number, (booking, line) in zip(numbers, lines, strict=True)
        if line.status is LineStatus.CLOSED
    ]


def _keep_units(write_offs: Iterable[WriteOff]) -> None:
    """Write down which units over which days a charge is for that was closed by hand; no statement without one."""
    rows = [
        ClosedUnits(charge_id=one.charge_id, operate_from=line.period.start, operate_to=line.period.end, units=units)
        for one in write_offs
        for line in one.replaced
        if line.resource != PLAN and (units := int(line.quantity))
    ]
    if rows:
        ClosedUnits.objects.bulk_create(rows)


def _kept(line: Line) -> Decimal:
    """Return as much of a line's unit price as the column of prices keeps: all of it, but for a vendor's cost."""
    return round(line.unit_price, PRICE_DECIMALS) if line.type is LineType.CONSUMPTION else line.unit_price


def _row(booking: Booking, line: Line, language: str) -> tuple[object, ...]:
    """Return the values of a new charge, in the order of NEW_CHARGE."""
    owner, kept = booking.owner, _kept(line)
    return (
        owner.account_id,
        owner.reseller_id,
        owner.subscription_id,
        int(line.resource) if line.resource != PLAN else None,
        booking.order_id,
        line.parent.row if line.parent is not None else None,
        str(line.type),
        str(line.source),
        str(line.status),
        describe(owner.names[line.resource], line, language),
        line.block,
        line.quantity,
        line.unit_price,
        line.price_row if line.resource != PLAN else None,
        line.price_row if line.resource == PLAN else None,
        owner.currency,
        line.amount,
        line.discount,
        line.tax,
        line.rate,
        line.discount_row,
        line.period.start,
        line.period.end,
        line.billing_period.start,
        line.billing_period.end,
        booking.day,
        line.closed_on,
        *_taken(_priced(booking, line).taken, booking.day),
        line.unit_price if kept != line.unit_price else None,
    )


def _priced(booking: Booking, line: Line) -> Line:
    """Return a new line with the day of its prices and the rows of the levels above; without a level as it is."""
    levels = booking.owner.chain.get(line.resource)
    if not levels:
        return line
    return replace(line, taken=taken_with(line, levels, booking.day))


def _taken(taken: Taken, day: date) -> tuple[object, ...]:
    """Return the day of the prices, and what was taken of the levels above as texts of arrays; None without a level."""
    if taken.granted is None:
        return (taken.on or day, None, None)
    return (taken.on or day, *(f"{{{','.join(map(str, of_each))}}}" for of_each in (taken.retail or (), taken.granted)))


def _tuple(values: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


def _posting(write_off: WriteOff, language: str) -> Posting:
    owner, line = write_off.owner, write_off.line
    return Posting(
        key=f"charge:{write_off.charge_id}",
        kind=PostingKind.CHARGE,
        account_id=owner.account_id,
        amount=-line.amount,
        currency=owner.currency,
        day=write_off.day,
        description=describe(owner.names[line.resource], line, language),
        charge_id=write_off.charge_id,
    )


def _levels(write_off: WriteOff) -> Sequence[Level]:
    return write_off.owner.chain.get(write_off.line.resource, ())


def _sold(write_off: WriteOff, language: str) -> Sold:
    """Return what closes as the levels above the seller take it."""
    owner, line = write_off.owner, write_off.line
    if write_off.charge_id is None:
        raise ValueError("a charge that closes stands in the books")
    return Sold(
        charge_id=write_off.charge_id,
        account_id=owner.account_id,
        subscription_id=owner.subscription_id,
        currency=owner.currency,
        description=describe(owner.names[line.resource], line, language),
        line=line,
        replaced=write_off.replaced,
        levels=_levels(write_off),
        day=write_off.day,
    )


def in_minor_units(amount: Decimal, currency: str) -> Decimal:
    """Return an amount of the books with the currency's own number of decimals: 19.350 USD is 19.35."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)))


def reverse(charge: Charge, *, day: date) -> None:
    """Take back a Closed charge: what it took from the balance is put back by a posting of its own, on `day`.

    So is what resellers owe one another for it. The charge is Refunded from then on, and keeps the day on which it was
    closed: what it took stands in the account's book for good, beside what put it back. The account is locked by the
    caller. Raises ValueError for a charge that is not Closed: it took nothing.
    """
    line = line_of(charge)
    if line.status is not LineStatus.CLOSED:
        raise ValueError(f"not closed: charge {charge.pk} is {charge.status}")
    with operators_language_in_use():
        post(
            [
                Posting(
                    key=f"charge:{charge.pk}:reversed",
                    kind=PostingKind.REVERSAL,
                    account_id=charge.account_id,
                    amount=charge.amount,
                    currency=charge.currency,
                    day=day,
                    description=shortened(gettext("Taken back: %(charge)s") % {"charge": charge.description}, 300),
                    charge_id=charge.pk,
                )
            ]
        )
    take_back(charge.pk, day=day)
    charge.status = ChargeStatus.REFUNDED
    charge.save(update_fields=["status"])


def take_all_back(charges: Iterable[Charge], *, day: date) -> None:
    """Take back Closed charges of one account (`reverse`), with one credit note for each invoice that they are on."""
    charges = list(charges)
    for charge in charges:
        reverse(charge, day=day)
    if charges:
        credit([charge.pk for charge in charges], day=day)


def settle_refunds(order_id: int) -> int:
    """Make refunded what an order gave back, now that the vendor has let it go; return how many charges there were.

    Nothing is posted: the money was only reserved, and is available again.
    """
    waiting = Charge.objects.filter(order=order_id, status=ChargeStatus.WAITING_FOR_REFUND)
    return waiting.update(status=ChargeStatus.REFUNDED)
