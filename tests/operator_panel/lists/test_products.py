"""The lists of products and of plan categories."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from subscriptions.catalogue.products import create_plan_category, create_product
from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in

pytestmark = pytest.mark.django_db


def _rows(client: Client, name: str) -> int:
    return len(client.get(reverse(f"operator:{name}")).context["list"].rows)


def test_a_reseller_sees_its_own_products_and_categories() -> None:
    north = cast.reseller(name="North")
    for reseller in (cast.operator(), north):
        create_product(actor=SYSTEM, reseller=reseller, name="Microsoft 365")
        create_plan_category(actor=SYSTEM, reseller=reseller, name="Office")
    above, below = signed_in(cast.manager()), signed_in(cast.manager(reseller=north))
    assert [_rows(who, name) for who in (above, below) for name in ("products", "plan_categories")] == [2, 2, 1, 1]
