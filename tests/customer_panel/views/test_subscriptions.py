"""The list of subscriptions, and one of them."""

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import AccessLevel, Account
from core.panel.formats import day_text, money_text
from core.panel.page import Page
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.people.stopping import stop
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import owe

pytestmark = pytest.mark.django_db


def page_of(client: Client, subscription: Subscription) -> object:
    return client.get(reverse("customer:subscription", args=[subscription.pk]))


def labels(page: Page) -> list[str]:
    return [str(button.label) for button in page.buttons]


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (SubscriptionStatus.ACTIVE, ["Change quantities", "Stop", "Delete"]),
        (SubscriptionStatus.STOPPED, ["Activate", "Delete"]),
        (SubscriptionStatus.ORDERED, ["Delete"]),
        (SubscriptionStatus.INSTALLING, []),
        (SubscriptionStatus.DELETED, []),
    ],
)
def test_what_cannot_be_done_is_absent(
    client: Client, subscription: Subscription, status: str, buttons: list[str]
) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(status=status)
    assert labels(page_of(client, subscription).context["page"]) == buttons


def test_user_sees_the_service_and_neither_money_nor_buttons(
    browser_of: Callable[[str], Client], subscription: Subscription
) -> None:
    answer = page_of(browser_of(AccessLevel.USER), subscription)
    page = answer.context["page"]
    assert (labels(page), [str(tab.label) for tab in page.tabs]) == ([], ["General"])
    assert "$" not in answer.content.decode()


def test_owner_sees_what_is_blocked(client: Client, subscription: Subscription) -> None:
    order = subscription.orders.get()
    assert page_of(client, subscription).context["reserved"] == order.total


def test_charges_and_transactions_are_those_of_the_subscription(
    client: Client, subscription: Subscription, foreign: Subscription
) -> None:
    charges = client.get(reverse("customer:subscription_charges", args=[subscription.pk])).context["list"]
    assert [row.url for row in charges.rows] == [
        reverse("customer:charge", args=[charge.pk]) for charge in subscription.charges.all()
    ]
    transactions = client.get(reverse("customer:subscription_transactions", args=[subscription.pk])).context["list"]
    assert len(transactions.rows) == 0


def test_busy_subscription_asks_again(client: Client, subscription: Subscription) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(status=SubscriptionStatus.UPDATING)
    assert 'hx-trigger="every 3s"' in page_of(client, subscription).content.decode()


def test_labels_of_the_vendors_facts_are_in_the_readers_language(client: Client, subscription: Subscription) -> None:
    subscription.attributes = {"domain": {"label": "Domain", "value": "acme.onmicrosoft.com"}}
    subscription.save()
    service = page_of(client, subscription).context["service"]
    assert [(fact.label, fact.value) for fact in service.facts] == [("Domain", "acme.onmicrosoft.com")]


def test_price_monthly_cost_and_the_next_sum_stand_on_the_page(client: Client, subscription: Subscription) -> None:
    answer = page_of(client, subscription)
    page = answer.content.decode()
    upkeep = answer.context["upkeep"]
    assert (upkeep.amount, upkeep.day) == (50, subscription.next_billing_day)
    for told in ("Monthly cost", "$50.00", "Next sum due", f"on {day_text(upkeep.day)}", "10.00"):
        assert told in page, told
    client.post(reverse("customer:subscription_stop", args=[subscription.pk]), {"comment": "x"})
    Subscription.objects.filter(pk=subscription.pk).update(status=SubscriptionStatus.STOPPED)
    stopped = page_of(client, subscription).content.decode()
    assert ("$0.00" in stopped, "Next sum due" in stopped) == (True, False)


def test_of_an_order_that_waits_the_next_sum_is_its_payment(client: Client, acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=timezone.localdate())
    page = page_of(client, order.subscription).content.decode()
    assert money_text(order.total, "USD") in page
    assert "Next sum due" in page


def test_a_banner_says_whose_comment_it_shows(client: Client, subscription: Subscription, today: date) -> None:
    manager = cast.manager(name="Maria Manager")
    browser = Client()
    browser.force_login(manager)
    address = f"/operator/subscriptions/{subscription.pk}/"
    asked = browser.post(f"{address}stop/", {"comment": "Wished by telephone"})
    form_of(asked, holding="confirmed").send(browser)
    for shown in (client.get(reverse("customer:subscription", args=[subscription.pk])), browser.get(address)):
        said = " ".join(unescape(shown.content.decode()).split())
        assert "Maria Manager on stopping it on" in said
        assert said.count("Wished by telephone") == 1


def test_what_is_refused_is_not_offered_and_the_page_leads_to_the_remedy(
    client: Client, subscription: Subscription, today: date
) -> None:
    stop(actor=SYSTEM, subscription=subscription, today=today)
    address = reverse("customer:subscription", args=[subscription.pk])
    labels = {str(button.label) for button in client.get(address).context["page"].buttons}
    assert labels == {"Activate", "Delete"}
    owe(account=subscription.account, amount="10000.00", today=today)
    page = client.get(address).context["page"]
    assert {str(button.label) for button in page.buttons} == {"Delete"}
    assert [str(hint.label) for hint in page.hints] == ["Top up"]
    assert "/payments/top-up/?amount=" in client.get(address).content.decode()
