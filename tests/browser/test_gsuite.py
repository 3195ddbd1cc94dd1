"""G Suite as people order it: activation message (CR-582), a password shown once, too few seats refused (CR-599)."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.actors import actor_of
from accounts.models import Account, User
from sandbox.google import Google as Vendor
from sandbox.wsgi import serve
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.workers.provisioning import carry_out
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.sandbox.google.asking import STARTER, registered
from tests.sandbox.google.signing import key_file
from tests.vendors.gsuite.bench import settings_of
from vendors.connections import add_connection, check_connection
from vendors.fields import packed

pytestmark = [pytest.mark.slow, pytest.mark.browser]
DOMAIN = "acme-mail.example"
LOGIN = f"boss@{DOMAIN}"


@pytest.fixture
def vendor() -> Iterator[tuple[Vendor, str]]:
    """A pretend Google and where it answers."""
    made = registered(Vendor())
    with serve(made) as running:
        yield made, running.base_url


@pytest.fixture
def acme(stage: Stage) -> Account:
    """A customer with money."""
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="+1 425 555 0100",
        street="Main Street", building="1", contact_first_name="Tania", contact_last_name="Carr",
        contact_email="tania@acme.example",
    )  # fmt: skip
    top_up(account=account, amount="500", today=timezone.localdate())
    return account


@pytest.fixture
def people(acme: Account, vendor: tuple[Vendor, str]) -> tuple[User, User]:
    """An administrator of the operator, who sells Business Starter, and the customer's owner."""
    boss, owner = cast.manager(), cast.customer_user(account=acme)
    actor = actor_of(boss)
    values = settings_of(vendor[1], key_file=packed(key_file().encode()))
    connection = add_connection(actor=actor, reseller=actor.reseller, plugin="gsuite", name="Google", values=values)
    connection = check_connection(actor=actor, connection=connection, now=timezone.now())
    make.plan(connection=connection, offer=STARTER, prices={"seats": "6.00"}, name="Business Starter")
    return boss, owner


def ordered(customer: Person) -> Subscription:
    """Order five seats for a domain and pay from the balance."""
    customer.go("customer:order_plan_details", Plan.objects.get(name="Business Starter").pk)
    customer.fill(
        quantities__seats=5,
        parameters__domain=DOMAIN,
        parameters__alternate_email="tania@acme.example",
        parameters__admin_login="boss",
    )
    customer.send()
    customer.sees("30.00")
    customer.send()
    customer.send()
    customer.page.wait_for_load_state("networkidle")
    return Subscription.objects.get()


def told(subscription: Subscription) -> None:
    """Wait until the worker has kept what Google told: it does so after it has begun to wait."""
    until = time.monotonic() + 60
    while not subscription.secrets.exists():
        assert time.monotonic() < until, "nothing was told"
        time.sleep(0.2)


def looked_again(subscription: Subscription) -> None:
    """Let the time pass after which workers look at what waits."""
    operation = waiting_operation(subscription)
    assert operation is not None
    carry_out(operation_id=operation.pk, now=timezone.now() + timedelta(hours=1), today=timezone.localdate())


def test_the_terms_are_accepted_with_the_password_that_is_shown_once_and_fewer_seats_than_are_used_refused(
    stage: Stage, chromium: Browser, people: tuple[User, User], vendor: tuple[Vendor, str]
) -> None:
    boss, owner = people
    with Person(chromium, stage.web, "en") as operator, Person(chromium, stage.web, "en") as customer:
        operator.sign_in(boss.email, cast.PASSWORD)
        customer.sign_in(owner.email, cast.PASSWORD)
        subscription = ordered(customer)
        told(subscription)
        customer.go("customer:subscription", subscription.pk)
        customer.sees("Something is left for you to do", LOGIN, "google-site-verification=", "accept Google's terms")
        operator.go("operator:subscription", subscription.pk)
        operator.sees("Waits for the customer", LOGIN)
        customer.go("customer:subscription", subscription.pk)
        customer.press("Show it")
        shown = customer.page.content()
        password = re.search(r"[a-z2-7]{20}-A1", shown)
        assert password is not None, shown
        form = {"email": LOGIN, "password": password[0], "new_password": "Mine-2026", "accept": "yes"}
        assert requests.post(f"{vendor[1]}/console", data=form, timeout=10).ok
        looked_again(subscription)
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        vendor[0].use(domain=DOMAIN, sku=STARTER, users=4)
        for person, page in ((customer, "customer:subscription_change"), (operator, "operator:subscription_change")):
            person.go(page, subscription.pk)
            person.fill(quantities__seats=3)
            person.send()
            person.sees("Enter 4 or more")
            person.troubles = [trouble for trouble in person.troubles if "status of 422" not in trouble]
    assert vendor[0].subscriptions()[0]["seats"] == 5
