"""What the coming night would do, in sum and by account."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Account
from subscriptions.catalogue.products import Timers
from subscriptions.models import BillingNight
from subscriptions.told import tonight as told
from subscriptions.told.rehearsing import Outcome
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
BILLING_DAY = date(2018, 9, 1)


def test_the_coming_night_is_that_of_today_until_it_is_through() -> None:
    assert told.coming_night(BILLING_DAY) == BILLING_DAY
    night = BillingNight.objects.create(day=BILLING_DAY, started_at=timezone.now())
    assert told.coming_night(BILLING_DAY) == BILLING_DAY
    BillingNight.objects.filter(pk=night.pk).update(finished_at=timezone.now())
    assert told.coming_night(BILLING_DAY) == date(2018, 9, 2)


def test_sums_by_currency_of_counted_and_rehearsed_accounts_and_what_is_beyond(
    acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless, monthly = make.plan(), make.plan(months=1, timers=Timers(billing_day=20))
    counted = cast.account()
    make.subscription(account=counted, plan=endless, today=ORDERED_ON)
    top_up(account=counted, amount="50", today=ORDERED_ON)
    for account in (acme, cast.account()):
        make.subscription(account=account, plan=endless, today=ORDERED_ON)
        make.subscription(account=account, plan=monthly, today=ORDERED_ON)
    day = date(2018, 9, 20)  # the nights before it come first, so every account is rehearsed
    monkeypatch.setattr(told, "REHEARSED_AT_MOST", 2)
    seen = told.tonight(Account.objects.all(), day)
    assert len(seen.accounts) <= 3
    assert (seen.unknown, [night for _pk, night in seen.accounts].count(None)) == (1, 1)
    seen = told.tonight(Account.objects.all(), BILLING_DAY)
    assert (seen.unknown, seen.more) == (0, False)
    nights = dict(seen.accounts)
    of_counted = nights[counted.pk]
    assert (of_counted.closed, of_counted.reserved) == (Decimal("19.35"), Decimal(50))
    assert of_counted.outcomes == {Outcome.RENEWED: 1}
    (usd,) = seen.sums
    assert (usd.currency, usd.closed) == ("USD", sum(night.closed for night in nights.values()))
    assert seen.outcomes[Outcome.RENEWED] == sum(night.outcomes[Outcome.RENEWED] for night in nights.values())
    monkeypatch.setattr(told, "ACCOUNTS_OF_A_PAGE", 1)
    pages, after = [], 0
    while True:
        page = told.tonight(Account.objects.all(), BILLING_DAY, after=after)
        pages += page.accounts
        if not page.more:
            break
        after = page.accounts[-1][0]
    assert (dict(pages), page.sums, len(pages)) == (nights, seen.sums, len(nights))
