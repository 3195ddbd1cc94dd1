"""The billing day is coming: customers are told in time what it will need (CR-542)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Account, PaymentModel
from billing.funds import funds_of_many
from subscriptions.contract import telling
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.night.required import required_funds, required_funds_of, to_renew_on

# Time enough for a bank transfer to arrive.
DAYS_BEFORE = 3
BATCH = 500


def remind_of_billing_day(*, today: date, days_before: int = DAYS_BEFORE) -> int:
    """Tell the accounts whose billing day is `days_before` days away what it needs; return how many were told.

    Once for each account and billing day, however often it runs. Stopped subscriptions need nothing (G-D18, G-I16).
    """
    day = today + timedelta(days=days_before)
    told, last = 0, 0
    while accounts := _next_accounts(day, last):
        last = max(accounts)
        told += len(remind(accounts, day))
    return told


@transaction.atomic
def remind(accounts: Mapping[int, Account], day: date) -> dict[int, Decimal]:
    """Tell accounts that pay in advance what the billing day `day` needs; return it of those that had not heard it."""
    required = required_funds_of(accounts, day=day)
    funds = funds_of_many(list(accounts.values()))
    return {
        pk: amount
        for pk, amount in required.items()
        if amount and telling.billing_day_is_coming(accounts[pk], day, amount, funds[pk].available)
    }


def next_needs(account: Account) -> tuple[date, Decimal] | None:
    """Return the account's next billing day and what it needs then; None where nothing is to be renewed."""
    days = Subscription.objects.filter(account=account, status=SubscriptionStatus.ACTIVE).order_by("next_billing_day")
    day = days.exclude(next_billing_day=None).values_list("next_billing_day", flat=True).first()
    return None if day is None else (day, required_funds(account, day=day))


def _next_accounts(day: date, last: int) -> dict[int, Account]:
    with_active = to_renew_on(day).filter(account__gt=last).order_by("account").values("account").distinct()[:BATCH]
    # What is paid for afterwards needs no funds on its billing day.
    accounts = (
        Account.objects.filter(pk__in=with_active)
        .exclude(account_class__payment_model=PaymentModel.POSTPAY)
        .select_related("account_class", "reseller")
    )
    return {account.pk: account for account in accounts}
