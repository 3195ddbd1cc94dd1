"""What customers and managers are told of an order and of a subscription's life: rows in the outbox."""

from datetime import date
from decimal import Decimal

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from accounts.models import Account
from billing.charging import in_minor_units
from core.money import Money
from notifications.announce import announce
from notifications.models import Notification
from subscriptions.models import Order, Subscription
from vendors.models import OperationAction, VendorOperation


def order_placed(order: Order) -> None:
    """Tell the customer of an order that waits for its payment."""
    subscription = order.subscription
    announce(
        "order_placed",
        account=subscription.account,
        key=str(order.pk),
        context={
            "order": order.number,
            "subscription": subscription.name,
            "total": _money(order.total, order.currency),
            "account": subscription.account.name,
        },
    )


def subscription_activated(subscription: Subscription, operation: VendorOperation) -> None:
    """Tell the customer that the vendor has provided a new subscription, and what the vendor told of it."""
    facts = [(gettext_lazy(fact["label"]), fact["value"]) for fact in operation.result.get("facts", ())]
    announce(
        "subscription_activated",
        account=subscription.account,
        key=operation.key,
        context={"subscription": subscription.name, "account": subscription.account.name, "facts": facts},
    )


def stopped_for_funds(subscription: Subscription, day: date, required: Decimal, available: Decimal) -> None:
    """Tell the customer that the night has stopped a subscription, and what was missing."""
    announce(
        "subscription_stopped_funds_short",
        account=subscription.account,
        key=f"{subscription.pk}:{day}",
        context={
            "subscription": subscription.name,
            "account": subscription.account.name,
            "day": day,
            "required": _money(required, subscription.currency),
            "available": _money(available, subscription.currency),
        },
    )


def billing_day_is_coming(account: Account, day: date, required: Decimal, available: Decimal) -> bool:
    """Tell the customer what the coming billing day needs; return whether it had not been told before."""
    missing = required - available
    told = announce(
        "billing_day_is_coming",
        account=account,
        key=f"{account.pk}:{day}",
        context={
            "account": account.name,
            "day": day,
            "required": _money(required, account.currency),
            "available": _money(available, account.currency),
            "missing": _money(missing, account.currency) if missing > 0 else "",
        },
    )
    return bool(told)


def account_on_credit_hold(account: Account, day: date, *, balance: Decimal, to_pay: Decimal) -> None:
    """Tell the customer that the account is on credit hold since today, and what is to be paid to leave it."""
    announce(
        "account_on_credit_hold",
        account=account,
        key=_transition("account_on_credit_hold", account, day),
        context={
            "account": account.name,
            "day": day,
            "balance": _money(balance, account.currency),
            "amount": _money(to_pay, account.currency),
        },
    )


def account_off_credit_hold(account: Account, day: date) -> None:
    """Tell the customer that the account has left its credit hold."""
    announce(
        "account_off_credit_hold",
        account=account,
        key=_transition("account_off_credit_hold", account, day),
        context={"account": account.name, "day": day},
    )


def vendor_refused(subscription: Subscription, operation: VendorOperation) -> None:
    """Tell the account's manager that an operation was refused by the vendor, and why: each reader in its language."""
    announce(
        "provisioning_failed",
        account=subscription.account,
        key=f"{operation.key}:{operation.attempts}",
        context={
            "subscription": subscription.name,
            "account": subscription.account.name,
            "operation": OperationAction(operation.action).label,
            "reason": lazy(lambda: operation.last_error, str)(),
        },
    )


def _transition(event: str, account: Account, day: date) -> str:
    """Return the key of a letter about a hold, which an account may enter and leave again on one day."""
    earlier = Notification.objects.filter(account=account, event=event).count()
    return f"{account.pk}:{day}:{earlier + 1}"


def _money(amount: Decimal, currency: str) -> Money:
    return Money(in_minor_units(amount, currency), currency)
