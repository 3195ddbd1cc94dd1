"""Payments: opened for an order or a top-up, completed once, paid from the balance, cancelled."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from billing import tax_book
from billing.amounts import check_amount
from billing.books import day_of
from billing.descriptions import operators_language_in_use
from billing.funds import Posting, lock_accounts, post
from billing.guarantees import repaid
from billing.models import Payment, PaymentKind, PaymentMethod, PaymentStatus, PostingKind
from billing.parking import park, why_unwanted
from billing.queries import require_sight
from billing.signals import books_opening, payment_completed
from billing.taxing import explain, taxes_of_order
from core.errors import Refused, Remedy

CLOSE = """
    UPDATE billing_payment SET status = %s, closed_on = %s
    WHERE order_id = ANY(%s) AND status = 'waiting_for_payment' RETURNING id, tax
"""
WAITING = (PaymentStatus.WAITING_FOR_PAYMENT,)
# A person may send money after all for what was cancelled or paid otherwise.
MONEY_MAY_COME = (*WAITING, PaymentStatus.CANCELLED, PaymentStatus.PAID_FROM_BALANCE, PaymentStatus.EXPIRED)


class PaymentIsClosed(Refused):
    """The payment was completed or cancelled before."""

    code = "payment_is_closed"


class PaymentBelongsToOrder(Refused):
    """A payment for an order goes only together with its order."""

    code = "payment_belongs_to_order"


class PaymentBelongsToInvoice(Refused):
    """A payment for rendered services is owed, and not cancelled."""

    code = "payment_belongs_to_invoice"


class AccountIsDeleted(Refused):
    """No money moves on a deleted account."""

    code = "account_is_deleted"


class UnknownMethod(Refused):
    """The payment method is none of those that exist."""

    code = "unknown_method"
    field = "method"


def open_order_payment(
    *, actor: Actor, account: Account, order_id: int, amount: Decimal, today: date, due_on: date | None
) -> Payment:
    """Open the payment for an order, in the account's currency; the caller has checked who may order.

    It asks for `amount` and for the taxes that are added to it on `today`: for those of its share where the order costs
    more. The order's items are written.
    """
    taxes = taxes_of_order(order_id, amount, today)
    asked = amount + taxes.added
    payment = Payment.opened(
        PaymentKind.ORDER, account, asked, today, tax=taxes.added, created_by=actor.user, order_id=order_id,
        due_on=due_on,
    )  # fmt: skip
    explain(payment, taxes)
    return payment


@transaction.atomic
def open_top_up(
    *, actor: Actor, account: Account, amount: Decimal, today: date, method: str = "", comment: str = ""
) -> Payment:
    """Open a payment that tops the balance up, in the account's currency.

    Raises Forbidden, NotAnAmount, UnknownMethod, AccountIsDeleted.
    """
    actor.require("payments.create")
    require_sight(actor, account.pk)
    check_amount(amount, account.currency)
    _check_method(method)
    if account.status == AccountStatus.DELETED:
        raise AccountIsDeleted(_("The account is deleted: no money can be paid in."))
    opened_on = day_of(account.pk, today)
    return Payment.opened(
        PaymentKind.TOP_UP, account, amount, opened_on, created_by=actor.user, method=method, comment=comment
    )


@transaction.atomic
def complete_payment(*, actor: Actor, payment: Payment, today: date, method: str = "") -> Payment:
    """Take the money as received on `today`, by word of a manager or of the bank, and put it on the balance.

    Money for a closed order, a closed payment or a deleted account is set aside and told (billing/parking.py). Where
    the books are of a later day already, that is the day of the receipt (decision 31). Books the amount, its tax apart,
    once, however often it is called, and announces payment_completed, on which an order is carried out. Raises
    Forbidden, UnknownMethod, PaymentIsClosed.
    """
    actor.require("payments.approve")
    require_sight(actor, payment.account_id)
    _check_method(method)
    payment, today = _open_books(payment, today, may_complete)
    why = why_unwanted(payment)
    if why is not None:
        return park(payment, actor=actor, why=why, day=today, method=method)
    payment.status = PaymentStatus.COMPLETED
    payment.closed_on, payment.look_on = today, None
    payment.method = method or payment.method
    payment.approved_by = actor.user
    payment.save(update_fields=["status", "closed_on", "look_on", "method", "approved_by"])
    _book(payment, today)
    if payment.kind == PaymentKind.TOP_UP:
        repaid(payment.account_id, payment.amount, today)
    payment_completed.send(sender=Payment, payment=payment, today=today, actor=actor)
    return payment


def _book(payment: Payment, day: date) -> None:
    """Put what came on the balance, and the tax of it into its own book."""
    with operators_language_in_use():
        description = gettext("Payment %(number)s") % {"number": payment.number}
    post(
        [
            Posting(
                key=f"payment:{payment.pk}",
                kind=PostingKind.PAYMENT,
                account_id=payment.account_id,
                amount=payment.net,
                currency=payment.currency,
                day=day,
                description=description,
                payment_id=payment.pk,
            )
        ]
    )
    tax_book.received(payment, day)


@transaction.atomic
def cancel_payment(*, actor: Actor, payment: Payment, today: date) -> Payment:
    """Cancel a waiting top-up. Raises Forbidden, PaymentIsClosed; PaymentBelongsToOrder for the payment of an order."""
    actor.require("payments.cancel")
    require_sight(actor, payment.account_id)
    payment, today = _open_books(payment, today, may_cancel)
    payment.status = PaymentStatus.CANCELLED
    payment.closed_on = today
    payment.save(update_fields=["status", "closed_on"])
    return payment


def close_order_payments(*, order_ids: list[int], status: PaymentStatus, today: date) -> int:
    """Close the waiting payments of orders that were paid from the balance or cancelled; return how many there were.

    What is paid from the balance takes its tax from there. The accounts are locked by the caller. One statement, where
    taxes are taken five.
    """
    if not order_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [status, today, order_ids])
        closed = cursor.fetchall()
    if status == PaymentStatus.PAID_FROM_BALANCE:
        tax_book.taken([pk for pk, tax in closed if tax], today)
    return len(closed)


def may_complete(payment: Payment) -> None:
    """Raise PaymentIsClosed where no money can be taken as received for the payment."""
    _refuse_unless(payment, MONEY_MAY_COME)


def may_cancel(payment: Payment) -> None:
    """Do nothing where the payment can be cancelled by itself.

    Raises PaymentBelongsToOrder, PaymentBelongsToInvoice or PaymentIsClosed.
    """
    if payment.order_id is not None:
        raise PaymentBelongsToOrder(
            _("This payment is for the order %(order)s. Cancel the order, and the payment is cancelled with it.")
            % {"order": payment.order},
            remedy=Remedy("order", payment.order_id),
        )
    if payment.kind == PaymentKind.RENDERED_SERVICES:
        raise PaymentBelongsToInvoice(
            _("This payment is for services that were rendered: it is owed until it is paid.")
        )
    _refuse_unless(payment, WAITING)


def _refuse_unless(payment: Payment, statuses: Collection[str]) -> None:
    if payment.status not in statuses:
        raise PaymentIsClosed(
            _("Payment %(number)s is not waiting any more: it is “%(status)s”.")
            % {"number": payment.number, "status": payment.get_status_display()}
        )


def _open_books(payment: Payment, today: date, check: Callable[[Payment], None]) -> tuple[Payment, date]:
    """Bring the account up to date and lock it; return the payment as it stands then and the day.

    Raises what `check` does of it.
    """
    books_opening.send(sender=Payment, account_ids=[payment.account_id], today=today)
    lock_accounts([payment.account_id])
    payment = Payment.objects.select_for_update(of=("self",)).select_related("account", "order").get(pk=payment.pk)
    check(payment)
    return payment, day_of(payment.account_id, today)


def _check_method(method: str) -> None:
    if method and method not in PaymentMethod.values:
        raise UnknownMethod(_("Choose one of the payment methods."))
