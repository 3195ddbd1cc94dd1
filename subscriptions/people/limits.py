"""A postpay subscription's own credit limit: how much it may owe, whatever its account and class say."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.account_terms import refuse_limit
from accounts.actors import Actor, Forbidden
from core.errors import Refused
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.people.opening import open_contract


class NoLimitHere(Refused):
    """The subscription is paid for in advance, or deleted: it owes nothing that could be limited."""

    code = "no_limit_here"
    field = "subscription_credit_limit"


@transaction.atomic
def limit_subscription(*, actor: Actor, subscription: Subscription, limit: Decimal | None, today: date) -> Subscription:
    """Let a postpay subscription owe at most `limit`, in its currency; None: what its account or class says.

    It holds for what is confirmed from now on and for the coming billing day; what is owed already stays. Raises
    Forbidden, also for customers; NoLimitHere, AccountTermsRefused.
    """
    if actor.is_customer:
        raise Forbidden(_("A credit limit is set by your provider. Ask your manager."))
    contract, _day = open_contract(actor=actor, subscription=subscription, right="accounts.change", today=today)
    row = contract.subscription
    may_limit(row)
    if limit is not None:
        refuse_limit(limit, row.currency, "subscription_credit_limit")
    row.subscription_credit_limit = limit
    row.save(update_fields=["subscription_credit_limit"])
    return row


def may_limit(subscription: Subscription) -> None:
    """Do nothing where a credit limit of its own means something. Raises NoLimitHere."""
    if not subscription.postpay:
        raise NoLimitHere(_("It is paid for in advance: only what is paid for afterwards has a credit limit."))
    if subscription.status == SubscriptionStatus.DELETED:
        raise NoLimitHere(_("The subscription is deleted: it owes nothing more."))
