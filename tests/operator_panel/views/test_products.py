"""Products and plan categories."""

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import PlanCategory, Product
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
