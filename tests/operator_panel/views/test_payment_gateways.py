"""A card gateway in the panel: created, shown with its address for messages, changed, its secrets never shown."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import PaymentGateway
from tests.operator_panel.conftest import errors_of

pytestmark = pytest.mark.django_db
ANSWERS = {
    "name": "Cards", "currency": "RUB", "merchant_login": "shop", "algorithm": "sha256", "password_1": "first-secret",
    "password_2": "second-secret", "test": "",
}  # fmt: skip


def test_it_is_created_and_changed(client: Client) -> None:
    client.post(reverse("operator:payment_gateway_create"), ANSWERS)
    made = PaymentGateway.objects.get()
    address = reverse("operator:payment_gateway", args=[made.pk])
    page = client.get(address).content.decode()
    assert reverse("gateways:told", args=[made.pk]) in page
    assert "secret" not in page
    answer = client.post(address, {**ANSWERS, "password_1": "", "password_2": "", "merchant_login": "other"})
    made.refresh_from_db()
    assert (answer.status_code, made.settings["merchant_login"], made.active) == (302, "other", False)


def test_what_is_missing_is_said_at_its_field(client: Client) -> None:
    answer = client.post(reverse("operator:payment_gateway_create"), {**ANSWERS, "merchant_login": ""})
    assert "merchant_login" in errors_of(answer)
    assert not PaymentGateway.objects.exists()
