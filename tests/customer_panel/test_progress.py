"""A page about something that is being done asks again until it is done."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Order, OrderStatus, Subscription

pytestmark = pytest.mark.django_db
ASKED_AGAIN = {"HX-Request": "true"}


@pytest.fixture
def page(subscription: Subscription) -> str:
    return reverse("customer:subscription_order", args=[subscription.orders.get().pk])


def test_busy_page_asks_again(client: Client, page: str) -> None:
    Order.objects.update(status=OrderStatus.PROVISIONING, closed_on=None)
    assert 'hx-trigger="every 3s"' in client.get(page).content.decode()
    answer = client.get(page, headers=ASKED_AGAIN)
    assert (answer.status_code, answer.headers.get("HX-Refresh")) == (204, None)


def test_page_that_is_done_is_loaded_anew(client: Client, page: str, today: date) -> None:
    answer = client.get(page, headers=ASKED_AGAIN)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    assert 'hx-trigger="every 3s"' not in client.get(page).content.decode()


@pytest.mark.parametrize(("level", "promised"), [("owner", True), ("admin", True), ("user", False)])
def test_a_message_is_promised_to_whom_one_finds(
    subscription: Subscription, browser_of: Callable[[str], Client], level: str, *, promised: bool
) -> None:
    Subscription.objects.update(status="updating")
    said = browser_of(level).get(reverse("customer:subscription", args=[subscription.pk])).content.decode()
    assert "Being carried out" in said
    assert ("a message will find you" in said) == promised
