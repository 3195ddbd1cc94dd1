"""Home says what needs attention."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_home_says_what_needs_attention(client: Client, subscription: object) -> None:
    assert "Nothing: no failures" in text_of(client.get(page("home")))
    subscription.status = "installation_failed"
    subscription.save()
    assert "1 subscription failed at the vendor" in text_of(client.get(page("home")))
