"""What resellers owe one another: written when a charge of an account closes, taken back when that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext, gettext_noop

from billing.engine.chain import Level, Owed, owed, owed_together
from billing.engine.lines import Line
from billing.models import ResellerCharge
from core.cleaning import shortened
from core.fitting import refuse_unfit

OWE = """
    INSERT INTO billing_resellercharge (creditor_id, debtor_id, level, charge_id, account_id, subscription_id, type,
        description, quantity, unit_price, price_row, currency, granted, discount, amount, net_cost, operate_from,
        operate_to, period_from, period_to, created_on)
    SELECT creditor_id, debtor_id, level, charge_id, account_id, subscription_id, type, description, quantity,
        unit_price, price_row, currency, granted, discount, amount, net_cost, operate_from, operate_to, period_from,
        period_to, created_on
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
        %s::text[], %s::numeric[], %s::numeric[], %s::bigint[], %s::text[], %s::numeric[], %s::numeric[],
        %s::numeric[], %s::numeric[], %s::date[], %s::date[], %s::date[], %s::date[], %s::date[]) WITH ORDINALITY
        AS owed(creditor_id, debtor_id, level, charge_id, account_id, subscription_id, type, description, quantity,
            unit_price, price_row, currency, granted, discount, amount, net_cost, operate_from, operate_to,
            period_from, period_to, created_on, place)
    ORDER BY place
"""
_TAKEN_BACK = gettext_noop("Taken back: %(charge)s")


@dataclass(frozen=True, slots=True)
class Sold:
    """A charge of an account that closes on `day`, of a plan that has `levels` above its seller.

    What was closed by hand owes the sums of the lines that it `replaced`.
    """

    charge_id: int
    account_id: int
    subscription_id: int
    currency: str
    description: str
    line: Line
    levels: Sequence[Level]
    day: date
    replaced: Sequence[Line] = ()


def charge_resellers(sold: Sequence[Sold]) -> None:
    """Write what each level is owed for the charges: one statement, however many; none where no level is."""
    rows = [_row(one, level, owes) for one in sold for level, owes in _owed(one)]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(OWE, [list(column) for column in zip(*rows, strict=True)])


def _owed(sold: Sold) -> Iterator[tuple[int, Owed]]:
    owing = (
        owed_together(sold.replaced, sold.levels, sold.currency)
        if sold.replaced
        else owed(sold.line, sold.levels, sold.currency)
    )
    for level, owes in enumerate(owing, 1):
        refuse_unfit(ResellerCharge, {"unit_price": owes.unit_price, "amount": owes.gross})
        yield level, owes


def _row(sold: Sold, level: int, owes: Owed) -> tuple[object, ...]:
    """Return the values of a new row, in the order of OWE."""
    line = sold.line
    return (
        owes.level.creditor,
        owes.level.debtor,
        level,
        sold.charge_id,
        sold.account_id,
        sold.subscription_id,
        str(line.type),
        sold.description,
        line.quantity,
        owes.unit_price,
        owes.row,
        sold.currency,
        owes.granted,
        owes.gross - owes.amount,
        owes.amount,
        owes.net_cost,
        line.period.start,
        line.period.end,
        line.billing_period.start,
        line.billing_period.end,
        sold.day,
    )


def take_back(charge_id: int, *, day: date) -> None:
    """Write rows that take back what resellers owe for a charge, on `day`; those of the charge stay."""
    ResellerCharge.objects.bulk_create(
        ResellerCharge(
            **{name: getattr(owes, name) for name in KEPT},
            reverses=owes,
            description=shortened(gettext(_TAKEN_BACK) % {"charge": owes.description}, 300),
            discount=-owes.discount,
            amount=-owes.amount,
            net_cost=None if owes.net_cost is None else -owes.net_cost,
            created_on=day,
        )
        for owes in ResellerCharge.objects.filter(charge=charge_id, reverses=None, reversed_by=None).order_by("pk")
    )


# What a row that takes back another has of it.
KEPT = (
    "creditor_id",
    "debtor_id",
    "level",
    "charge_id",
    "account_id",
    "subscription_id",
    "type",
    "quantity",
    "unit_price",
    "price_row",
    "currency",
    "granted",
    "operate_from",
    "operate_to",
    "period_from",
    "period_to",
)
