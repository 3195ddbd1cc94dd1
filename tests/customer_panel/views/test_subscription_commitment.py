"""What binds a customer's subscription: windows, the next term, and what each decision costs."""

from datetime import date

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from subscriptions.models import Plan
from tests.factories import commitments as bound
from tests.factories import subscriptions as make


def test_windows_and_decisions_are_shown_without_net_costs(
    client: Client, acme: Account, plan: Plan, today: date
) -> None:
    found = make.subscription(account=acme, plan=plan, today=today)
    address = reverse("customer:subscription_commitment", args=[found.pk])
    assert "has told of no term" in client.get(address).content.decode()
    bound.commitment(subscription=found, now=make.noon(today))
    shown = client.get(address, {"seats": "2"}).content.decode()
    for words in ("Units can be given back until", "Can be cancelled until", "Renews", "Lower to 2", "$50.00"):
        assert words in shown, words
    assert "Net cost" not in shown
