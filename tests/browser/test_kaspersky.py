"""Kaspersky as people meet it: the certificate is uploaded, a customer comes to the code, a lost order is settled."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.models import Account, User
from sandbox.kaspersky import Kaspersky
from sandbox.kaspersky.tls import FILES_PASSWORD, PARTNER_FILE
from sandbox.wsgi import serve
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.workers.provisioning import carry_out
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.kaspersky.bench import OPTIONS
from vendors.models import VendorConnection, VendorOperation

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def vendor() -> Iterator[tuple[Kaspersky, str]]:
    """A pretend Kaspersky over plain HTTP, and where it answers."""
    made = Kaspersky()
    with serve(made) as running:
        yield made, running.base_url


@pytest.fixture
def people(stage: Stage) -> tuple[User, User, Account]:
    """An administrator of the operator, and the owner of an account with money."""
    boss = cast.manager()
    account = cast.account(name="Acme", country="US", contact_email="tania@acme.example")
    top_up(account=account, amount="500", today=timezone.localdate())
    return boss, cast.customer_user(account=account), account


def connected(operator: Person, address: str) -> VendorConnection:
    """Create the connection by the form, its certificate uploaded, and check it."""
    operator.go("operator:vendor_connection_new", "kaspersky")
    operator.fill(name="KORM", settings__base_url=address, settings__certificate_password=FILES_PASSWORD)
    operator.page.locator('[name="settings.certificate"]').set_input_files(PARTNER_FILE)
    operator.send()
    connection = VendorConnection.objects.get(plugin="kaspersky")
    operator.go("operator:vendor_connection", connection.pk)
    operator.press("Check now")
    operator.sees("Works", "2046", "Subscription was not found.")
    connection.refresh_from_db()
    return connection


def ordered(customer: Person, plan: Plan, account: Account) -> Subscription:
    """Order five licences and pay from the balance."""
    customer.go("customer:order_plan_details", plan.pk)
    customer.fill(quantities__licenses=5)
    customer.send()
    customer.send()
    customer.page.locator("form[action$='/pay/'] button").click()
    customer.page.wait_for_load_state("networkidle")
    return Subscription.objects.filter(account=account).latest("pk")


def tried_again(subscription: Subscription) -> None:
    """Let the time pass after which workers look at what is in doubt."""
    operation = VendorOperation.objects.get(key=subscription.awaited_operation)
    carry_out(operation_id=operation.pk, now=timezone.now() + timedelta(hours=7), today=timezone.localdate())


def told(operator: Person, subscription: Subscription, made: dict[str, str]) -> None:
    """Find what is in doubt from the home page, read the evidence, and tell what the portal shows."""
    operator.go("operator:home")
    operator.follow("in doubt at its vendor")
    operator.follow(subscription.name)
    operator.press("Say what became of it")
    operator.sees("no call looks for it", "License Management Portal", "/create")
    assert made["ActivationCode"] not in operator.content.inner_text()
    operator.page.locator('[name="became"][value="there"]').check()
    operator.fill(
        parameters__subscription_id=made["SubscriptionId"],
        parameters__license_id=made["LicenseId"],
        parameters__activation_code=made["ActivationCode"],
    )
    operator.send()


def test_the_code_is_shown_to_the_customer_alone_and_a_lost_order_is_settled_by_an_operator(
    stage: Stage, chromium: Browser, people: tuple[User, User, Account], vendor: tuple[Kaspersky, str]
) -> None:
    boss, owner, account = people
    kaspersky, address = vendor
    with Person(chromium, stage.web, "en") as operator, Person(chromium, stage.web, "en") as customer:
        operator.sign_in(boss.email, cast.PASSWORD)
        customer.sign_in(owner.email, cast.PASSWORD)
        plan = make.plan(
            connection=connected(operator, address), offer="licenses", prices={"licenses": "3.00"}, settings=OPTIONS,
            name="Endpoint Security",
        )  # fmt: skip
        kaspersky.fail("drop_after", path="create$")
        subscription = ordered(customer, plan, account)
        customer.go("customer:subscription", subscription.pk)
        subscription.refresh_from_db()
        tried_again(subscription)
        (made,) = kaspersky.subscriptions()
        told(operator, subscription, made)
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        customer.sees(made["LicenseId"], "Access data")
        assert made["ActivationCode"] not in customer.content.inner_text()
        for _time in range(2):
            customer.go("customer:subscription", subscription.pk)
            customer.press("Show it")
            expect(customer.page.get_by_label("Activation code")).to_have_value(made["ActivationCode"])
        operator.go("operator:subscription", subscription.pk)
        operator.sees(made["LicenseId"])
        assert made["ActivationCode"] not in operator.page.content()
    assert len(kaspersky.subscriptions()) == 1
