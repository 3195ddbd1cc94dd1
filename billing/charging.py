"""Puts what the engine says into the books: lines become charges, and what closes is written off the balance.

For one subscription and for thousands in the same, fixed number of statements.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from accounts.models import Reseller
from billing.engine.lines import Changes, Line, LineStatus, LineType, Move, Source
from billing.funds import Posting, post
from billing.models import Charge, ChargeStatus, PostingKind
from core.money import minor_units
from core.period import Period

# What an operation may still change; Closed charges stay what they are.
LIVE = (ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED, ChargeStatus.WAITING_FOR_REFUND)
# Of these the engine makes the next step; a refund only waits for the vendor.
WORKED_ON = (ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED)

MOVE_CHARGES = """
    UPDATE billing_charge AS charge
    SET status = moved.status, closed_on = moved.closed_on,
        superseded_by_id = COALESCE(moved.superseded_by, charge.superseded_by_id)
    FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::bigint[]) AS moved(id, status, closed_on, superseded_by)
    WHERE charge.id = moved.id
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose charges they are. `names` gives the name of each resource by the engine's key, which is the row's id."""

    account_id: int
    reseller_id: int
    subscription_id: int
    currency: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Booking:
    """Changes of one subscription's charges on one day, made by an order or by none."""

    owner: Owner
    changes: Changes
    day: date
    order_id: int | None = None


def resource_key(subscription_resource_id: int) -> str:
    """Return the engine's name of a subscription's resource."""
    return str(subscription_resource_id)


def line_of(charge: Charge) -> Line:
    """Return the charge as the engine's line."""
    return Line(
        resource=resource_key(charge.subscription_resource_id),
        block=charge.block,
        status=LineStatus(charge.status),
        source=Source(charge.source),
        period=Period(charge.operate_from, charge.operate_to),
        billing_period=Period(charge.period_from, charge.period_to),
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        amount=charge.amount,
        type=LineType(charge.type),
        closed_on=charge.closed_on,
        row=charge.pk,
    )


def lines_of(subscription_ids: Collection[int]) -> dict[int, list[Line]]:
    """Return the lines that operations work on, of each subscription, in the order they were made. One statement."""
    lines: dict[int, list[Line]] = {subscription_id: [] for subscription_id in subscription_ids}
    for charge in Charge.objects.filter(subscription__in=subscription_ids, status__in=WORKED_ON).order_by("pk"):
        lines[charge.subscription_id].append(line_of(charge))
    return lines


def record(bookings: Sequence[Booking]) -> list[Charge]:
    """Put changes in the books: move charges, add charges, write what closes off the balance; return those added.

    The accounts are locked by the caller. Money leaves the balance on the day on which a charge is closed.
    """
    _move([(booking, move) for booking in bookings for move in booking.changes.move])
    charges = _add([(booking, line) for booking in bookings for line in booking.changes.add])
    post(_write_offs(bookings, charges))
    return charges


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


def _add(lines: Sequence[tuple[Booking, Line]]) -> list[Charge]:
    if not lines:
        return []
    with operators_language_in_use():
        charges = [_charge(booking, line) for booking, line in lines]
    return Charge.objects.bulk_create(charges)


def _charge(booking: Booking, line: Line) -> Charge:
    owner = booking.owner
    return Charge(
        account_id=owner.account_id,
        reseller_id=owner.reseller_id,
        subscription_id=owner.subscription_id,
        subscription_resource_id=int(line.resource),
        order_id=booking.order_id,
        parent_id=line.parent.row if line.parent is not None else None,
        type=line.type,
        source=line.source,
        status=line.status,
        description=describe(owner.names[line.resource], line),
        block=line.block,
        quantity=line.quantity,
        unit_price=line.unit_price,
        currency=owner.currency,
        amount=line.amount,
        operate_from=line.period.start,
        operate_to=line.period.end,
        period_from=line.billing_period.start,
        period_to=line.billing_period.end,
        created_on=booking.day,
        closed_on=line.closed_on,
    )


def _write_offs(bookings: Sequence[Booking], added: Sequence[Charge]) -> list[Posting]:
    """Return the postings of what closes: first the charges that were there, then those that were made closed."""
    closed = [
        (booking, move) for booking in bookings for move in booking.changes.move if move.status is LineStatus.CLOSED
    ]
    with operators_language_in_use() if closed else nullcontext():
        postings = [_write_off_line(booking, move) for booking, move in closed]
    return postings + [_write_off(charge) for charge in added if charge.status == ChargeStatus.CLOSED]


def _write_off_line(booking: Booking, move: Move) -> Posting:
    line, owner = move.line, booking.owner
    return Posting(
        key=f"charge:{line.row}",
        kind=PostingKind.CHARGE,
        account_id=owner.account_id,
        amount=-line.amount,
        currency=owner.currency,
        day=move.closed_on or booking.day,
        description=describe(owner.names[line.resource], line),
        charge_id=line.row,
    )


def _write_off(charge: Charge) -> Posting:
    return Posting(
        key=f"charge:{charge.pk}",
        kind=PostingKind.CHARGE,
        account_id=charge.account_id,
        amount=-charge.amount,
        currency=charge.currency,
        day=charge.closed_on or charge.created_on,
        description=charge.description,
        charge_id=charge.pk,
    )


def operators_language() -> str:
    """Return the operator's default language, in which charges are described for everybody (CR-502)."""
    return Reseller.objects.filter(parent=None).values_list("default_language", flat=True).first() or "en"


@contextmanager
def operators_language_in_use() -> Iterator[None]:
    """Speak the operator's default language for the length of the block."""
    with override(operators_language()):
        yield


def describe(name: str, line: Line) -> str:
    """Return the charge's description in the active language: what, how many, for which days (the last included)."""
    last_day = line.period.end - line.period.end.resolution
    return gettext("%(name)s: %(quantity)s, %(from)s – %(to)s") % {
        "name": name[:200],
        "quantity": line.quantity,
        "from": date_format(line.period.start, "SHORT_DATE_FORMAT"),
        "to": date_format(last_day, "SHORT_DATE_FORMAT"),
    }


def in_minor_units(amount: Decimal, currency: str) -> Decimal:
    """Return an amount of the books with the currency's own number of decimals: 19.350 USD is 19.35."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)))


def settle_refunds(order_id: int) -> int:
    """Make refunded what an order gave back, now that the vendor has let it go; return how many charges there were.

    Nothing is posted: the money was only reserved, and is available again.
    """
    waiting = Charge.objects.filter(order=order_id, status=ChargeStatus.WAITING_FOR_REFUND)
    return waiting.update(status=ChargeStatus.REFUNDED)
