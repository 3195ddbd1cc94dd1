"""What the books announce, heard by the floor that knows what is sold: connected when the app is ready."""

from datetime import date
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from accounts.signals import account_closing, payment_model_changing, terms_changed, terms_changing
from billing.books import open_days
from billing.funds import funds_of, lock_accounts
from billing.holds import standing_of
from billing.models import GuaranteedPayment, GuaranteeStatus, Payment, PaymentKind
from billing.prepaid_tax import taxes_to_come
from billing.signals import balance_moved, books_opening, credit_hold_entered, credit_hold_left, payment_completed
from core.errors import Refused, Remedy
from core.panel.formats import day_text, money_text
from subscriptions.contract import telling
from subscriptions.models import OrderStatus, Subscription, SubscriptionStatus
from subscriptions.night.ahead import accounts_waiting
from subscriptions.night.holds import settle_holds, unsettled
from subscriptions.night.rendered import activate_paid
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.paying import carry_out_paid_order


class AccountHasSubscriptions(Refused):
    """An account goes only when its subscriptions are deleted."""

    code = "account_has_subscriptions"


class PaymentModelStays(Refused):
    """The payment model is changed only while no subscription counts on it."""

    code = "payment_model_stays"
    field = "payment_model"


class AccountHasMoney(Refused):
    """An account goes only with nothing on its balance, neither more nor less."""

    code = "account_has_money"


@receiver(books_opening, dispatch_uid="subscriptions.the_night_comes_first")
def the_night_comes_first(*, account_ids: list[int], today: date, **_rest: Any) -> None:
    """Carry out the billing days that are due, before money moves on the accounts."""
    renew_accounts(account_ids=account_ids, today=today)


@receiver(payment_completed, dispatch_uid="subscriptions.an_order_is_paid")
def an_order_is_paid(*, payment: Payment, today: date, actor: Actor, **_rest: Any) -> None:
    """Leave the credit hold where the money suffices; then carry the paid order out.

    Money clears the debt first. What came for an order that is no longer wanted stays on the balance.
    """
    accounts = lock_accounts([payment.account_id])
    owed = any(account.status == AccountStatus.CREDIT_HOLD for account in accounts)
    settle_holds(accounts, today)
    if payment.kind == PaymentKind.RENDERED_SERVICES:
        activate_paid({account.pk: account for account in accounts}, payment, today)
    order = payment.order
    if order is not None and order.status == OrderStatus.WAITING_FOR_PAYMENT:
        carry_out_paid_order(actor=actor, order=order, today=today, debt_first=owed)


@receiver(balance_moved, dispatch_uid="subscriptions.holds_follow_the_balance")
def holds_follow_the_balance(*, account_id: int, today: date, **_rest: Any) -> None:
    """Enter or leave a credit hold as the balance now says."""
    settle_holds(lock_accounts([account_id]), today)


@receiver(terms_changing, dispatch_uid="subscriptions.the_night_comes_before_other_terms")
def the_night_comes_before_other_terms(*, account_ids: list[int], today: date, **_rest: Any) -> None:
    """Carry out what is due under the terms and holds as they are, before they change."""
    waiting = accounts_waiting(today, account_ids)
    renew_accounts(account_ids=list(waiting.values_list("pk", flat=True)), today=today)


@receiver(payment_model_changing, dispatch_uid="subscriptions.the_payment_model_stays")
def the_payment_model_stays(*, account_ids: list[int], **_rest: Any) -> None:
    """Refuse another payment model for accounts that have subscriptions: theirs was kept when they were ordered."""
    left = Subscription.objects.filter(account__in=account_ids).exclude(status=SubscriptionStatus.DELETED).count()
    if left:
        raise PaymentModelStays(
            _("The payment model stays while the accounts have subscriptions (%(count)s): delete them first, or use "
              "another account class.") % {"count": left}
        )  # fmt: skip


@receiver(terms_changed, dispatch_uid="subscriptions.holds_follow_the_terms")
def holds_follow_the_terms(*, account_ids: list[int], today: date, **_rest: Any) -> None:
    """Enter and leave credit holds as the new terms say, stop and activate what each hold says."""
    accounts = lock_accounts(unsettled(today, account_ids))
    days = open_days([account.pk for account in accounts], today)
    for day in sorted(set(days.values())):
        settle_holds([account for account in accounts if days[account.pk] == day], day)


@receiver(credit_hold_entered, dispatch_uid="subscriptions.credit_hold_is_told")
def credit_hold_is_told(*, account: Account, today: date, **_rest: Any) -> None:
    """Write to the customer what has happened and how much is to be paid."""
    standing = standing_of(account)
    telling.account_on_credit_hold(account, today, balance=standing.balance, to_pay=standing.to_pay(today))


@receiver(credit_hold_left, dispatch_uid="subscriptions.end_of_credit_hold_is_told")
def end_of_credit_hold_is_told(*, account: Account, today: date, **_rest: Any) -> None:
    """Write to the customer that the hold is over."""
    telling.account_off_credit_hold(account, today)


@receiver(account_closing, dispatch_uid="subscriptions.nothing_is_left_behind")
def nothing_is_left_behind(*, account: Account, **_rest: Any) -> None:
    """Refuse to close an account that still has subscriptions or money."""
    left = Subscription.objects.filter(account=account).exclude(status=SubscriptionStatus.DELETED).count()
    if left:
        raise AccountHasSubscriptions(
            _("The account still has %(count)s subscriptions. Delete them first.") % {"count": left},
            remedy=Remedy("account_subscriptions", account.pk),
        )
    if GuaranteedPayment.objects.filter(account=account, status=GuaranteeStatus.PROVIDED).exists():
        raise AccountHasMoney(_("A guaranteed payment is on the balance. Revoke it first."))
    night = taxes_to_come(account)
    if night is not None:
        raise AccountHasMoney(
            _("Taxes of what was used are still to be put on an invoice. Delete the account on %(day)s or later.")
            % {"day": day_text(night)}
        )
    balance = funds_of(account).balance
    if balance:
        raise AccountHasMoney(
            _("The balance is %(balance)s. Pay it back first: an account goes with nothing on it.")
            % {"balance": money_text(balance, account.currency)}
        )
