"""ESET as people meet it: what is said of changes, the next day's charge, and no second change (CR-613)."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.actors import actor_of
from accounts.models import User
from billing.models import Charge
from core.panel.formats import day_text
from sandbox.eset import Eset
from sandbox.eset.world import DEMO_PASSWORD, DEMO_USER
from sandbox.wsgi import serve
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from tests.browser.conftest import Stage
from tests.browser.person import MILLISECONDS, Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.eset.bench import NOD32
from vendors.connections import add_connection, check_connection
from vendors.models import VendorOperation

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ONCE = "The quantities can be changed once a day."
NEXT_DAY = "More units are there, and charged, from the next day on."


@dataclass
class Sold:
    """Who sells ESET, and how."""

    boss: User
    plan: Plan
    eset: Eset


@pytest.fixture
def sold(stage: Stage) -> Iterator[Sold]:
    """A plan of licences over a connection whose access was checked, at an ESET that takes one change a day."""
    boss, eset = cast.manager(), Eset()
    eset.behave(once_a_day=True)
    actor = actor_of(boss)
    with serve(eset) as running:
        values = {"base_url": running.base_url, "username": DEMO_USER, "password": DEMO_PASSWORD}
        row = add_connection(actor=actor, reseller=actor.reseller, plugin="eset", name="ESET", values=values)
        connection = check_connection(actor=actor, connection=row, now=timezone.now())
        assert connection.usable
        yield Sold(boss, make.plan(connection=connection, offer=NOD32, prices={"units": "3.00"}, name="ESET"), eset)


def ordered(customer: Person, plan: Plan) -> Subscription:
    """Order two units and pay them from the balance."""
    before = set(Subscription.objects.values_list("pk", flat=True))
    customer.go("customer:order_plan_details", plan.pk)
    customer.fill(quantities__units=2)
    customer.send()
    customer.send()
    customer.page.locator("form[action$='/pay/'] button").click()
    customer.page.wait_for_load_state("networkidle")
    return Subscription.objects.exclude(pk__in=before).get()


def test_the_rule_is_said_in_both_panels_the_next_day_is_charged_and_a_second_change_refused(
    stage: Stage, chromium: Browser, sold: Sold
) -> None:
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    account = cast.account(
        reseller=sold.plan.reseller, name="Acme", country="CZ", city="Praha", street="Hlavní", building="1",
        zip="110 00",
    )  # fmt: skip
    owner = cast.customer_user(account=account, language="en")
    top_up(account=account, amount="500", today=today - timedelta(days=1))
    with Person(chromium, stage.web, "en") as customer, Person(chromium, stage.web, "en") as operator:
        operator.sign_in(sold.boss.email, cast.PASSWORD)
        customer.sign_in(owner.email, cast.PASSWORD)
        subscription = ordered(customer, sold.plan)
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        subscription.refresh_from_db()
        customer.sees("Public licence ID", subscription.vendor_ids["licence_id"], "Units activated")
        operator.go("operator:subscription_change", subscription.pk)
        operator.sees(ONCE, NEXT_DAY)
        customer.go("customer:subscription_change", subscription.pk)
        customer.sees(ONCE, NEXT_DAY)
        customer.fill(quantities__units=5)
        customer.fill(pay_from_balance=True)
        customer.send()
        customer.sees(day_text(tomorrow))
        customer.send()
        customer.page.wait_for_load_state("networkidle")
        raised(subscription, tomorrow)
        for person, panel in ((customer, "customer"), (operator, "operator")):
            person.go(f"{panel}:subscription", subscription.pk)
            person.sees(f"takes effect on {day_text(tomorrow)}")
            person.go(f"{panel}:subscription_change", subscription.pk)
            person.sees(ONCE)
            person.fill(quantities__units=6)
            person.send()
            person.sees(f"takes effect on {day_text(tomorrow)}. Until then nothing else can be done.")
            person.troubles = []  # a page that refuses is answered 422, which the browser notes
    assert [row["quantity"] for row in sold.eset.world.licences()] == [5]
    assert [call["status"] for call in sold.eset.requests_seen(path="/UpdateQuantity")] == [200]


def raised(subscription: Subscription, tomorrow: date) -> None:
    """Wait until ESET has accepted the change, and see from when on it is charged."""
    deadline = time.monotonic() + MILLISECONDS / 1000
    while not VendorOperation.objects.filter(action="change", state="confirmed").exists():
        assert time.monotonic() < deadline, "the worker has not told ESET"
        time.sleep(0.3)
    (charge,) = Charge.objects.filter(subscription=subscription, quantity=3)
    assert charge.operate_from == tomorrow
