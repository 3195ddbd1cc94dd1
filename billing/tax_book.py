"""The book of taxes: what paid documents have brought in taxes that are added to prices. It is on nobody's balance.

A document that is paid from outside brings its tax along; one that is settled from the balance takes it from there.
What is taken back of a document gives its tax back.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext

from billing.descriptions import operators_language_in_use
from billing.funds import Posting, post, post_beside
from billing.models import CreditNote, LedgerEntry, Payment, PaymentStatus, PostingKind

SETTLED = (PaymentStatus.COMPLETED, PaymentStatus.PAID_FROM_BALANCE)


def received(payment: Payment, day: date) -> None:
    """Put the tax of a payment that came from outside into the book, if it has any. The account is locked."""
    if payment.tax:
        post_beside(_posting(payment, PostingKind.TAX, payment.tax, day))


def taken(payments: Sequence[Payment], day: date) -> None:
    """Take the taxes of payments that were settled from the balances. The accounts are locked; two statements."""
    post([_posting(payment, PostingKind.TAX_TAKEN, -payment.tax, day) for payment in payments if payment.tax])


def given_back(order_id: int, day: date) -> None:
    """Give the taxes of an order's settled payments back to the balance: the order came to nothing. Once.

    The account is locked by the caller.
    """
    paid = list(Payment.objects.filter(order=order_id, status__in=SETTLED, tax__gt=0).order_by("pk"))
    gone = {f"payment:{payment.pk}:{PostingKind.TAX_RETURNED}" for payment in paid}
    gone = set(LedgerEntry.objects.filter(key__in=gone).values_list("key", flat=True)) if gone else set()
    postings = [_posting(payment, PostingKind.TAX_RETURNED, payment.tax, day) for payment in paid]
    post([posting for posting in postings if posting.key not in gone])


def credited(note: CreditNote, day: date) -> None:
    """Give the added tax of a credit note back to the balance. The account is locked by the caller."""
    with operators_language_in_use():
        said = gettext("Tax on credit note %(number)s") % {"number": note.number}
    post(
        [
            Posting(
                key=f"credit_note:{note.pk}:tax",
                kind=PostingKind.TAX_RETURNED,
                account_id=note.account_id,
                amount=-note.added_tax,
                currency=note.currency,
                day=day,
                description=said,
            )
        ]
    )


def tax_asked(order: Model | None) -> Decimal:
    """Return the tax that the waiting payment of an order asks for, nothing without one. One statement."""
    if order is None:
        return Decimal(0)
    waiting = Payment.objects.filter(order=order.pk, status=PaymentStatus.WAITING_FOR_PAYMENT)
    return waiting.values_list("tax", flat=True).first() or Decimal(0)


def _posting(payment: Payment, kind: PostingKind, amount: Decimal, day: date) -> Posting:
    with operators_language_in_use():
        said = gettext("Tax on payment %(number)s") % {"number": payment.number}
    return Posting(
        key=f"payment:{payment.pk}:{kind}",
        kind=kind,
        account_id=payment.account_id,
        amount=amount,
        currency=payment.currency,
        day=day,
        description=said,
        payment_id=payment.pk,
    )
