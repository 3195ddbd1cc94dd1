"""The first page: figures, the one next step, services, messages."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import AccessLevel, Account, User
from billing.payments import open_top_up
from core.money import Money
from notifications.announce import announce
from subscriptions.models import Plan, Subscription
from tests.browsing import confirmed
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
HOME = "/"


def test_new_customer_is_led_to_the_first_order(client: Client) -> None:
    step = client.get(HOME).context["step"]
    assert (step.label, step.url) == ("Order a subscription", reverse("customer:order_plan"))


def test_who_may_not_order_is_not_led_there(browser_of: Callable[[str], Client]) -> None:
    assert browser_of(AccessLevel.USER).get(HOME).context["step"] is None


def test_figures_say_what_is_needed_on_the_next_billing_day(client: Client, subscription: Subscription) -> None:
    page = client.get(HOME)
    needed, funds = page.context["needed"], page.context["money"]
    assert (needed.day, needed.amount, needed.missing) == (subscription.next_billing_day, Decimal("50.00"), 0)
    assert funds.available == Decimal(500)
    assert page.context["step"] is None


def test_missing_funds_are_the_next_step(client: Client, acme: Account, plan: Plan, today: date) -> None:
    money.top_up(account=acme, amount="20.00", today=today)
    make.subscription(account=acme, plan=plan, today=today)
    step = client.get(HOME).context["step"]
    assert (step.label, step.urgent) == ("Top up", True)
    form = client.get(step.url).context["form"]
    assert form["amount"].value() == Decimal("30.00")


def test_unpaid_order_is_the_next_step_before_all_else(
    client: Client, acme: Account, plan: Plan, today: date, subscription: Subscription
) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    step = client.get(HOME).context["step"]
    assert step.url == reverse("customer:subscription_order", args=[order.pk])


def test_awaited_top_up_is_the_next_step(client: Client, acme: Account, today: date) -> None:
    payment = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    step = client.get(HOME).context["step"]
    assert (step.title, step.url) == (
        f"The payment {payment.number} of $10.00 is awaited",
        reverse("customer:payments"),
    )


def test_user_sees_services_and_no_money(browser_of: Callable[[str], Client], subscription: Subscription) -> None:
    page = browser_of(AccessLevel.USER).get(HOME)
    assert [service.subscription for service in page.context["services"]] == [subscription]
    text = page.content.decode()
    assert [word for word in ("$", "USD", "Balance", "Available", "Payments") if word in text] == []


def test_service_shows_its_domain_and_the_way_in(client: Client, subscription: Subscription) -> None:
    subscription.attributes = {
        "domain": {"label": "Domain", "value": "acme.onmicrosoft.com"},
        "portal": {"label": "Portal", "value": "https://portal.example.com/"},
    }
    subscription.save()
    text = client.get(HOME).content.decode()
    assert "acme.onmicrosoft.com" in text
    assert 'href="https://portal.example.com/"' in text


def test_deleted_service_is_gone(client: Client, subscription: Subscription) -> None:
    confirmed(client, reverse("customer:subscription_delete", args=[subscription.pk]))
    assert client.get(HOME).context["services"] == []


def test_newest_messages_come_first_and_all_are_a_page_away(client: Client, owner: User, acme: Account) -> None:
    for number in range(7):
        announce(
            "order_placed",
            account=acme,
            key=str(number),
            context={
                "order": f"SO{number}",
                "subscription": "Backup",
                "total": Money(Decimal(1), "USD"),
                "account": acme.name,
                "reference": f"RP{number}",
            },
        )
    news = client.get(HOME).context["news"]
    assert [message.subject for message in news] == [f"Order SO{number} is placed" for number in (6, 5, 4, 3, 2)]
    assert len(client.get(reverse("customer:home_messages")).context["news"]) == 7


def test_person_with_several_accounts_switches_between_them(client: Client, owner: User, acme: Account) -> None:
    branch = cast.account(name="Branch")
    cast.member(account=branch, user=owner, access_level=AccessLevel.USER)
    assert client.get(HOME).context["accounts_to_choose"] == [branch]
    assert client.post(reverse("choose_account"), {"account": branch.pk}).url == "/"
    page = client.get(HOME)
    assert (str(page.context["page"].title), page.context["accounts_to_choose"]) == ("Branch", [acme])


def test_manager_signed_in_as_owner_is_reminded_and_finds_no_switch(owner: User, acme: Account) -> None:
    cast.member(account=cast.account(name="Branch"), user=owner)
    browser = Client()
    browser.force_login(cast.manager(name="Max Manager"))
    browser.post(reverse("sign_in_as_owner", args=[acme.pk]))
    page = browser.get(HOME)
    assert page.context["accounts_to_choose"] == []
    assert "Max Manager, you are signed in as Olga Owner." in page.content.decode()
