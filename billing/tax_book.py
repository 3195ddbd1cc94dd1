"""The book of taxes: what paid documents have brought in taxes that are added to prices. It is on nobody's balance.

A document that is paid from outside brings its tax along; one that is settled from the balance takes it from there.
An invoice of prepay takes what no payment has brought (`prepaid_tax`). What is taken back of a document gives its tax
back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext

from billing.descriptions import operators_language_in_use
from billing.funds import Posting, post, post_beside
from billing.models import CreditNote, Invoice, LedgerEntry, Payment, PaymentStatus, PostingKind
from core.panel.formats import day_text

SETTLED = (PaymentStatus.COMPLETED, PaymentStatus.PAID_FROM_BALANCE)


def received(payment: Payment, day: date) -> None:
    """Put the tax of a payment that came from outside into the book, if it has any. The account is locked."""
    if payment.tax:
        for posting in _postings([payment], PostingKind.TAX, day):
            post_beside(posting)


def taken(payment_ids: Collection[int], day: date) -> None:
    """Take the taxes of payments that were settled from the balances; of none nothing is asked.

    The accounts are locked by the caller. Four statements, however many payments.
    """
    if payment_ids:
        payments = list(Payment.objects.filter(pk__in=payment_ids).order_by("pk"))
        post(_postings(payments, PostingKind.TAX_TAKEN, day, -1))


def given_back(order_id: int, day: date) -> None:
    """Give the taxes of an order's settled payments back to the balance: the order came to nothing. Once.

    The account is locked by the caller.
    """
    paid = list(Payment.objects.filter(order=order_id, status__in=SETTLED, tax__gt=0).order_by("pk"))
    keys = [_key(payment, PostingKind.TAX_RETURNED) for payment in paid]
    gone = set(LedgerEntry.objects.filter(key__in=keys).values_list("key", flat=True))
    waiting = [payment for payment, key in zip(paid, keys, strict=True) if key not in gone]
    post(_postings(waiting, PostingKind.TAX_RETURNED, day))


def left_over(payments: Mapping[int, Decimal], day: date) -> None:
    """Give back to the balance what no invoice will ever use of the taxes that payments have brought, by payment.

    Once a payment. The accounts are locked by the caller. Three statements, none for none.
    """
    if payments:
        rows = list(Payment.objects.filter(pk__in=payments).order_by("pk"))
        posted = zip(rows, _postings(rows, PostingKind.TAX_RETURNED, day), strict=True)
        post([replace(posting, amount=payments[payment.pk]) for payment, posting in posted])


def invoiced(invoices: Sequence[Invoice], day: date) -> None:
    """Take from the balances what invoices of prepay take of their tax (`tax_from_balance`).

    The accounts are locked by the caller. Three statements, none for none. It names the billing day, because asking for
    a number would hold up all who need one.
    """
    if not invoices:
        return
    with operators_language_in_use():
        post(
            [
                Posting(
                    key=f"invoice:{invoice.pk}:tax",
                    kind=PostingKind.TAX_TAKEN,
                    account_id=invoice.account_id,
                    amount=-(invoice.tax_from_balance or Decimal(0)),
                    currency=invoice.currency,
                    day=day,
                    description=gettext("Tax on the invoice of the billing day %(day)s")
                    % {"day": day_text(invoice.period_to)},
                )
                for invoice in invoices
            ]
        )


def credited(note: CreditNote, amount: Decimal, day: date) -> None:
    """Give added tax of a credit note back to the balance. The account is locked by the caller."""
    with operators_language_in_use():
        said = gettext("Tax on credit note %(number)s") % {"number": note.number}
    post(
        [
            Posting(
                key=f"credit_note:{note.pk}:tax",
                kind=PostingKind.TAX_RETURNED,
                account_id=note.account_id,
                amount=amount,
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


def _key(payment: Payment, kind: PostingKind) -> str:
    return f"payment:{payment.pk}:{kind}"


def _postings(payments: Sequence[Payment], kind: PostingKind, day: date, sign: int = 1) -> list[Posting]:
    """Return what is posted of the payments' taxes, described in the operator's language, which is asked for once."""
    if not payments:
        return []
    with operators_language_in_use():
        return [
            Posting(
                key=_key(payment, kind),
                kind=kind,
                account_id=payment.account_id,
                amount=sign * payment.tax,
                currency=payment.currency,
                day=day,
                description=gettext("Tax on payment %(number)s") % {"number": payment.number},
                payment_id=payment.pk,
            )
            for payment in payments
        ]
