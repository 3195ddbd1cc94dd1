"""Money that came for a closed order or a deleted account: set aside in its own book, told, and sent on by a manager.

It is on nobody's balance and never lost. What becomes of it is said once: it is paid back, or put on the balance of an
account of the same reseller and currency.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from billing.books import day_of
from billing.charging import in_minor_units
from billing.descriptions import operators_language_in_use
from billing.funds import Posting, lock_accounts, post, post_beside
from billing.models import Payment, PaymentKind, PaymentStatus, PostingKind
from billing.queries import require_sight
from billing.signals import books_opening, payment_completed
from core.errors import Refused
from core.money import Money
from notifications.announce import announce


class NotSetAside(Refused):
    """The payment is not set aside: it was sent on before, or never was."""

    code = "not_set_aside"


class NotThisAccount(Refused):
    """The money cannot be put on the balance of this account."""

    code = "not_this_account"
    field = "account"


DELETED = gettext_lazy("The account was deleted before the money came.")
CANCELLED = gettext_lazy("The payment was cancelled before the money came.")
COVERED = gettext_lazy("The order had been paid from the balance before the money came.")
CLOSED = gettext_lazy("The order was closed before the money came.")


def why_unwanted(payment: Payment) -> object | None:
    """Return why money for this payment belongs on no balance now, None where it is waited for.

    The payment and its account are locked by the caller and read afterwards.
    """
    if payment.account.status == AccountStatus.DELETED:
        return DELETED
    if payment.status == PaymentStatus.CANCELLED:
        return CANCELLED
    if payment.status == PaymentStatus.PAID_FROM_BALANCE:
        return COVERED
    order = payment.order
    # An order that was paid or cancelled waits for no money, whatever its payment says.
    return CLOSED if order is not None and (order.paid_on or order.closed_on) else None


def park(payment: Payment, *, actor: Actor, why: object, day: date, method: str) -> Payment:
    """Set the money of a payment aside on `day`, and tell the managers of its reseller. The caller holds the locks."""
    payment.status = PaymentStatus.PARKED
    payment.closed_on, payment.look_on = day, None
    payment.method = method or payment.method
    payment.approved_by = actor.user
    payment.save(update_fields=["status", "closed_on", "look_on", "method", "approved_by"])
    with operators_language_in_use():
        text = gettext("Payment %(number)s, set aside") % {"number": payment.number}
    post_beside(_posting(payment, PostingKind.PARKED, payment.amount, day, text))
    announce(
        "payment_set_aside",
        account=payment.account,
        key=str(payment.pk),
        path=reverse("operator:payment", args=[payment.pk]),
        context={
            "payment": payment.number,
            "amount": Money(in_minor_units(payment.amount, payment.currency), payment.currency),
            "account": payment.account.name,
            "reason": why,
        },
    )
    return payment


@transaction.atomic
def return_money(*, actor: Actor, payment: Payment, today: date) -> Payment:
    """Say that money that was set aside has been paid back to who sent it. Raises Forbidden, NotSetAside."""
    actor.require("payments.approve")
    require_sight(actor, payment.account_id)
    payment = _set_aside(payment, [payment.account_id])
    day = day_of(payment.account_id, today)
    with operators_language_in_use():
        text = gettext("Payment %(number)s, paid back") % {"number": payment.number}
    post_beside(_posting(payment, PostingKind.RETURNED, -payment.amount, day, text))
    return _sent_on(payment, PaymentStatus.RETURNED, actor, day)


@transaction.atomic
def reassign_money(*, actor: Actor, payment: Payment, account: Account, today: date) -> Payment:
    """Put money that was set aside on the balance of an account, as a completed payment of its own; return that one.

    The account is one of the same reseller and currency, the payment's own too, and not deleted. Raises Forbidden,
    NotSetAside, NotThisAccount.
    """
    actor.require("payments.approve")
    require_sight(actor, payment.account_id)
    require_sight(actor, account.pk)
    lock_accounts([payment.account_id, account.pk])  # both at once, in their order, before one is brought up to date
    books_opening.send(sender=Payment, account_ids=[account.pk], today=today)
    payment = _set_aside(payment, [payment.account_id, account.pk])
    account = Account.objects.select_related("account_class", "reseller").get(pk=account.pk)
    if account.reseller_id != payment.reseller_id or account.currency != payment.currency:
        raise NotThisAccount(_("Choose an account of the same provider and currency: another one has other books."))
    if account.status == AccountStatus.DELETED:
        raise NotThisAccount(_("The account is deleted: no money can be paid in. Choose another."))
    day = day_of(account.pk, today)
    with operators_language_in_use():
        comment = gettext("From payment %(number)s") % {"number": payment.number}
    made = Payment.opened(
        PaymentKind.TOP_UP, account, payment.amount, day, method=payment.method, comment=comment,
        came_from=payment, created_by=actor.user, approved_by=actor.user, status=PaymentStatus.COMPLETED, closed_on=day,
    )  # fmt: skip
    _sent_on(payment, PaymentStatus.REASSIGNED, actor, day)
    post([replace(_posting(made, PostingKind.REASSIGNED, payment.amount, day, comment), from_payment_id=payment.pk)])
    payment_completed.send(sender=Payment, payment=made, today=day, actor=actor)
    return made


def _set_aside(payment: Payment, account_ids: list[int]) -> Payment:
    """Lock the accounts and return the payment as it stands then, still set aside."""
    lock_accounts(account_ids)
    row = Payment.objects.select_for_update(of=("self",)).select_related("account").get(pk=payment.pk)
    if row.status != PaymentStatus.PARKED:
        raise NotSetAside(
            _("Payment %(number)s is not set aside: it is “%(status)s”.")
            % {"number": row.number, "status": row.get_status_display()}
        )
    return row


def _sent_on(payment: Payment, status: PaymentStatus, actor: Actor, day: date) -> Payment:
    payment.status = status
    payment.closed_on = day
    payment.approved_by = actor.user
    payment.save(update_fields=["status", "closed_on", "approved_by"])
    return payment


def _posting(payment: Payment, kind: PostingKind, amount: Decimal, day: date, text: str) -> Posting:
    return Posting(
        key=f"{kind}:{payment.pk}",
        kind=kind,
        account_id=payment.account_id,
        amount=amount,
        currency=payment.currency,
        day=day,
        description=text,
        payment_id=payment.pk,
    )
