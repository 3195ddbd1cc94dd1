"""The notice of a hold: what is to be paid, and the way to pay it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from re import sub

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.actors import SYSTEM
from accounts.models import AccessLevel, Account
from accounts.registration import hold_account
from customer_panel.holds import hold_of
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
NOTICE = "On credit hold: $12.50 is to be paid to leave it. The balance has been negative since"


@pytest.fixture
def held(acme: Account, today: date) -> Account:
    """Acme, which owes 12.50 and may owe nothing."""
    money.owe(account=acme, amount="12.50", today=today)
    run_billing_day(today=today)
    acme.refresh_from_db()
    return acme


def said(answer: object) -> str:
    """Return what a page says, without tags and with single spaces."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.mark.parametrize("place", ["customer:home", "customer:account"])
def test_the_notice_says_what_to_pay_and_leads_there(client: Client, held: Account, place: str) -> None:
    answer = client.get(reverse(place))
    assert NOTICE in said(answer)
    assert answer.context["top_up"] in answer.content.decode()
    assert client.get(answer.context["top_up"]).context["form"]["amount"].value() == Decimal("12.5")


def test_the_order_says_that_the_debt_comes_first(client: Client, held: Account, plan: Plan, today: date) -> None:
    given = {"period": plan.periods.get().pk, "quantities.seats": 1}
    answer = client.get(reverse("customer:order_plan_check", args=[plan.pk]), given)
    assert NOTICE in said(answer)
    alone = make.order(account=cast.account(), plan=plan, today=today, quantities={"seats": 1})
    assert answer.context["submit"] == f"Order, pay ${alone.total + Decimal('12.50'):.2f}"


def test_who_sees_no_money_is_told_of_the_hold_alone(browser_of: Callable[[str], Client], held: Account) -> None:
    page = said(browser_of(AccessLevel.USER).get("/"))
    assert "On credit hold: services are stopped until the balance is topped up." in page
    assert "12.50" not in page


def test_the_notice_is_in_russian_too(client: Client, held: Account, owner: object) -> None:
    with override("ru"):
        client.cookies["django_language"] = "ru"
        owner.language = "ru"
        owner.save()
        page = said(client.get("/")).replace("\xa0", " ")
    assert "Кредитная блокировка: чтобы выйти из неё, нужно внести 12,50 $." in page


def test_an_active_account_has_no_notice(client: Client, acme: Account, today: date) -> None:
    assert "hold" not in said(client.get("/"))
    assert hold_of(cast.customer_actor(account=cast.account()), today=today) == {"standing": None}


def test_a_managers_hold_is_told_without_an_amount(client: Client, subscription: Subscription, today: date) -> None:
    hold_account(actor=SYSTEM, account=subscription.account, today=today)
    page = said(client.get("/"))
    assert "On administrative hold: services are stopped" in page
    assert "is to be paid" not in page


def test_on_hold_nothing_is_offered_that_would_be_refused(
    client: Client, subscription: Subscription, today: date
) -> None:
    hold_account(actor=SYSTEM, account=subscription.account, today=today)
    page = client.get(reverse("customer:subscription", args=[subscription.pk])).context["page"]
    assert (str(page.status.label), str(page.status.detail), page.buttons) == ("Stopped", "administrative hold", ())


def test_a_step_taken_anyway_is_refused_with_the_sentence(
    client: Client, subscription: Subscription, today: date
) -> None:
    hold_account(actor=SYSTEM, account=subscription.account, today=today)
    answer = client.get(reverse("customer:subscription_activate", args=[subscription.pk]))
    assert "The account is “Administrative hold”: ask your manager to release it first." in said(answer)
