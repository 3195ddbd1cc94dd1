"""Credit hold: whom the balance puts there and since when, and what is to be paid to leave it.

Nothing of this is kept beside the ledger and the account's terms: on every day an account that nobody else holds is on
credit hold exactly where `Standing.to_pay` of that day is more than nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from accounts.actors import Actor
from accounts.models import Account, AccountStatus, PaymentModel
from billing.descriptions import operators_language_in_use
from billing.funds import with_funds
from billing.models import Payment, PaymentKind, PaymentStatus

# The balance, the day of the first entry since it was last not negative, and the last day on which anything was booked.
STANDINGS = """
    SELECT account.id, head.balance, negative.day, GREATEST(head.day, charge.created_on)
    FROM unnest(%s::bigint[]) AS account(id)
    CROSS JOIN LATERAL (
        SELECT balance, day FROM billing_ledgerentry WHERE account_id = account.id AND book = 'account'
        ORDER BY number DESC LIMIT 1
    ) AS head
    LEFT JOIN LATERAL (
        SELECT created_on FROM billing_charge WHERE account_id = account.id AND head.balance < 0
        ORDER BY id DESC LIMIT 1
    ) AS charge ON TRUE
    LEFT JOIN LATERAL (
        SELECT day FROM billing_ledgerentry
        WHERE account_id = account.id AND book = 'account' AND head.balance < 0 AND number > COALESCE((
            SELECT number FROM billing_ledgerentry
            WHERE account_id = account.id AND book = 'account' AND balance >= 0 ORDER BY number DESC LIMIT 1
        ), 0)
        ORDER BY number LIMIT 1
    ) AS negative ON TRUE
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands with its balance, in the account's currency.

    It may go `allowed` below zero for `period` days (-1: without end). `since` is the day from which the balance has
    been negative, None where it is not; `last_day` the last day on which anything was booked.
    """

    balance: Decimal
    allowed: Decimal
    period: int
    since: date | None = None
    last_day: date | None = None
    postpay: bool = False

    def to_pay(self, day: date) -> Decimal:
        """Return what is missing on `day`: the whole debt once the period has passed, before it what exceeds the limit.

        Nothing where the account need not be on hold, as in postpay: what is not paid there blocks its subscriptions.
        """
        if self.postpay:
            return Decimal(0)
        floor = Decimal(0) if self._too_long(day) else -self.allowed
        return max(floor - self.balance, Decimal(0))

    def held_from(self, today: date) -> date | None:
        """Return the day up to `today` from which the account is to be on hold, None for none.

        That of a period that has passed is known, however late the night comes. Days on which something was booked
        since are not undone: then, and where the terms have become stricter, it is `today`.
        """
        if not self.to_pay(today):
            return None
        if self.since is None or self.balance < -self.allowed:
            return today
        passed = self.since + timedelta(days=self.period + 1)
        return passed if self.last_day is None or self.last_day <= passed else today

    def _too_long(self, day: date) -> bool:
        return self.since is not None and 0 <= self.period < (day - self.since).days


def standings_of(accounts: Collection[Account]) -> dict[int, Standing]:
    """Return how each of the accounts stands, by id. One statement; the accounts' classes are loaded."""
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, [[account.pk for account in accounts]])
        found = {pk: facts for pk, *facts in cursor.fetchall()}
    standings = {}
    for account in accounts:
        balance, since, last_day = found.get(account.pk, (Decimal(0), None, None))
        period = account.account_class.subzero_period
        standings[account.pk] = Standing(balance, account.allowed_negative, period, since, last_day, account.is_postpay)
    return standings


def standing_of(account: Account) -> Standing:
    """Return how one account stands."""
    return standings_of([account])[account.pk]


def out_of_step(today: date, accounts: QuerySet[Account]) -> set[int]:
    """Return the ids of those of the accounts whose status is not what their balance says today. Two statements."""
    judged = accounts.filter(status__in=(AccountStatus.ACTIVE, AccountStatus.CREDIT_HOLD))
    judged = judged.exclude(account_class__payment_model=PaymentModel.POSTPAY)
    doubtful = with_funds(judged).filter(Q(balance__lt=0) | Q(status=AccountStatus.CREDIT_HOLD))
    found = list(doubtful.select_related("account_class"))
    standings = standings_of(found)
    return {account.pk for account in found if _is_wrong(account, standings[account.pk], today)}


def move_holds(accounts: Iterable[Account], day: date) -> tuple[list[Account], list[Account]]:
    """Put on credit hold whose balance says so on `day`, release whom it does no longer; return both.

    The accounts are locked by the caller; their `status` is what it then is. At most three statements.
    """
    accounts = list(accounts)
    standings = standings_of(accounts)
    wrong = [account for account in accounts if _is_wrong(account, standings[account.pk], day)]
    entered = [account for account in wrong if account.status == AccountStatus.ACTIVE]
    left = [account for account in wrong if account.status == AccountStatus.CREDIT_HOLD]
    for moved, status in ((entered, AccountStatus.CREDIT_HOLD), (left, AccountStatus.ACTIVE)):
        if moved:
            Account.objects.filter(pk__in=[account.pk for account in moved]).update(status=status)
        for account in moved:
            account.status = status
    return entered, left


def open_debt_payment(*, actor: Actor, account: Account, today: date) -> Payment | None:
    """Open the payment with which the account leaves its credit hold; None where one that suffices is awaited already.

    The caller has locked the account and checked who may order.
    """
    amount = standing_of(account).to_pay(today)
    awaited = Payment.objects.filter(
        account=account, kind=PaymentKind.TOP_UP, status=PaymentStatus.WAITING_FOR_PAYMENT, amount__gte=amount
    )
    if not amount or awaited.exists():
        return None
    with operators_language_in_use():
        comment = gettext("To leave the credit hold")
    return Payment.opened(PaymentKind.TOP_UP, account, amount, today, created_by=actor.user, comment=comment)


def _is_wrong(account: Account, standing: Standing, day: date) -> bool:
    owes = standing.to_pay(day) > 0
    return account.status == (AccountStatus.ACTIVE if owes else AccountStatus.CREDIT_HOLD)
