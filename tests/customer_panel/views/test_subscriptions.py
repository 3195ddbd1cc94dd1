"""The list of subscriptions, and one of them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLevel
from core.panel.page import Page
from subscriptions.models import Subscription, SubscriptionStatus

pytestmark = pytest.mark.django_db


def page_of(client: Client, subscription: Subscription) -> object:
    return client.get(reverse("customer:subscription", args=[subscription.pk]))


def labels(page: Page) -> list[str]:
    return [str(button.label) for button in page.buttons]


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (SubscriptionStatus.ACTIVE, ["Change quantities", "Stop", "Delete"]),
        (SubscriptionStatus.STOPPED, ["Activate", "Delete"]),
        (SubscriptionStatus.ORDERED, ["Delete"]),
        (SubscriptionStatus.INSTALLING, []),
        (SubscriptionStatus.DELETED, []),
    ],
)
def test_what_cannot_be_done_is_absent(
    client: Client, subscription: Subscription, status: str, buttons: list[str]
) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(status=status)
    assert labels(page_of(client, subscription).context["page"]) == buttons


def test_user_sees_the_service_and_neither_money_nor_buttons(
    browser_of: Callable[[str], Client], subscription: Subscription
) -> None:
    answer = page_of(browser_of(AccessLevel.USER), subscription)
    page = answer.context["page"]
    assert (labels(page), [str(tab.label) for tab in page.tabs]) == ([], ["General"])
    assert "$" not in answer.content.decode()


def test_owner_sees_what_is_blocked(client: Client, subscription: Subscription) -> None:
    order = subscription.orders.get()
    assert page_of(client, subscription).context["reserved"] == order.total


def test_charges_and_transactions_are_those_of_the_subscription(
    client: Client, subscription: Subscription, foreign: Subscription
) -> None:
    charges = client.get(reverse("customer:subscription_charges", args=[subscription.pk])).context["list"]
    assert [row.url for row in charges.rows] == [
        reverse("customer:charge", args=[charge.pk]) for charge in subscription.charges.all()
    ]
    transactions = client.get(reverse("customer:subscription_transactions", args=[subscription.pk])).context["list"]
    assert len(transactions.rows) == 0


def test_busy_subscription_asks_again(client: Client, subscription: Subscription) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(status=SubscriptionStatus.UPDATING)
    assert 'hx-trigger="every 3s"' in page_of(client, subscription).content.decode()


def test_labels_of_the_vendors_facts_are_in_the_readers_language(client: Client, subscription: Subscription) -> None:
    subscription.attributes = {"domain": {"label": "Domain", "value": "acme.onmicrosoft.com"}}
    subscription.save()
    service = page_of(client, subscription).context["service"]
    assert [(fact.label, fact.value) for fact in service.facts] == [("Domain", "acme.onmicrosoft.com")]
