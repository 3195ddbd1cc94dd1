"""Products and plan categories."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import PlanCategory, Product
from tests.browsing import form_of
from tests.operator_panel.conftest import errors_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_products_and_categories_are_created(client: Client) -> None:
    client.post(page("product_create"), {"name": "Microsoft 365", "description": "Mail and more"})
    product = Product.objects.get()
    client.post(page("product", product.pk), {"name": "Microsoft 365 Business", "description": ""})
    product.refresh_from_db()
    assert product.name == "Microsoft 365 Business"
    client.post(page("plan_category_create"), {"name": "Office"})
    assert PlanCategory.objects.get().name == "Office"
    assert list(errors_of(client.post(page("plan_category_create"), {"name": "Office"}))) == ["name"]


def test_product_is_only_looked_at_by_a_role_that_may_not_change_it(
    client: Client, as_role: Callable[[str], Client]
) -> None:
    client.post(page("product_create"), {"name": "Microsoft 365", "description": ""})
    address = page("product", Product.objects.get().pk)
    shown = as_role("sales").get(address)
    assert not form_of(shown, holding="name").button
    assert form_of(client.get(address), holding="name").button
