"""Dr.Web as people meet it: a customer orders stations and comes to each one's installer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.actors import actor_of
from accounts.models import Role
from sandbox.drweb import DrWeb
from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD
from sandbox.wsgi import serve
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.drweb.bench import STANDARD
from vendors.connections import add_connection, check_connection


@pytest.fixture
def drweb() -> DrWeb:
    """A pretend AV-Desk."""
    return DrWeb()


@pytest.fixture
def plan(drweb: DrWeb, stage: Stage) -> Iterator[Plan]:
    """A plan of its stations, over a connection whose access was checked."""
    admin = actor_of(cast.manager(role=Role.ADMIN))
    with serve(drweb) as running:
        values = {"base_url": running.base_url, "login": DEMO_LOGIN, "password": DEMO_PASSWORD}
        row = add_connection(actor=admin, reseller=admin.reseller, plugin="drweb", name="AV-Desk", values=values)
        connection = check_connection(actor=admin, connection=row, now=timezone.now())
        assert connection.usable
        yield make.plan(connection=connection, offer=STANDARD, prices={"stations": "3.00"}, name="Anti-virus")


@pytest.mark.slow
@pytest.mark.browser
def test_order_leads_to_the_links_of_each_station(stage: Stage, chromium: Browser, plan: Plan, drweb: DrWeb) -> None:
    today = timezone.localdate()
    account = cast.account(reseller=plan.reseller, name="Acme")
    owner = cast.customer_user(account=account, language="en")
    top_up(account=account, amount="500", today=today - timedelta(days=1))
    with Person(chromium, stage.web, "en") as customer:
        customer.sign_in(owner.email, cast.PASSWORD)
        customer.go("customer:home")
        customer.press("Order a subscription", within="main")
        customer.page.get_by_role("main").get_by_role("link", name=plan.name).click()
        customer.fill(**{"quantities.stations": 2})
        customer.send()
        customer.send()
        customer.page.locator("form[action$='/pay/'] button").click()
        subscription = Subscription.objects.get(account=account)
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        subscription.refresh_from_db()
        customer.sees(*(f"{subscription.name} {number}" for number in (1, 2)), "Installer for Windows")
        links = customer.page.get_by_role("main").get_by_role("link").evaluate_all("all => all.map(one => one.href)")
    installers = [link for link in links if "/download/download.ds?" in link]
    assert len(installers) == 2 * 5
    stations = {row["id"] for row in drweb.world.stations()}
    told = {requests.get(link, timeout=10).text.split()[-1] for link in installers if "code=" not in link}
    assert told == stations
