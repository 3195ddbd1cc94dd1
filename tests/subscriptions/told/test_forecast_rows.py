"""What is read for a look ahead: what is paid for, what hangs on the books, and nobody else's."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.night.renewals import renew_accounts
from subscriptions.told.forecast_rows import looked_at, starts_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_each_account_with_its_own_books(acme: Account, plan: Plan) -> None:
    other = cast.account()
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    make.subscription(account=other, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="60", today=ORDERED_ON)
    night = date(2018, 9, 1)
    renew_accounts(account_ids=[acme.pk], today=night)
    accounts = {account.pk: account for account in (acme, other)}
    mine, theirs = starts_of(accounts, night)
    assert [one.subscription for one in mine.contracts] == [seats]
    assert (mine.balance, mine.blocked, theirs.balance) == (Decimal(60), Decimal(50), Decimal("19.35"))
    assert {day: one.amount for day, one in mine.unbilled.items()} == {night: Decimal("19.35")}
    assert theirs.unbilled == {}
    (alone,) = starts_of({acme.pk: acme}, night, only=[])
    assert alone.contracts == []


def test_what_has_come_to_rest_is_not_looked_at(acme: Account, plan: Plan) -> None:
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    Subscription.objects.filter(pk=seats.pk).update(status=SubscriptionStatus.STOPPED, due_on=None)
    assert not Subscription.objects.filter(looked_at()).exists()
