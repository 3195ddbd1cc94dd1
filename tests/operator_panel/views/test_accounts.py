"""An account's page: what decides on top."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import hold_account
from subscriptions.models import Subscription
from subscriptions.night.renewals import run_billing_day
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_account_page_shows_the_funds_first(client: Client, subscription: Subscription) -> None:
    said = text_of(client.get(page("account", subscription.account_id)))
    funds = said[said.index("Balance ") : said.index("Account information")]
    blocked = sum(charge.amount for charge in subscription.charges.filter(status="blocked"))
    whole = Decimal(1000) + subscription.orders.get().total
    assert funds.startswith(
        f"Balance ${whole:,.2f} Blocked ${blocked:,.2f} for 1 active subscription "
        f"Available ${whole - blocked:,.2f} credit limit $0.00 Needed on "
    )
    assert funds.strip().endswith("$50.00 enough is available")


def test_account_page_says_what_is_missing(client: Client, acme: Account, plan: object, today: date) -> None:
    make.subscription(account=acme, plan=plan, today=today)
    assert "$50.00 $50.00 more to be topped up" in text_of(client.get(page("account", acme.pk)))


def test_owner_is_signed_in_as(client: Client, acme: Account) -> None:
    cast.customer_user(account=acme)
    assert reverse("sign_in_as_owner", args=[acme.pk]) in client.get(page("account", acme.pk)).content.decode()


def test_account_page_says_what_leaves_a_credit_hold(client: Client, acme: Account, today: date) -> None:
    money.owe(account=acme, amount="12.50", today=today)
    run_billing_day(today=today)
    said = text_of(client.get(page("account", acme.pk)))
    assert "On credit hold: $12.50 is to be paid to leave it. The balance has been negative since" in said


def test_account_page_says_that_a_manager_holds_it(client: Client, subscription: Subscription, today: date) -> None:
    hold_account(actor=SYSTEM, account=subscription.account, today=today)
    said = text_of(client.get(page("account", subscription.account_id)))
    assert "On administrative hold: services are stopped" in said
    assert "to leave it" not in said
