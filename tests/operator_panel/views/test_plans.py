"""A plan's pages: today's price among all that were and will be."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Plan
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_new_price_is_entered_from_a_day_on(client: Client, plan: Plan, today: date) -> None:
    resource = plan.resources.get()
    fees = {"recurring_fee": "15", "setup_fee": "0", "renewal_fee": "0"}
    address = page("plan_price", plan.pk, resource.pk)
    tomorrow = today + timedelta(days=1)
    assert client.post(address, {**fees, "valid_from": tomorrow.isoformat()}).status_code == 302
    newest = resource.prices.order_by("-pk").first()
    assert (newest.recurring_fee, newest.valid_from) == (Decimal(15), tomorrow)
    said = text_of(client.get(page("plan_resources", plan.pk)))
    assert "Price a month today $10.00" in said
    assert "to come" in said
