"""What is not paid is blocked: of many accounts in as many statements as of one, and told."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from notifications.models import Notification
from subscriptions.models import StopReason, Subscription, SubscriptionStatus
from subscriptions.night.ahead import accounts_waiting
from subscriptions.night.rendered import unpaid_behind
from subscriptions.night.renewals import renew_accounts
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db

AUG20, SEP1, SEP2, SEP11, SEP12 = (date(2018, 8, 20), *(date(2018, 9, day) for day in (1, 2, 11, 12)))


def test_the_night_blocks_what_is_not_paid_in_a_fixed_number_of_statements():
    plan, accounts = make.plan(), [cast.account() for _ in range(3)]
    for account in accounts:
        account.account_class.payment_model = "postpay"
        account.account_class.save()
        for _ in range(2):
            make.order(account=Account.objects.get(pk=account.pk), plan=plan, quantities={"seats": 5}, today=AUG20)
    ids = [account.pk for account in accounts]
    renew_accounts(account_ids=ids, today=SEP11)
    assert set(accounts_waiting(SEP12).values_list("pk", flat=True)) == set(ids)
    counts = []
    for some in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as asked:
            renew_accounts(account_ids=some, today=SEP12)
        counts.append(len(asked))
    # Each subscription is told of in statements of its own.
    assert counts[1] - counts[0] <= 2 * (counts[0] // 2)
    rows = Subscription.objects.filter(account__in=ids)
    assert set(rows.values_list("status", "stop_reason")) == {(SubscriptionStatus.BLOCKED, StopReason.PAYMENT_EXPIRED)}
    assert unpaid_behind(rows.first()).count() == 1
    assert Notification.objects.filter(event="subscription_blocked").count() >= 3
    assert not accounts_waiting(SEP12).filter(pk__in=ids).exists()
