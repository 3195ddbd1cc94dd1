"""What a billing day will need of an account to go on: a dry run of its night."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import Account
from subscriptions.contract import renewing
from subscriptions.contract.terms import UNDER_CHANGE, contracts_of
from subscriptions.models import Subscription, SubscriptionStatus


def required_funds_of(accounts: Mapping[int, Account], *, day: date) -> dict[int, Decimal]:
    """Return what each of the accounts needs on the billing day `day` to keep its Active subscriptions: a dry run."""
    active = to_renew_on(day).filter(account__in=accounts).select_related("plan__service_term")
    required = dict.fromkeys(accounts, Decimal(0))
    for contract in contracts_of(active, day=day).values():
        coming = contract.coming(day)
        required[contract.subscription.account_id] += coming.reserves
        if contract.subscription.expiration_date == day:
            required[contract.subscription.account_id] += renewing.needed(contract, day)
    return required


def required_funds(account: Account, *, day: date) -> Decimal:
    """Return what the account needs on the billing day `day`, in its currency."""
    return required_funds_of({account.pk: account}, day=day)[account.pk]


def to_renew_on(day: date) -> QuerySet[Subscription]:
    """Return the running subscriptions whose next billing day it is."""
    return Subscription.objects.filter(status__in=(SubscriptionStatus.ACTIVE, *UNDER_CHANGE), next_billing_day=day)
