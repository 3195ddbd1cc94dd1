"""The months to come of one's own account."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Subscription
from subscriptions.told import forecast as told

pytestmark = pytest.mark.django_db


def test_shows_own_months_and_nothing_of_others(
    client: Client, subscription: Subscription, foreign: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = client.get(reverse("customer:forecast")).content.decode()
    assert "First falls short on" in said
    assert reverse("customer:subscription", args=[subscription.pk]) in said
    assert reverse("customer:subscription", args=[foreign.pk]) not in said
    assert reverse("customer:forecast") in client.get(reverse("customer:home")).content.decode()
    monkeypatch.setattr(told, "AT_MOST", 0)
    assert "too many to look ahead" in client.get(reverse("customer:forecast")).content.decode()


def test_who_may_not_see_charges_sees_no_forecast(browser_of: Callable[[str], Client]) -> None:
    browser = browser_of("user")
    assert browser.get(reverse("customer:forecast")).status_code in (403, 404)
    assert reverse("customer:forecast") not in browser.get(reverse("customer:home")).content.decode()
