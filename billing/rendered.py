"""Payments for rendered services (postpay): taken from the balance on their due date, expired the day after.

Their charges have lowered the balance when they closed. What may be allotted to a payment is therefore the balance and
all that still waits to be paid together; nothing is posted for one that is taken from it (spec/billing-types.md T27)
but the tax that its invoice has added, which no closing has taken.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet

from accounts.models import Account
from billing import tax_book
from billing.funds import unpaid_of, with_funds
from billing.models import Payment, PaymentStatus, ToInvoice


@dataclass
class Looked:
    """What a night made of the payments that it had to look at, by id."""

    completed: list[int] = field(default_factory=list)
    expired: list[int] = field(default_factory=list)


def look_at_payments(account_ids: Collection[int], day: date) -> Looked:
    """Complete what is due on `day` and covered, the oldest first, and let expire what nobody has paid by then.

    The accounts are locked by the caller. A fixed number of statements.
    """
    awaited = Payment.objects.filter(
        account__in=account_ids, look_on__lte=day, status=PaymentStatus.WAITING_FOR_PAYMENT
    )
    rows = list(awaited.order_by("pk").values_list("pk", "account_id", "amount", "expires_on", "tax"))
    looked = Looked()
    due = [row for row in rows if row[3] is None or row[3] > day]
    free = not_allotted({row[1] for row in due})
    waiting = []
    for pk, account_id, amount, *_more in due:
        if free[account_id] >= amount:
            free[account_id] -= amount
            looked.completed.append(pk)
        else:
            waiting.append(pk)
    looked.expired = [pk for pk, _account, _amount, expires, _tax in rows if expires is not None and expires <= day]
    payments = Payment.objects
    payments.filter(pk__in=looked.completed).update(
        status=PaymentStatus.COMPLETED, closed_on=day, look_on=None, from_balance=True
    )
    tax_book.taken([pk for pk, *_more, tax in rows if tax and pk in looked.completed], day)
    payments.filter(pk__in=waiting).update(look_on=F("expires_on"))
    payments.filter(pk__in=looked.expired).update(status=PaymentStatus.EXPIRED, look_on=None)
    return looked


def documents_due(today: date) -> tuple[QuerySet[Payment], QuerySet[ToInvoice]]:
    """Return the payments that nights up to and with `today` have to look at, and what they have to invoice."""
    return Payment.objects.filter(look_on__lte=today), ToInvoice.objects.filter(day__lt=today)


def not_allotted(account_ids: Collection[int]) -> dict[int, Decimal]:
    """Return the money of each account that no charge has taken yet and no payment waits for. Two statements."""
    if not account_ids:
        return {}
    unpaid = unpaid_of(account_ids)
    balances = with_funds(Account.objects.filter(pk__in=account_ids)).values_list("pk", "balance")
    return {pk: balance + unpaid.get(pk, Decimal(0)) for pk, balance in balances}
