"""Every page of the customer panel, by access level, and what belongs to somebody else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.actors import SYSTEM
from accounts.models import AccessLevel, Account
from billing.models import Payment
from billing.payments import open_top_up
from subscriptions.models import Order, Plan, Subscription
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.worlds import kept

pytestmark = pytest.mark.django_db

ALL = {AccessLevel.OWNER: 200, AccessLevel.ADMIN: 200, AccessLevel.USER: 200}
NOT_THE_USER = {**ALL, AccessLevel.USER: 403}
PAGES = {
    "home": ALL,
    "home_messages": ALL,
    "subscriptions": ALL,
    "order_plan": NOT_THE_USER,
    "payments": NOT_THE_USER,
    "payment_top_up": NOT_THE_USER,
    "charges": NOT_THE_USER,
    "transactions": NOT_THE_USER,
    "account": ALL,
    "account_edit": NOT_THE_USER,
    "users": NOT_THE_USER,
    "user_invite": NOT_THE_USER,
    "profile": ALL,
}
OF_A_SUBSCRIPTION = {
    "subscription": ALL,
    "subscription_charges": NOT_THE_USER,
    "subscription_transactions": NOT_THE_USER,
    "subscription_change": NOT_THE_USER,
    "subscription_stop": NOT_THE_USER,
    "subscription_delete": NOT_THE_USER,
}


@dataclass(frozen=True)
class Sold:
    """A plan, Acme's subscription of it, and another customer's."""

    plan: Plan
    subscription: Subscription
    foreign: Subscription


@pytest.fixture(scope="module")
def sold(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Sold]:
    """Made once for the file; each test gets copies, and its changes end with it."""
    with kept(django_db_blocker):
        today, plan = timezone.localdate(), make.plan(name="Backup")
        acme = cast.account(name="Acme", primary_name="Acme", email="acme@example.com")
        money.top_up(account=acme, amount="500.00", today=today)
        mine = make.subscription(account=acme, plan=plan, today=today)
        yield Sold(plan, mine, make.subscription(account=cast.account(name="Other"), plan=plan, today=today))


@pytest.fixture
def acme(sold: Sold, db: None) -> Account:
    """Who bought."""
    return Account.objects.get(pk=sold.subscription.account_id)


@pytest.fixture
def plan(sold: Sold, db: None) -> Plan:
    """What is sold."""
    return Plan.objects.get(pk=sold.plan.pk)


@pytest.fixture
def subscription(sold: Sold, db: None) -> Subscription:
    """Acme's."""
    return Subscription.objects.get(pk=sold.subscription.pk)


@pytest.fixture
def foreign(sold: Sold, db: None) -> Subscription:
    """Somebody else's."""
    return Subscription.objects.get(pk=sold.foreign.pk)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("level", AccessLevel)
def test_page_opens_by_access_level(
    browser_of: Callable[[str], Client], subscription: Subscription, name: str, level: str
) -> None:
    assert browser_of(level).get(reverse(f"customer:{name}")).status_code == PAGES[name][level]


@pytest.mark.parametrize("name", OF_A_SUBSCRIPTION)
@pytest.mark.parametrize("level", AccessLevel)
def test_page_of_a_subscription_opens_by_access_level(
    browser_of: Callable[[str], Client], subscription: Subscription, name: str, level: str
) -> None:
    answer = browser_of(level).get(reverse(f"customer:{name}", args=[subscription.pk]))
    assert answer.status_code == OF_A_SUBSCRIPTION[name][level]


@pytest.mark.parametrize("name", [*OF_A_SUBSCRIPTION, "subscription_activate"])
def test_subscription_of_another_customer_is_not_found(client: Client, foreign: Subscription, name: str) -> None:
    assert client.get(reverse(f"customer:{name}", args=[foreign.pk])).status_code == 404
    assert client.post(reverse(f"customer:{name}", args=[foreign.pk]), {"confirmed": "yes"}).status_code in (404, 405)


def test_order_charge_and_payment_of_another_customer_are_not_found(
    client: Client, foreign: Subscription, today: date, settings: object
) -> None:
    settings.DEMO = True
    order = foreign.orders.get()
    payment = open_top_up(actor=SYSTEM, account=foreign.account, amount=Decimal(10), today=today)
    membership = cast.member(account=foreign.account, user=cast.customer_user(account=cast.account()))
    invitation = foreign.account.invitations.create(
        email="x@example.com", access_level="user", expires_at="2030-01-01T00:00Z"
    )
    pages = {
        reverse("customer:subscription_order", args=[order.pk]): "get",
        reverse("customer:charge", args=[foreign.charges.first().pk]): "get",
        reverse("customer:order_pay_from_balance", args=[order.pk]): "post",
        reverse("customer:order_cancel", args=[order.pk]): "post",
        reverse("customer:payment_cancel", args=[payment.pk]): "post",
        reverse("customer:payment_demo_bank", args=[payment.pk]): "post",
        reverse("customer:payment_card", args=[payment.pk]): "post",
        reverse("customer:payment_card_leave", args=[payment.pk]): "get",
        reverse("customer:user_level", args=[membership.pk]): "post",
        reverse("customer:user_remove", args=[membership.pk]): "post",
        reverse("customer:user_withdraw", args=[invitation.pk]): "post",
    }
    assert {page: getattr(client, how)(page).status_code for page, how in pages.items()} == dict.fromkeys(pages, 404)
    assert Payment.objects.get(pk=payment.pk).status == "waiting_for_payment"


def test_plan_of_another_reseller_is_not_found(client: Client) -> None:
    foreign_plan = make.plan(reseller=cast.reseller())
    assert client.get(reverse("customer:order_plan_details", args=[foreign_plan.pk])).status_code == 404
    assert client.post(reverse("customer:order_plan_check", args=[foreign_plan.pk])).status_code == 404


def test_who_is_signed_out_is_asked_to_sign_in_and_comes_back(db: None) -> None:
    answer = Client().get("/subscriptions/")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/subscriptions/")


def test_manager_is_led_to_the_own_panel(db: None) -> None:
    browser = Client()
    browser.force_login(cast.manager())
    assert browser.get("/").url == "/operator/"
    assert browser.get("/subscriptions/").status_code == 404


@pytest.mark.parametrize(
    "page", ["/", "/subscriptions/", "/payments/", "/charges/", "/transactions/", "/order/", "/users/"]
)
def test_page_asks_the_database_as_often_for_three_rows_as_for_one(
    client: Client, acme: Account, plan: Plan, today: date, django_assert_max_num_queries: object, page: str
) -> None:
    more(acme, plan, today)
    committed()
    client.get(page)  # what is asked once a process (permissions, content types) is asked here
    with django_assert_max_num_queries(60) as one:
        client.get(page)
    more(acme, plan, today)
    more(acme, make.plan(), today)
    committed()
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(page)


def more(account: Account, plan: Plan, today: date) -> Order:
    """Make one more of everything that the pages list."""
    make.subscription(account=account, plan=plan, today=today)
    cast.customer_user(account=account, access_level=AccessLevel.USER)
    open_top_up(actor=SYSTEM, account=account, amount=Decimal(10), today=today)
    return make.order(account=account, plan=plan, today=today)


def committed() -> None:
    """Let happen what a commit does, for the test's own transaction has none: documents are given their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
