"""The customer's list of subscriptions."""

import pytest
from django.test import Client
from django.urls import reverse

from customer_panel.lists.subscriptions import CustomerSubscriptionFilter
from subscriptions.models import Subscription
from tests.browsing import confirmed

pytestmark = pytest.mark.django_db
LIST = "/subscriptions/"


def shown(client: Client, query: str = "") -> list[str]:
    return [row.url for row in client.get(f"{LIST}{query}").context["list"].rows]


def test_own_subscriptions_are_listed_and_no_others(
    client: Client, subscription: Subscription, foreign: Subscription
) -> None:
    own = [reverse("customer:subscription", args=[subscription.pk])]
    assert [shown(client), shown(client, f"?account_id={foreign.account_id}"), shown(client, "?q=other")] == [
        own,
        own,
        [],
    ]


def test_seller_s_filters_are_not_offered() -> None:
    offered = set(CustomerSubscriptionFilter.base_filters)
    assert not offered & {"account", "account_id", "reseller", "manager", "individual_price", "currency"}
    assert {"status", "plan", "product", "next_billing_day"} <= offered


def test_deleted_ones_are_hidden_until_asked_for(client: Client, subscription: Subscription) -> None:
    confirmed(client, reverse("customer:subscription_delete", args=[subscription.pk]))
    assert [len(shown(client)), len(shown(client, "?status=deleted"))] == [0, 1]
