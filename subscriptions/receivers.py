"""What the books announce, heard by the floor that knows what is sold: connected when the app is ready."""

from datetime import date
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account
from accounts.signals import account_closing
from billing.charging import in_minor_units
from billing.funds import funds_of
from billing.models import Payment
from billing.signals import books_opening, payment_completed
from core.errors import Refused
from subscriptions.models import OrderStatus, Subscription, SubscriptionStatus
from subscriptions.paying import carry_out_paid_order
from subscriptions.renewals import renew_accounts


class AccountHasSubscriptions(Refused):
    """An account goes only when its subscriptions are deleted."""

    code = "account_has_subscriptions"


class AccountHasMoney(Refused):
    """An account goes only with nothing on its balance, neither more nor less."""

    code = "account_has_money"


@receiver(books_opening, dispatch_uid="subscriptions.the_night_comes_first")
def the_night_comes_first(*, account_ids: list[int], today: date, **_rest: Any) -> None:
    """Carry out the billing days that are due, before money moves on the accounts."""
    renew_accounts(account_ids=account_ids, today=today)


@receiver(payment_completed, dispatch_uid="subscriptions.an_order_is_paid")
def an_order_is_paid(*, payment: Payment, today: date, actor: Actor, **_rest: Any) -> None:
    """Carry the paid order out. What came for an order that is no longer wanted stays on the balance."""
    order = payment.order
    if order is not None and order.status == OrderStatus.WAITING_FOR_PAYMENT:
        carry_out_paid_order(actor=actor, order=order, today=today)


@receiver(account_closing, dispatch_uid="subscriptions.nothing_is_left_behind")
def nothing_is_left_behind(*, account: Account, **_rest: Any) -> None:
    """Refuse to close an account that still has subscriptions or money."""
    left = Subscription.objects.filter(account=account).exclude(status=SubscriptionStatus.DELETED).count()
    if left:
        raise AccountHasSubscriptions(
            _("The account still has %(count)s subscriptions. Delete them first.") % {"count": left}
        )
    balance = funds_of(account).balance
    if balance:
        raise AccountHasMoney(
            _("The balance is %(balance)s %(currency)s. Pay it back first: an account goes with nothing on it.")
            % {"balance": in_minor_units(balance, account.currency), "currency": account.currency}
        )
