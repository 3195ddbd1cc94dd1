"""A charge opens to its formula."""

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Subscription
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_charge_opens_to_its_formula(client: Client, subscription: Subscription) -> None:
    charge = subscription.charges.order_by("pk").first()
    days, period = (charge.operate_to - charge.operate_from).days, (charge.period_to - charge.period_from).days
    said = text_of(client.get(page("charge", charge.pk)))
    assert f"5 × $10.00 × {days} of {period} days = ${charge.amount:.2f}" in said
    assert "Unit price $10.00 " in said
