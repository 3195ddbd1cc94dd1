"""A subscription's page: what can be done now is a button."""

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_buttons_are_those_that_the_status_allows(client: Client, subscription: Subscription) -> None:
    buttons = client.get(page("subscription", subscription.pk)).context["page"].buttons
    assert [str(button.label) for button in buttons] == ["Change quantities", "Stop", "Delete"]
    assert [button.primary for button in buttons] == [True, False, False]
