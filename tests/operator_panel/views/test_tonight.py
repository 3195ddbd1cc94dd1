"""The page of the coming night, and that of one account's."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from subscriptions.models import Subscription
from tests.factories import accounts as cast
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db


def test_sums_accounts_and_subscriptions_of_the_night_that_renews(
    client: Client, subscription: Subscription, today: date
) -> None:
    account = subscription.account
    top_up(account=account, amount="50", today=today)
    day = subscription.next_billing_day
    tonight, own = reverse("operator:tonight"), reverse("operator:account_night", args=[account.pk])
    shown = client.get(tonight, {"day": day}).content.decode()
    assert "$50.00" in shown
    assert f"{own}?day={day}" in shown
    assert "goes on: 1" in shown
    shown = client.get(own, {"day": day}).content.decode()
    assert subscription.name in shown
    assert "goes on" in shown
    assert "Nothing is due in this night." in client.get(tonight, {"day": today}).content.decode()
    assert "Nothing is due" in client.get(tonight, {"day": day, "after": account.pk}).content.decode()


def test_past_nights_and_days_that_are_none_are_refused_in_words(client: Client, acme: Account, today: date) -> None:
    for address in (reverse("operator:tonight"), reverse("operator:account_night", args=[acme.pk])):
        for day in (today - timedelta(days=1), today + timedelta(days=400)):
            answer = client.get(address, {"day": day})
            assert (answer.status_code, "Choose a night from" in answer.content.decode()) == (422, True)
        assert client.get(address, {"day": "no day"}).status_code == 422


def test_night_of_an_account_of_another_reseller_is_not_there(client: Client, today: date) -> None:
    reseller = cast.reseller()
    client.force_login(cast.manager(reseller=reseller))
    hidden = cast.account()
    assert client.get(reverse("operator:account_night", args=[hidden.pk])).status_code == 404
