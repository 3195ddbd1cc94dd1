"""Charges with the arithmetic behind them, and transactions."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from subscriptions.models import Plan, Subscription
from tests.browsing import confirmed
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def test_charge_says_how_it_was_calculated(client: Client, acme: Account, plan: Plan) -> None:
    ordered = make.subscription(account=acme, plan=plan, today=date(2018, 8, 20))
    page = client.get(reverse("customer:charge", args=[ordered.charges.order_by("pk").first().pk]))
    assert page.context["explanation"].formula == "5 × $10.00 × 12 of 31 days = $19.35"
    assert "5 × $10.00 × 12 of 31 days = $19.35" in page.content.decode()


def test_lowered_charge_shows_its_parts(client: Client, subscription: Subscription) -> None:
    first = subscription.charges.get()
    sent = {"quantities.seats": 2, "pay_from_balance": "on", "key": "a"}
    confirmed(client, reverse("customer:subscription_change", args=[subscription.pk]), sent)
    page = client.get(reverse("customer:charge", args=[first.pk]))
    parts = page.context["explanation"].parts
    assert sum(part.amount for part in parts) == first.amount
    child = client.get(reverse("customer:charge", args=[parts[0].pk]))
    assert child.context["explanation"].chain == (first, parts[0])


def test_transactions_show_the_top_up(client: Client, subscription: Subscription) -> None:
    assert len(client.get("/transactions/").context["list"].rows) == 2
