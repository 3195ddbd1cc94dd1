"""The navigation bar: one current item on every page, and only what the role may open."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.panel.context import navigation_of
from operator_panel.navigation import NAVIGATION
from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in

pytestmark = pytest.mark.django_db


def _labels(client: Client) -> list[str]:
    groups = client.get(reverse("operator:home")).context["navigation"]
    return [str(item["label"]) for group in groups for item in group["items"]]


def test_navigation_is_that_of_the_role() -> None:
    assert _labels(signed_in(cast.manager(role=Role.MARKETING))) == [
        "Home", "Products", "Plans", "Price changes", "Plan categories", "Discounts", "Service terms", "Managers",
    ]  # fmt: skip
    assert "Vendor connections" in _labels(signed_in(cast.manager()))


@pytest.mark.parametrize(
    ("section", "current"),
    [
        ("accounts", "Accounts"),
        ("account_users", "Accounts"),
        ("account_types", "Account types"),
        ("account_type", "Account types"),
        ("account_class_create", "Account classes"),
        ("plan_category_create", "Plan categories"),
        ("plan_draft", "Plans"),
        ("product", "Products"),
        ("profile", None),
    ],
)
def test_current_item_is_the_one_that_says_most(rf: object, section: str, current: str | None) -> None:
    request = rf.get("/")
    request.actor = cast.manager_actor()
    groups = navigation_of(request, NAVIGATION, section=section)
    items = [str(item["label"]) for group in groups for item in group["items"] if item["current"]]
    assert items == ([current] if current else [])
