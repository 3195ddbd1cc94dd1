"""Subscriptions that stand alike have the same night: the engine is asked for one of each, the database counts.

What the engine works on are terms, units and lines. Subscriptions in which these are the same, but for what they are
called, get one number from the database; of each number two subscriptions are read, and the night's own code says what
it closes and reserves. Where it does not say the same of both, or something else is due on an account, the night has
to be rehearsed for that account.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Account, AccountClass, AccountStatus, PaymentModel
from billing import guarantees
from billing.charging import WORKED_ON
from billing.engine.lines import Changes, LineStatus
from billing.funds import RESERVING, with_funds
from billing.holds import out_of_step
from billing.rendered import documents_due
from core.among import Among
from subscriptions.contract.due import STABLE
from subscriptions.contract.terms import UNDER_CHANGE, contracts_among
from subscriptions.models import UNFINISHED, Subscription, SubscriptionStatus
from subscriptions.night.holds import left_over
from subscriptions.night.renewals import closing_of, coming_of
from subscriptions.night.used import to_charge
from subscriptions.told import situation_rows as rows
from subscriptions.told.rehearsing import Fate, Outcome


class Due(NamedTuple):
    """A subscription on which something is due: what of its charges ends, and the number of its situation."""

    account_id: int
    subscription_id: int
    closes: Decimal
    alike: int


class Renewal(NamedTuple):
    """What the engine says of all subscriptions that stand alike."""

    needed: Decimal
    reserved: Decimal
    closed_at_once: Decimal
    needs_funds: bool


class Together(NamedTuple):
    """Accounts of one currency whose subscriptions all go on: how many, and what is closed and reserved of them."""

    currency: str
    accounts: int
    subscriptions: int
    closed: Decimal
    reserved: Decimal


@dataclass(frozen=True, slots=True)
class Counted:
    """The nights of some accounts: fates, what is closed and reserved of each; and of which it cannot be counted."""

    fates: tuple[Fate, ...]
    closed: Mapping[int, Decimal]
    reserved: Mapping[int, Decimal]
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Situations:
    """What a night does to accounts, where nothing is due on them but that a billing period begins.

    `together` are those of which all goes on; `single` those that had to be looked at one by one, because of their
    money; `others` have to be rehearsed. Tables of the database stand behind it until the transaction ends.
    """

    together: tuple[Together, ...]
    single: Counted
    others: tuple[int, ...]
    renewals: Mapping[int, Renewal | None]

    def going_on(self, after: int, number: int) -> list[int]:
        """Return the ids, in order, of the first accounts behind `after` of which all goes on."""
        return [pk for (pk,) in _rows(rows.NEXT, [after, number])]

    def nights_of(self, account_ids: Collection[int]) -> Counted:
        """Return the nights of accounts, subscription by subscription."""
        return _counted(account_ids, self.renewals)


def situations(accounts: QuerySet[Account], day: date) -> Situations:
    """Return what the night of `day` does to the accounts; called within a transaction.

    A fixed number of statements, however many subscriptions; one by one are looked at two of each situation, and the
    accounts that do not have the money for everything.
    """
    with connection.cursor() as cursor:
        cursor.execute(rows.SETTINGS)
    others = _gather(accounts, day)
    renewals = _renewals([Due._make(row) for row in _rows(rows.ALIKE)], day)
    known = [(alike, *said[:3]) for alike, said in renewals.items() if said is not None]
    columns = [list(column) for column in zip(*known, strict=True)] or [[]] * 4
    values: list[Any] = [AccountStatus.ACTIVE, PaymentModel.PREPAY, *columns, list(RESERVING)]
    with connection.cursor() as cursor:
        cursor.execute(rows.OF_ACCOUNTS, values)
    single = _counted([pk for (pk,) in _rows(rows.ONE_BY_ONE)], renewals)
    together = tuple(map(Together._make, _rows(rows.SUMS)))
    with connection.cursor() as cursor:
        cursor.execute(rows.AS_BEFORE)
    return Situations(together, single, tuple(sorted({*others, *single.others})), renewals)


def _gather(accounts: QuerySet[Account], day: date) -> set[int]:
    """Put what is due into the table night_due, but for accounts on which more is due; return the ids of these."""
    visible, params = _visible(accounts)
    values: dict[str, Any] = {
        "day": day, "active": SubscriptionStatus.ACTIVE, "prepay": PaymentModel.PREPAY, "unfinished": list(UNFINISHED),
        "statuses": [*STABLE, *UNDER_CHANGE, SubscriptionStatus.DELETED], "live": list(WORKED_ON),
        "blocked": LineStatus.BLOCKED.value,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(rows.FORGET)
        cursor.execute(rows.DUE.format(visible=visible), values | params)
        cursor.execute("ANALYZE night_due (account_id)")
        others = _waiting(accounts, day)
        cursor.execute(rows.LEAVE_OUT, [sorted(others)])
        others.update(pk for (pk,) in cursor.fetchall())
    return others


def _waiting(accounts: QuerySet[Account], day: date) -> set[int]:
    """Return on which of the accounts the night has to do something else than to go on with subscriptions.

    Whether their balance asks for another status is told of those on which nothing is due: of the others it is seen
    when their money is.
    """
    waiting = left_over()
    for more in (to_charge(day), guarantees.to_expire(day), *documents_due(day)):
        waiting.update(more.values_list("account", flat=True))
    found = set(accounts.filter(Among("pk", waiting)).values_list("pk", flat=True)) if waiting else set()
    quiet = RawSQL(rows.NOT_DUE, [], BooleanField())  # noqa: S611 - a text of our own
    return found | out_of_step(day, accounts.filter(quiet))


def _visible(accounts: QuerySet[Account]) -> tuple[str, dict[str, Any]]:
    """Return the statement that selects the accounts' ids, and its values by name."""
    try:
        statement, values = accounts.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE FALSE", {}
    named = {f"visible_{place}": value for place, value in enumerate(values)}
    return statement.replace("%%", "%%%%") % tuple(f"%({name})s" for name in named), named


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _counted(account_ids: Collection[int], renewals: Mapping[int, Renewal | None]) -> Counted:
    """Return the nights of the accounts, one after the other. Three statements."""
    due = map(Due._make, _rows(rows.BY_ACCOUNT, [list(account_ids)]) if account_ids else ())
    funds = _funds(account_ids) if account_ids else {}
    fates: list[Fate] = []
    closed, reserved, others = {}, {}, []
    for pk, of_one in groupby(due, lambda one: one.account_id):
        night = _night_of(list(of_one), renewals, *funds[pk]) if pk in funds else None
        if night is None:
            others.append(pk)
            continue
        fates += night[0]
        closed[pk], reserved[pk] = night[1:]
    return Counted(tuple(fates), closed, reserved, tuple(others))


def _renewals(due: Collection[Due], day: date) -> dict[int, Renewal | None]:
    """Return what the night's own code says of each situation, asked of the subscriptions that are given.

    None where it does not say the same of both, or closes something else than what ends with the period.
    """
    asked = {one.subscription_id: one for one in due}
    subscriptions = Subscription.objects.filter(Among("pk", asked))
    accounts = Account.objects.filter(Among("pk", {one.account_id for one in asked.values()}))
    by_id = {account.pk: account for account in accounts.prefetch_related("account_class", "reseller")}
    said: dict[int, Renewal | None] = {}
    for contract in contracts_among(by_id, subscriptions, night_of=day):
        one = asked[contract.subscription.pk]
        closing, coming = closing_of(contract, day), coming_of(contract, day)
        says = None
        if _amount(closing, LineStatus.CLOSED) == one.closes and not _amount(closing, LineStatus.BLOCKED):
            reserved, closed_at_once = (_amount(coming, status) for status in (LineStatus.BLOCKED, LineStatus.CLOSED))
            says = Renewal(coming.reserves, reserved, closed_at_once, contract.rules.needs_funds)
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
    return (fates, closed, reserved) if balance >= max(closed, 0) else None
