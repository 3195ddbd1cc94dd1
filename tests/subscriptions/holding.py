"""Accounts on credit, and how they and their books stand: what the tests of holds share."""

from datetime import date
from decimal import Decimal

from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import change_account
from billing.models import Charge, LedgerEntry
from notifications.models import Notification
from subscriptions.models import Plan, Subscription
from subscriptions.people.paying import pay_order_from_balance
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.remembering import remembered

ORDERED_ON = date(2018, 8, 20)
BILLING_DAY = date(2018, 9, 1)
DAY_AFTER = date(2018, 9, 2)
HELD_ON = date(2018, 9, 7)


@remembered
def on_credit(plan: Plan, **terms: object) -> Subscription:
    """Return five seats bought on credit, 100 below zero for 5 days: 19.35 until 1 September, 50.00 a month then."""
    fields = {"credit_limit": Decimal(100), "pay_with_negative_balance": True, "subzero_period": 5, **terms}
    account = cast.account(account_class=cast.account_class(**fields))
    order = make.order(account=account, plan=plan, today=ORDERED_ON)
    pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    return Subscription.objects.select_related("account__account_class").get(pk=order.subscription_id)


def again(subscription: Subscription) -> Subscription:
    """Return the subscription as it is now, with its account and the account's terms."""
    return Subscription.objects.select_related("account__account_class").get(pk=subscription.pk)


def stands(subscription: Subscription) -> tuple[str, str, str]:
    """Return the account's status, the subscription's, and why it is stopped."""
    now = again(subscription)
    return now.account.status, now.status, now.stop_reason


def charges(subscription: Subscription) -> list[tuple[str, Decimal]]:
    """Return status and amount of each of the charges, the oldest first."""
    return list(subscription.charges.order_by("pk").values_list("status", "amount"))


def books() -> list[str]:
    """Return charges, balances, statuses and letters of everybody, in an order that does not tell when they came."""
    charges = Charge.objects.values_list(
        "account", "operate_from", "operate_to", "amount", "status", "created_on", "closed_on"
    )
    entries = LedgerEntry.objects.filter(book="account").values_list("account", "number", "day", "amount", "balance")
    subscriptions = Subscription.objects.values_list("pk", "status", "stop_reason", "stopped_on", "due_on")
    accounts = Account.objects.values_list("pk", "status")
    letters = Notification.objects.values_list("key", "body_text")
    return sorted(map(str, [*charges, *entries, *subscriptions, *accounts, *letters]))


def limit_lowered(account: Account) -> None:
    """Let the account owe 10.00 at most."""
    change_account(actor=SYSTEM, account=account, values={"credit_limit_override": Decimal(10)}, today=DAY_AFTER)
