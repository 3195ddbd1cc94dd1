"""What the nights have before them on accounts: the first day of each kind of work, asked of all tables at once.

Every verb asks it before it begins, and the night between two days: one statement.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account, AccountStatus
from billing import guarantees
from billing.models import GuaranteeStatus
from billing.rendered import documents_due
from subscriptions.contract.due import STABLE
from subscriptions.contract.terms import UNDER_CHANGE
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.night.holds import HOLDS, MAY_ACTIVATE, RUNNING, unsettled
from subscriptions.night.used import to_charge

# What is deleted in postpay is charged on its last billing day.
DUE_STATUSES = (*STABLE, *UNDER_CHANGE, SubscriptionStatus.DELETED)

FIRST_DAYS = """
    SELECT
        (SELECT MIN(due_on) FROM subscriptions_subscription
          WHERE account_id = ANY(%(accounts)s) AND due_on <= %(today)s AND status = ANY(%(due)s)),
        (SELECT MIN(day) FROM billing_usagetocharge
          WHERE account_id = ANY(%(accounts)s) AND day <= %(used_up_to)s),
        (SELECT MIN(expires_on) FROM billing_guaranteedpayment
          WHERE account_id = ANY(%(accounts)s) AND expires_on <= %(today)s AND status = %(provided)s),
        (SELECT MIN(look_on) FROM billing_payment
          WHERE account_id = ANY(%(accounts)s) AND look_on IS NOT NULL AND look_on <= %(today)s),
        (SELECT MIN(day) + 1 FROM billing_toinvoice WHERE account_id = ANY(%(accounts)s) AND day < %(today)s),
        ARRAY(SELECT DISTINCT account_id FROM subscriptions_subscription
               WHERE account_id = ANY(%(held)s) AND status = ANY(%(running)s)
                  OR account_id = ANY(%(free)s) AND status = ANY(%(standing)s) AND stop_reason = ANY(%(reasons)s))
"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The first day of each kind of work, None where there is none, and whose holds are not carried out yet.

    `due_on`: a step of a subscription; `used_on`: usage to charge; `over_on`: a guaranteed payment expires; `paid_on`:
    a payment for rendered services to look at; `invoiced_on`: invoices to make. `left_over`: accounts of which a
    subscription runs although they are on hold, or stands still although they no longer are.
    """

    due_on: date | None
    used_on: date | None
    over_on: date | None
    paid_on: date | None
    invoiced_on: date | None
    left_over: Collection[int]

    @property
    def days(self) -> tuple[date | None, ...]:
        """All of the days."""
        return self.due_on, self.used_on, self.over_on, self.paid_on, self.invoiced_on


def ahead_of(accounts: Collection[Account], today: date, *, used_up_to: date) -> Ahead:
    """Return what is to be done on the accounts up to and with `today`, of usage up to `used_up_to`. One statement."""
    asked = {
        "accounts": [account.pk for account in accounts],
        "held": [account.pk for account in accounts if account.status in HOLDS],
        "free": [account.pk for account in accounts if account.status == AccountStatus.ACTIVE],
        "today": today,
        "used_up_to": used_up_to,
        "due": [str(status) for status in DUE_STATUSES],
        "provided": str(GuaranteeStatus.PROVIDED),
        "running": [str(status) for status in RUNNING],
        "standing": [str(status) for status in MAY_ACTIVATE],
        "reasons": [str(reason) for reason in HOLDS.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DAYS, asked)
        return Ahead(*cursor.fetchone())


def accounts_waiting(today: date, among: Collection[int] | None = None) -> QuerySet[Account]:
    """Return the accounts on which something is due, or whose hold is not what it should be; of all, or of `among`."""
    due_subscriptions = Subscription.objects.filter(due_on__lte=today, status__in=DUE_STATUSES)
    due = Q(Exists(due_subscriptions.filter(account=OuterRef("pk"))))
    used = Q(Exists(to_charge(today).filter(account=OuterRef("pk"))))
    over = Q(Exists(guarantees.to_expire(today).filter(account=OuterRef("pk"))))
    documents = [Q(Exists(rows.filter(account=OuterRef("pk")))) for rows in documents_due(today)]
    waiting = Account.objects.filter(
        due | used | over | documents[0] | documents[1] | Q(pk__in=unsettled(today, among))
    )
    return waiting if among is None else waiting.filter(pk__in=among)
