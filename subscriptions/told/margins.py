"""What is left to a reseller of what it sells: earned from below, owed upstream or to the vendor, by month and plan."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db import connection

from accounts.actors import Actor
from billing.charge_rows import JOINED_FOR_PLAN, PLAN_OF_CHARGE
from core.money import minor_units

# So many months are shown, the newest first.
MONTHS = 24
# What closed of the reseller's own customers; what the level below owes it; what it owes the level above. Of a plan of
# its own the vendor's price is what it owes: it stands in the row of what is earned from below, and for its own
# customers in the price list's row of the charge. A level's plan is the one of its own in the chain of the plan that
# was sold when the charge was made (`billing.charge_rows.PLAN_OF_CHARGE`).
STATEMENT = f"""
    WITH RECURSIVE ours AS (
        SELECT id AS sold, id AS own, name, parent_id FROM subscriptions_plan WHERE reseller_id = %(reseller)s
        UNION ALL
        SELECT plan.id, ours.own, ours.name, ours.parent_id
        FROM subscriptions_plan plan JOIN ours ON plan.parent_id = ours.sold
    ), moved AS (
        SELECT {PLAN_OF_CHARGE} AS plan_id, charge.closed_on AS day, charge.currency, charge.amount AS earned,
               CASE WHEN upstream.parent_id IS NULL THEN COALESCE(ROUND(
                   price.net_cost * charge.quantity * CASE WHEN charge.source = 'usage' THEN 1
                       ELSE (charge.operate_to - charge.operate_from)::numeric / (charge.period_to - charge.period_from)
                   END, %(decimals)s), 0)
               ELSE 0 END AS owed
        FROM billing_charge charge {JOINED_FOR_PLAN}
        JOIN subscriptions_plan upstream ON upstream.id = {PLAN_OF_CHARGE}
        LEFT JOIN subscriptions_resourceprice price ON price.id = charge.price_id AND charge.type = 'recurring_fee'
        WHERE charge.reseller_id = %(reseller)s AND charge.status = 'closed' AND charge.closed_on >= %(since)s
        UNION ALL
        SELECT {PLAN_OF_CHARGE}, owes.created_on, owes.currency, owes.amount,
               CASE WHEN EXISTS (
                   SELECT FROM billing_resellercharge upstream
                   WHERE upstream.charge_id = owes.charge_id AND upstream.level = owes.level + 1
               ) THEN 0 ELSE COALESCE(owes.net_cost, 0) END
        FROM billing_resellercharge owes JOIN billing_charge charge ON charge.id = owes.charge_id {JOINED_FOR_PLAN}
        WHERE owes.creditor_id = %(reseller)s AND owes.created_on >= %(since)s
        UNION ALL
        SELECT {PLAN_OF_CHARGE}, owes.created_on, owes.currency, 0, owes.amount
        FROM billing_resellercharge owes JOIN billing_charge charge ON charge.id = owes.charge_id {JOINED_FOR_PLAN}
        WHERE owes.debtor_id = %(reseller)s AND owes.created_on >= %(since)s
    )
    SELECT DATE_TRUNC('month', moved.day)::date, ours.name, moved.currency, SUM(moved.earned), SUM(moved.owed)
    FROM moved JOIN ours ON ours.sold = moved.plan_id
    GROUP BY 1, ours.own, ours.name, moved.currency
    ORDER BY 1 DESC, ours.name, ours.own
"""  # noqa: S608 - texts of our own


@dataclass(frozen=True, slots=True)
class Margin:
    """What a plan brought in a month, and what it cost, in a currency."""

    plan: str
    currency: str
    earned: Decimal
    owed: Decimal

    @property
    def margin(self) -> Decimal:
        """What is left."""
        return self.earned - self.owed


@dataclass(frozen=True, slots=True)
class Month:
    """The margins of a month, by plan and together by currency; `day` is its first."""

    day: date
    rows: tuple[Margin, ...]

    @property
    def sums(self) -> list[Margin]:
        """What the plans brought together, in each currency."""
        currencies = dict.fromkeys(row.currency for row in self.rows)
        return [_together([row for row in self.rows if row.currency == currency]) for currency in currencies]


def _together(rows: list[Margin]) -> Margin:
    return Margin(
        "",
        rows[0].currency,
        sum((row.earned for row in rows), Decimal(0)),
        sum((row.owed for row in rows), Decimal(0)),
    )


def margins_of(actor: Actor, *, today: date) -> list[Month]:
    """Return the margins of the actor's own reseller of the last MONTHS months, the newest first; of no other's.

    One statement. Raises Forbidden.
    """
    actor.require("reseller_charges.view")
    if actor.reseller is None:
        return []
    months = today.year * 12 + today.month - MONTHS
    since = date(months // 12, months % 12 + 1, 1)
    values = {"reseller": actor.reseller.pk, "since": since, "decimals": minor_units(actor.reseller.currency)}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        found = cursor.fetchall()
    return [
        Month(day, tuple(Margin(plan, currency, earned, owed) for _day, plan, currency, earned, owed in rows))
        for day, rows in groupby(found, key=lambda row: row[0])
    ]
