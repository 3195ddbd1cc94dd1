"""A subscription's own credit limit holds before those of its account and class; only managers set it."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.account_terms import AccountTermsRefused
from accounts.actors import SYSTEM, Forbidden, actor_of
from subscriptions.contract.confirming import OverCreditLimit, limit_of
from subscriptions.models import Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.limits import NoLimitHere, limit_subscription
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
AUG20 = date(2018, 8, 20)


def test_the_own_limit_is_the_one_that_is_asked_and_none_is_the_accounts() -> None:
    terms = cast.account_class(payment_model="postpay", subscription_credit_limit=Decimal(100))
    account = cast.account(account_class=terms)
    make.order(account=account, plan=make.plan(), today=AUG20)
    row = Subscription.objects.select_related("account__account_class").get(account=account)

    def more(seats: int) -> None:
        change_quantities(
            actor=SYSTEM, subscription=row, quantities={"seats": seats}, today=AUG20, now=make.noon(AUG20)
        )

    limit_subscription(actor=SYSTEM, subscription=row, limit=Decimal(60), today=AUG20)
    with pytest.raises(OverCreditLimit):
        more(7)
    limit_subscription(actor=SYSTEM, subscription=row, limit=Decimal(120), today=AUG20)
    more(12)
    row = limit_subscription(actor=SYSTEM, subscription=row, limit=None, today=AUG20)
    assert limit_of(row) == Decimal(100)
    with pytest.raises(AccountTermsRefused) as refusal:
        limit_subscription(actor=SYSTEM, subscription=row, limit=Decimal("-1"), today=AUG20)
    assert refusal.value.field == "subscription_credit_limit"
    owner = actor_of(cast.customer_user(account=account), account=account)
    with pytest.raises(Forbidden):
        limit_subscription(actor=owner, subscription=row, limit=Decimal(900), today=AUG20)


def test_what_is_paid_in_advance_has_none() -> None:
    row = make.subscription(account=cast.account(), plan=make.plan(), today=AUG20)
    with pytest.raises(NoLimitHere):
        limit_subscription(actor=SYSTEM, subscription=row, limit=Decimal(1), today=AUG20)
