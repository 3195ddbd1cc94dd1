"""Puts what the engine says into the books: lines become charges, and what closes is written off the balance.

For one subscription and for thousands in the same, fixed number of statements.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext, gettext_noop, override

from accounts.models import Reseller
from billing.engine.lines import Changes, Line, LineStatus, LineType, Move, Source
from billing.engine.terms import PLAN
from billing.funds import Posting, post
from billing.models import Charge, ChargeStatus, PostingKind
from core.cleaning import shortened
from core.fitting import refuse_unfit
from core.money import minor_units
from core.panel.formats import day_text, number_text
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
ADD_CHARGES = """
    INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, order_id, parent_id,
        type, source, status, description, block, quantity, unit_price, price_id, plan_price_id, currency, amount,
        discount, tax, discount_rate, operate_from, operate_to, period_from, period_to, created_on, closed_on)
    SELECT account_id, reseller_id, subscription_id, resource_id, order_id, parent_id, type, source, status,
        description, block, quantity, unit_price, price_id, plan_price_id, currency, amount, discount, tax,
        discount_rate, operate_from, operate_to, period_from, period_to, created_on, closed_on
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
        %s::text[], %s::text[], %s::text[], %s::int[], %s::numeric[], %s::numeric[], %s::bigint[], %s::bigint[],
        %s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::date[], %s::date[], %s::date[],
        %s::date[], %s::date[], %s::date[]) WITH ORDINALITY
        AS made(account_id, reseller_id, subscription_id, resource_id, order_id, parent_id, type, source, status,
            description, block, quantity, unit_price, price_id, plan_price_id, currency, amount, discount, tax,
            discount_rate, operate_from, operate_to, period_from, period_to, created_on, closed_on, place)
    ORDER BY place
    RETURNING id
"""
ONE_DAY = timedelta(days=1)
_RECURRING = gettext_noop("%(name)s: %(quantity)s, %(from)s – %(to)s")
_USED = gettext_noop("%(name)s: %(quantity)s unit-hours, %(from)s – %(to)s")
_TEXTS = {
    LineType.SETUP_FEE: gettext_noop("Setup of %(name)s: %(quantity)s"),
    LineType.RENEWAL_FEE: gettext_noop("Renewal of %(name)s: %(quantity)s, %(from)s – %(to)s"),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose charges they are. `names` gives the name of each resource by the engine's key, which is the row's id.

    The plan's own part has the key PLAN.
    """

    account_id: int
    reseller_id: int
    subscription_id: int
    currency: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A charge that closes, and the day on which its amount leaves the balance."""

    owner: Owner
    charge_id: int | None
    line: Line
    day: date


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
)


def line_of(charge: Charge) -> Line:
    """Return the charge as the engine's line."""
    return _line([getattr(charge, column) for column in LINE_COLUMNS])


def _line(values: Sequence[Any]) -> Line:
    """Return the line of a charge's values, in the order of LINE_COLUMNS."""
    row, resource_id, block, status, source, start, end, period_start, period_end, *more = values
    quantity, unit_price, amount, kind, closed_on, price_row, order, discount, tax, rate, plan_price = more
    return Line(
        resource=resource_key(resource_id),
        block=block,
        status=LineStatus(status),
        source=Source(source),
        period=Period(start, end),
        billing_period=Period(period_start, period_end),
        quantity=quantity,
        unit_price=unit_price,
        amount=amount,
        type=LineType(kind),
        closed_on=closed_on,
        row=row,
        price_row=plan_price if price_row is None else price_row,
        order=order,
        discount=discount,
        tax=tax,
        rate=rate,
    )


def lines_of(subscription_ids: Collection[int]) -> dict[int, list[Line]]:
    """Return the lines that operations work on, of each subscription, in the order they were made. One statement."""
    lines: dict[int, list[Line]] = {subscription_id: [] for subscription_id in subscription_ids}
    charges = Charge.objects.filter(subscription__in=subscription_ids, status__in=WORKED_ON).order_by("pk")
    # Plain values: the night reads many thousands.
    for subscription_id, *values in charges.values_list("subscription_id", *LINE_COLUMNS):
        lines[subscription_id].append(_line(values))
    return lines


