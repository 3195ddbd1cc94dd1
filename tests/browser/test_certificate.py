"""PositiveSSL as people order it: a key made in the browser, who approves, a wait in both panels, and the chain."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.actors import actor_of
from accounts.models import Account, User
from sandbox.opensrs import OpenSRS as Vendor
from sandbox.opensrs.world import DEMO_KEY
from sandbox.wsgi import serve
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.workers.provisioning import carry_out
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.opensrs.bench import settings_of
from vendors.connections import add_connection
from vendors.models import ConnectionState

pytestmark = [pytest.mark.slow, pytest.mark.browser]
DOMAIN = "shop.example.com"
INSTRUCTION = f"has sent a mail to admin@{DOMAIN}"


@pytest.fixture
def vendor() -> Iterator[tuple[Vendor, str]]:
    """A pretend OpenSRS and where it answers."""
    made = Vendor()
    made.behave(issuing_reads=0)
    with serve(made) as running:
        yield made, running.base_url


@pytest.fixture
def acme(stage: Stage) -> Account:
    """A customer whom certificate authorities can call, with money."""
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="+1 425 555 0100",
        street="Main Street", building="1", contact_first_name="Tania", contact_last_name="Carr",
        contact_email="tania@acme.example",
    )  # fmt: skip
    top_up(account=account, amount="100", today=timezone.localdate())
    return account


@pytest.fixture
def people(acme: Account, vendor: tuple[Vendor, str]) -> tuple[User, User]:
    """An administrator of the operator, who sells PositiveSSL, and the customer's owner."""
    boss, owner = cast.manager(), cast.customer_user(account=acme)
    actor = actor_of(boss)
    values = settings_of(vendor[1], key=DEMO_KEY)
    connection = add_connection(
        actor=actor, reseller=actor.reseller, plugin="opensrs", name="Certificates", values=values
    )
    connection.state = ConnectionState.GRANTED
    connection.save(update_fields=["state"])
    bounds = {"certificates": {"minimum": 1, "limit": 1}}
    make.plan(
        connection=connection, offer="positivessl", prices={"certificates": "1.50"}, bounds=bounds, months=12,
        name="Comodo PositiveSSL",
    )  # fmt: skip
    return boss, owner


def ordered(customer: Person, folder: Path, domain: str = DOMAIN) -> Subscription:
    """Make a key and a request in the browser, choose who approves, order, and pay from the balance."""
    before = set(Subscription.objects.values_list("pk", flat=True))
    customer.go("customer:order_plan_details", Plan.objects.get(name="Comodo PositiveSSL").pk)
    customer.page.locator("summary", has_text="Make a key").click()
    customer.page.locator("[data-csr=domain]").fill(domain)
    customer.page.locator("[data-csr=make]").click()
    with customer.page.expect_download() as saved:
        customer.page.locator("[data-csr=key]").click()
    saved.value.save_as(folder / f"{domain}.key.pem")
    customer.fill(quantities__certificates=1)
    customer.send()
    customer.fill(parameters__approver=f"admin@{domain}")
    # A page that asks on is answered 422, which the browser notes.
    customer.troubles = [trouble for trouble in customer.troubles if "status of 422" not in trouble]
    customer.send()
    customer.sees("1.50")
    customer.send()
    customer.send()
    customer.page.wait_for_load_state("networkidle")
    return Subscription.objects.exclude(pk__in=before).get()


def looked_again(subscription: Subscription) -> None:
    """Let the time pass after which workers look at what waits."""
    operation = waiting_operation(subscription)
    assert operation is not None
    later = timezone.now() + timedelta(hours=1)
    carry_out(operation_id=operation.pk, now=later, today=timezone.localdate())


def cancelled(customer: Person, subscription: Subscription) -> None:
    """Delete what waits, having read what that ends."""
    customer.go("customer:subscription", subscription.pk)
    customer.sees("has sent a mail to admin@www.example.org")
    customer.press("Delete")
    customer.sees("An order that is not issued yet is cancelled at OpenSRS.")
    customer.fill(typed=subscription.name)
    customer.send()
    customer.go("customer:subscription", subscription.pk)
    customer.sees_status(SubscriptionStatus.DELETED)


def test_positivessl_from_the_request_to_the_chain_and_one_that_is_cancelled_while_it_waits(
    stage: Stage, chromium: Browser, people: tuple[User, User], vendor: tuple[Vendor, str], tmp_path: Path
) -> None:
    boss, owner = people
    with Person(chromium, stage.web, "en") as operator, Person(chromium, stage.web, "en") as customer:
        operator.sign_in(boss.email, cast.PASSWORD)
        customer.sign_in(owner.email, cast.PASSWORD)
        subscription = ordered(customer, tmp_path)
        customer.go("customer:subscription", subscription.pk)
        customer.sees("Something is left for you to do", INSTRUCTION)
        operator.go("operator:subscription", subscription.pk)
        operator.sees("Waits for the customer", INSTRUCTION)
        customer.press("Send the approver's mail again")
        customer.sees(f"The mail was sent to admin@{DOMAIN} once more.")
        assert len(vendor[0].mails()) == 2
        customer.press("Correct the order")
        customer.fill(parameters__approver=f"webmaster@{DOMAIN}")
        customer.send()
        customer.sees("The vendor has the corrected order.")
        assert vendor[0].mails()[-1]["to"] == f"webmaster@{DOMAIN}"
        subscription.refresh_from_db()
        vendor[0].approve(order_id=subscription.vendor_ids["order_id"])
        looked_again(subscription)
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        with customer.page.expect_download() as saved:
            customer.press("Download the certificate with its chain")
        saved.value.save_as(tmp_path / "chain.pem")
        cancelled(customer, ordered(customer, tmp_path, "www.example.org"))
    assert [order["state"] for order in vendor[0].orders()] == ["completed", "declined"]
    chain = x509.load_pem_x509_certificates((tmp_path / "chain.pem").read_bytes())
    key = load_pem_private_key((tmp_path / f"{DOMAIN}.key.pem").read_bytes(), None)
    assert chain[0].public_key() == key.public_key(), "the certificate is for the key that never left the browser"
    chain[0].verify_directly_issued_by(chain[1])
