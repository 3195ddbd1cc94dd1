"""The navigation bar by access level, and where it says one is."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLevel
from subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def items(page: object) -> list[str]:
    return [str(item["label"]) for group in page.context["navigation"] for item in group["items"]]


def current(page: object) -> list[str]:
    return [str(item["label"]) for group in page.context["navigation"] for item in group["items"] if item["current"]]


def test_owner_sees_services_money_and_people(client: Client) -> None:
    assert items(client.get("/")) == [
        "Home", "Subscriptions", "Windows and renewals", "Order", "Payments", "Invoices", "Credit notes", "Charges",
        "Transactions", "Forecast", "Account", "Users",
    ]  # fmt: skip


def test_user_sees_services_and_the_account(browser_of: Callable[[str], Client]) -> None:
    page = browser_of(AccessLevel.USER).get("/")
    assert items(page) == ["Home", "Subscriptions", "Windows and renewals", "Account"]
    assert page.context["funds"] is None


def test_every_page_belongs_to_one_section(client: Client, subscription: Subscription) -> None:
    pages = {
        "/": "Home",
        "/messages/": "Home",
        reverse("customer:subscription_stop", args=[subscription.pk]): "Subscriptions",
        reverse("customer:subscription_order", args=[subscription.orders.get().pk]): "Subscriptions",
        reverse("customer:order_plan_details", args=[subscription.plan_id]): "Order",
        "/payments/top-up/": "Payments",
        reverse("customer:charge", args=[subscription.charges.get().pk]): "Charges",
        "/account/edit/": "Account",
        "/users/invite/": "Users",
    }
    assert {page: current(client.get(page)) for page in pages} == {page: [name] for page, name in pages.items()}


def test_pages_of_security_keep_the_bar_for_who_is_signed_in_and_have_none_before(client: Client) -> None:
    assert items(client.get("/accounts/password/change/")) == items(client.get("/"))
    assert "navigation" not in Client().get("/accounts/password/reset/").context
