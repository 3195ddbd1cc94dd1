"""The customer's list of charges."""

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Subscription
from tests.browsing import confirmed

pytestmark = pytest.mark.django_db


def shown(client: Client, query: str = "") -> set[str]:
    return {row.url for row in client.get(f"/charges/{query}").context["list"].rows}


def test_charges_of_others_are_not_listed(client: Client, subscription: Subscription, foreign: Subscription) -> None:
    assert shown(client, "?all=1") == {reverse("customer:charge", args=[subscription.charges.get().pk])}
    assert shown(client, f"?account_id={foreign.account_id}&all=1") == shown(client, "?all=1")


def test_what_was_split_is_hidden_until_asked_for(client: Client, subscription: Subscription) -> None:
    first = subscription.charges.get()
    sent = {"quantities.seats": 2, "pay_from_balance": "on", "key": "a"}
    confirmed(client, reverse("customer:subscription_change", args=[subscription.pk]), sent)
    assert shown(client, "?all=1") - shown(client) == {reverse("customer:charge", args=[first.pk])}