def record(bookings: Sequence[Booking]) -> None:
    """Put changes in the books: move charges, add charges, write what closes off the balance.

    The accounts are locked by the caller. Money leaves the balance on the day on which a charge is closed.
    """
    _move([(booking, move) for booking in bookings for move in booking.changes.move])
    with operators_language_in_use() as language:
        added = _add([(booking, line) for booking in bookings for line in booking.changes.add], language)
        moved = [
            WriteOff(booking.owner, move.line.row, move.line, move.closed_on or booking.day)
            for booking in bookings
            for move in booking.changes.move
            if move.status is LineStatus.CLOSED
        ]
        post([_posting(write_off, language) for write_off in (*moved, *added)])


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
    for _booking, line in lines:
        refuse_unfit(Charge, {"quantity": line.quantity, "unit_price": line.unit_price, "amount": line.amount})
    rows = [_row(booking, line, language) for booking, line in lines]
    with connection.cursor() as cursor:
        cursor.execute(ADD_CHARGES, [list(column) for column in zip(*rows, strict=True)])
        # The numbers were given in the order of the rows, whatever order they come back in.
        numbers = sorted(number for (number,) in cursor.fetchall())
    return [
        WriteOff(booking.owner, number, line, line.closed_on or booking.day)
        for number, (booking, line) in zip(numbers, lines, strict=True)
        if line.status is LineStatus.CLOSED
    ]


def _row(booking: Booking, line: Line, language: str) -> tuple[object, ...]:
    """Return the values of a new charge, in the order of ADD_CHARGES."""
    owner = booking.owner
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
        line.period.start,
        line.period.end,
        line.billing_period.start,
        line.billing_period.end,
        booking.day,
        line.closed_on,
    )


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


def operators_language() -> str:
    """Return the operator's default language, in which charges are described for everybody (CR-502)."""
    return Reseller.objects.filter(parent=None).values_list("default_language", flat=True).first() or "en"


@contextmanager
def operators_language_in_use() -> Iterator[str]:
    """Speak the operator's default language for the length of the block, and yield it."""
    language = operators_language()
    with override(language):
        yield language


def describe(name: str, line: Line, language: str) -> str:
    """Return the charge's description: what, how many, for which days (the last included).

    `language` is the active one: texts of days are kept by it, because the night writes the same ones over and over.
    """
    text = _USED if line.source is Source.USAGE else _TEXTS.get(line.type, _RECURRING)
    return gettext(text) % {
        "name": shortened(name, 200),
        "quantity": line.quantity if isinstance(line.quantity, int) else number_text(line.quantity),
        "from": _day_text(line.period.start, language),
        "to": _day_text(line.period.end - ONE_DAY, language),
    }


@lru_cache(maxsize=1000)
def _day_text(day: date, _language: str) -> str:
    return day_text(day)


def in_minor_units(amount: Decimal, currency: str) -> Decimal:
    """Return an amount of the books with the currency's own number of decimals: 19.350 USD is 19.35."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)))


def reverse(charge: Charge, *, day: date) -> None:
    """Take back a Closed charge: what it took from the balance is put back by a posting of its own, on `day`.

    The charge is Refunded from then on, and keeps the day on which it was closed: what it took stands in the account's
    book for good, beside what put it back. The account is locked by the caller. Raises ValueError for a charge that is
    not Closed: it took nothing.
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
    charge.status = ChargeStatus.REFUNDED
    charge.save(update_fields=["status"])


def settle_refunds(order_id: int) -> int:
    """Make refunded what an order gave back, now that the vendor has let it go; return how many charges there were.

    Nothing is posted: the money was only reserved, and is available again.
    """
    waiting = Charge.objects.filter(order=order_id, status=ChargeStatus.WAITING_FOR_REFUND)
    return waiting.update(status=ChargeStatus.REFUNDED)
