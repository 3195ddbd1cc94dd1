"""The pages of the months to come: of an account, and of one's own reseller; nobody sees another's."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from subscriptions.models import Plan, Subscription
from subscriptions.told import forecast as told
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.operator_panel.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_an_account_falls_short_on_the_page(client: Client, plan: Plan, today: date) -> None:
    subscription = make.subscription(account=cast.account(), plan=plan, today=today)
    address = reverse("operator:account_forecast", args=[subscription.account_id])
    said = client.get(address).content.decode()
    assert "First falls short on" in said
    assert "$50.00" in said
    assert "stops: funds short" in said
    assert reverse("operator:subscription", args=[subscription.pk]) in said
    top_up(account=subscription.account, amount="10000", today=today)
    assert "enough is there for all months shown" in client.get(address).content.decode()


def test_too_many_subscriptions_are_told_in_words(
    client: Client, subscription: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "AT_MOST", 0)
    address = reverse("operator:account_forecast", args=[subscription.account_id])
    assert "too many to look ahead" in client.get(address).content.decode()


def test_the_reseller_foresees_its_margins_from_the_page_of_those_that_were(
    client: Client, subscription: Subscription
) -> None:
    address = reverse("operator:margin_forecast")
    assert address in client.get(reverse("operator:margins")).content.decode()
    said = client.get(address).content.decode()
    assert "$50.00" in said
    assert "Owed upstream" in said


def test_another_resellers_account_is_not_there_and_margins_are_not_for_everybody(
    client: Client, subscription: Subscription
) -> None:
    elsewhere = signed_in(cast.manager(reseller=cast.reseller()))
    address = reverse("operator:account_forecast", args=[subscription.account_id])
    assert elsewhere.get(address).status_code == 404
    assert "$50.00" not in elsewhere.get(reverse("operator:margin_forecast")).content.decode()
    sales = signed_in(cast.manager(role=Role.SALES))
    assert sales.get(reverse("operator:margin_forecast")).status_code in (403, 404)
