"""Subscriptions that stand alike have the same night: the engine is asked for one of each, the database counts.

What the engine works on are terms, units and lines. Subscriptions in which these are the same, but for what they are
called, get one number from the database; of each number two subscriptions are read, and the night's own code says what
it closes and reserves. Where it does not say the same of both, or something else is due on an account, the night has
to be rehearsed for that account.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.db import connection, transaction

from accounts.models import Account, AccountClass, AccountStatus, PaymentModel
from billing import guarantees
from billing.charging import WORKED_ON
from billing.engine.lines import Changes, LineStatus
from billing.funds import with_funds
from billing.rendered import documents_due
from core.among import Among
from subscriptions.contract.due import STABLE
from subscriptions.contract.terms import UNDER_CHANGE, contracts_among
from subscriptions.models import UNFINISHED, Subscription, SubscriptionStatus
from subscriptions.night.holds import unsettled
from subscriptions.night.renewals import closing_of, coming_of
from subscriptions.night.used import to_charge
from subscriptions.told.rehearsing import Fate, Outcome

# Of each subscription that is due: its account, whether it does nothing but begin another billing period, what of its
# charges ends with the present one, and a number of all that the engine would be told of it.
DUE = """
    WITH due AS MATERIALIZED (
        SELECT id, account_id, billing_priority,
            status = %(active)s AND payment_model = %(prepay)s AND due_on = %(day)s AND next_billing_day = %(day)s
                AND COALESCE(expiration_date > %(day)s, TRUE) AS renews,
            concat_ws('|', plan_id, period_id, reseller_id, billing_type, currency, billing_day, fixed_price,
                trial, payment_model,
                CASE WHEN expiration_date IS NOT NULL THEN concat_ws('|', expiration_date, start_date, term_anchor) END
            ) AS agreed
        FROM subscriptions_subscription
        WHERE due_on <= %(day)s AND status = ANY(%(statuses)s) AND account_id = ANY(%(accounts)s::bigint[])
    ), units AS (
        SELECT subscription_id, string_agg(concat_ws(':', plan_resource_id, quantity, included,
            ordering_price, ordered_at_id), ',' ORDER BY id) AS held
        FROM subscriptions_subscriptionresource WHERE subscription_id IN (SELECT id FROM due) GROUP BY subscription_id
    ), lines AS (
        SELECT subscription_id, SUM(amount) FILTER (WHERE ends) AS closes, string_agg(
            CASE WHEN ends THEN concat_ws(':', type, block)
                ELSE concat_ws(':', type, status, source, block, quantity, unit_price, amount, discount, tax,
                    operate_from, operate_to, period_from, period_to, closed_on, subscription_resource_id) END,
            ',' ORDER BY id) AS shape
        FROM (SELECT *, status = %(blocked)s AND operate_to <= %(day)s AS ends FROM billing_charge
              WHERE status = ANY(%(live)s) AND subscription_id IN (SELECT id FROM due)) AS charge
        GROUP BY subscription_id
    ), waiting AS (
        SELECT DISTINCT subscription_id FROM subscriptions_order
        WHERE status = ANY(%(unfinished)s) AND subscription_id IN (SELECT id FROM due)
    )
    SELECT due.account_id, due.id, due.renews AND waiting.subscription_id IS NULL, COALESCE(lines.closes, 0),
        hashtextextended(concat_ws('/', due.agreed, units.held, lines.shape), 0)
    FROM due LEFT JOIN units ON units.subscription_id = due.id LEFT JOIN lines ON lines.subscription_id = due.id
        LEFT JOIN waiting ON waiting.subscription_id = due.id
    ORDER BY due.account_id, due.billing_priority, due.id
"""


class Due(NamedTuple):
    """A subscription on which something is due, as the statement gives it."""

    account_id: int
    subscription_id: int
    renews: bool
    closes: Decimal
    alike: int


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the engine says of all subscriptions that stand alike."""

    needed: Decimal
    reserved: Decimal
    closed_at_once: Decimal
    needs_funds: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """The accounts whose night could be counted: fates, what is closed and reserved of each; and all others."""

    fates: tuple[Fate, ...]
    closed: Mapping[int, Decimal]
    reserved: Mapping[int, Decimal]
    others: tuple[int, ...]


