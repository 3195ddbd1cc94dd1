"""What a postpay subscription owes, and how much it may."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from subscriptions.models import Subscription
from subscriptions.told.owing import Owing, owing_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db

AUG20 = date(2018, 8, 20)


def test_current_debt_and_limit_are_told_in_postpay_only():
    account = cast.account()
    account.account_class.payment_model, account.account_class.subscription_credit_limit = "postpay", Decimal(100)
    account.account_class.save()
    make.order(account=Account.objects.get(pk=account.pk), plan=make.plan(), today=AUG20)
    row = Subscription.objects.select_related("account__account_class").get(account=account)
    assert owing_of(row, AUG20) == Owing(Decimal("19.35"), Decimal(100), date(2018, 9, 2))
    row.payment_model = "prepay"
    assert owing_of(row, AUG20) is None