def counted(account_ids: Collection[int], day: date) -> Counted:
    """Return what the night of `day` does to the accounts on which nothing but that night is due, and which others are.

    A fixed number of statements, however many subscriptions.
    """
    due: dict[int, list[Due]] = defaultdict(list)
    for one in _due(account_ids, day):
        due[one.account_id].append(one)
    waiting = unsettled(day)
    for more in (to_charge(day), guarantees.to_expire(day), *documents_due(day)):
        waiting.update(more.values_list("account", flat=True))
    others = waiting.intersection(account_ids)
    others.update(one.account_id for of_one in due.values() for one in of_one if not one.renews)
    plain = {pk: of_one for pk, of_one in due.items() if pk not in others}
    renewals = _renewals([one for of_one in plain.values() for one in of_one], day)
    funds = _funds(plain)
    fates: list[Fate] = []
    closed, reserved = {}, {}
    for pk, of_one in plain.items():
        night = _night_of(of_one, renewals, *funds[pk]) if pk in funds else None
        if night is None:
            others.add(pk)
            continue
        fates += night[0]
        closed[pk], reserved[pk] = night[1:]
    return Counted(tuple(fates), closed, reserved, tuple(sorted(others)))


def _due(account_ids: Collection[int], day: date) -> Iterator[Due]:
    values = {
        "day": day, "accounts": list(account_ids), "active": SubscriptionStatus.ACTIVE,
        "statuses": [*STABLE, *UNDER_CHANGE, SubscriptionStatus.DELETED], "prepay": PaymentModel.PREPAY,
        "live": list(WORKED_ON), "blocked": LineStatus.BLOCKED.value, "unfinished": list(UNFINISHED),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a hundred thousand rows are sorted and joined in memory
        cursor.execute(DUE, values)
        yield from map(Due._make, cursor.fetchall())


def _renewals(due: Collection[Due], day: date) -> dict[int, Renewal | None]:
    """Return what the night's own code says of each situation, asked of its first and its last subscription.

    None where it does not say the same of both, or closes something else than what ends with the period.
    """
    first = {one.alike: one for one in reversed(due)}
    last = {one.alike: one for one in due}
    asked = {one.subscription_id: one for one in (*first.values(), *last.values())}
    rows = Subscription.objects.filter(Among("pk", asked))
    accounts = Account.objects.filter(Among("pk", {one.account_id for one in asked.values()}))
    by_id = {account.pk: account for account in accounts.prefetch_related("account_class", "reseller")}
    said: dict[int, Renewal | None] = {}
    for contract in contracts_among(by_id, rows, night_of=day):
        one = asked[contract.subscription.pk]
        closing, coming = closing_of(contract, day), coming_of(contract, day)
        says = None
        if _amount(closing, LineStatus.CLOSED) == one.closes and not _amount(closing, LineStatus.BLOCKED):
            amounts = (_amount(coming, status) for status in (LineStatus.BLOCKED, LineStatus.CLOSED))
            says = Renewal(coming.reserves, *amounts, contract.rules.needs_funds)
        said[one.alike] = says if said.get(one.alike, says) == says else None
    return said


def _amount(changes: Changes, status: LineStatus) -> Decimal:
    """Return what the changes bring to the status."""
    added = (line.amount for line in changes.add if line.status is status)
    moved = (move.line.amount for move in changes.move if move.status is status)
    return sum((*added, *moved), Decimal(0))


def _funds(account_ids: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Return balance and available money of the accounts that pay in advance and are on no hold."""
    classes = AccountClass.objects.filter(payment_model=PaymentModel.PREPAY).in_bulk()
    accounts = Account.objects.filter(
        Among("pk", account_ids), status=AccountStatus.ACTIVE, account_class__payment_model=PaymentModel.PREPAY
    )

    @cache
    def allowed(class_id: int, own: Decimal | None) -> Decimal:
        return Account(account_class=classes[class_id], credit_limit_override=own).allowed_negative

    columns = ("pk", "account_class", "credit_limit_override", "balance", "blocked")
    return {
        pk: (balance, balance - blocked + allowed(class_id, own))
        for pk, class_id, own, balance, blocked in with_funds(accounts).values_list(*columns)
    }


def _night_of(
    due: Collection[Due], renewals: Mapping[int, Renewal | None], balance: Decimal, available: Decimal
) -> tuple[list[Fate], Decimal, Decimal] | None:
    """Return the fates of an account's subscriptions, what is closed and reserved; None where it has to be rehearsed.

    As in the night: what ends is closed first, then whoever comes first takes what is available.
    """
    fates: list[Fate] = []
    closed = reserved = Decimal(0)
    for one in due:
        renewal = renewals[one.alike]
        if renewal is None:
            return None
        closed += one.closes
        if renewal.needed > available and renewal.needs_funds:
            fates.append(Fate(one.subscription_id, one.account_id, Outcome.SHORT))
            continue
        available -= renewal.needed
        closed += renewal.closed_at_once
        reserved += renewal.reserved
        fates.append(Fate(one.subscription_id, one.account_id, Outcome.RENEWED, renewal.reserved))
    # A balance below zero may put the account on hold.
    return (fates, closed, reserved) if balance >= closed else None
