"""A product of the new commerce as people sell it: from Microsoft's catalogue to what Microsoft has of the order."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.actors import actor_of
from accounts.models import Account, User
from sandbox.microsoft.world import DEMO_SECRET
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import ApplicationTemplate, Plan, PlanStatus, Subscription, SubscriptionStatus
from subscriptions.workers.provisioning import carry_out
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.consenting import consent
from tests.vendors.office365.bench import settings_of
from vendors.connections import add_connection

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PREMIUM, NAME, PRICE = "CFQ7TTC0LCHC:0002", "Premium for a year", Decimal("24.00")
DOMAIN = "acme.onmicrosoft.com"


@pytest.fixture
def acme(stage: Stage) -> Account:
    """A customer with money whom Microsoft takes."""
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="4255550100",
        street="Main Street", building="1", contact_first_name="Tania", contact_last_name="Carr",
        contact_email="tania@acme.example", contact_phone="4255550101", email="office@acme.example",
    )  # fmt: skip
    top_up(account=account, amount="500", today=timezone.localdate())
    return account


@pytest.fixture
def people(acme: Account, stage: Stage) -> tuple[User, User]:
    """An administrator of a partner of today with a granted connection, and the customer's owner."""
    stage.microsoft.live_today()
    boss, owner = cast.manager(), cast.customer_user(account=acme)
    actor = actor_of(boss)
    base = stage.login.removesuffix("/login")
    values = settings_of(base, client_secret=DEMO_SECRET, agreement_road="direct")
    connection = add_connection(
        actor=actor, reseller=actor.reseller, plugin="office365", name="Microsoft", values=values
    )
    consent(actor, connection, timezone.now())
    make.plan(name="Something else")  # service terms that are billed on the first
    return boss, owner


def template_out_of_the_catalogue(operator: Person) -> None:
    """Search the catalogue, choose a term that Microsoft does not sell, hear which it does, and choose that."""
    operator.go("operator:application_template_create")
    operator.follow("Microsoft")
    operator.page.locator("[data-narrow]").fill("new commerce premium")
    shown = operator.page.get_by_role("checkbox", name="Microsoft 365 Business Premium")
    expect(shown).to_have_count(2)  # companies' and charities'
    operator.sees("one year, billed monthly", "Charities")
    operator.page.locator(f'input[value="{PREMIUM}"]').check()
    operator.fill(name=NAME, options__term_duration="Three years", options__end_of_term="It ends")
    operator.send()
    operator.sees("Choose another term or billing cycle in the template: P1M monthly, P1Y monthly, P1Y annual.")
    operator.troubles = [trouble for trouble in operator.troubles if "status of 422" not in trouble]
    operator.fill(options__term_duration="One year")
    operator.send()
    operator.sees("The template is created.", "One year", "It ends")


def plan_of_it(operator: Person) -> Plan:
    """Go through the wizard."""
    operator.press("Create a plan")
    operator.fill(name=NAME, sku="M365-BP-1Y")
    terms = operator.page.locator('[name="service_term"]')
    terms.select_option(index=1)
    operator.send()
    operator.fill(**{"resources.microsoft-365-business-premium.recurring_fee": PRICE})
    operator.send()
    operator.fill(endless=True)
    operator.send()
    operator.press("Create the plan")
    operator.sees_status(PlanStatus.ACTIVE)
    return Plan.objects.get(name=NAME)


def ordered(customer: Person, plan: Plan) -> Subscription:
    """Ask for more seats than Microsoft sells, hear so before paying, then for five."""
    customer.go("customer:order_plan_details", plan.pk)
    seats = {"quantities.microsoft-365-business-premium": 301}
    customer.fill(parameters__domain_prefix="acme", **seats)
    customer.send()
    customer.sees("Microsoft 365 Business Premium: at most 300.")
    customer.troubles = [trouble for trouble in customer.troubles if "status of 422" not in trouble]
    customer.fill(**dict.fromkeys(seats, 5))
    customer.send()
    customer.sees_amounts(PRICE)
    customer.send()
    customer.send()
    customer.page.wait_for_load_state("networkidle")
    return Subscription.objects.get(plan=plan)


def worked(subscription: Subscription) -> None:
    """Let the time pass after which workers look again at what waits."""
    operation = waiting_operation(subscription)
    assert operation is not None
    carry_out(operation_id=operation.pk, now=timezone.now() + timedelta(hours=1), today=timezone.localdate())


def test_a_product_of_the_new_commerce_from_the_catalogue_to_the_order(
    stage: Stage, chromium: Browser, people: tuple[User, User]
) -> None:
    boss, owner = people
    with Person(chromium, stage.web, "en") as operator, Person(chromium, stage.web, "en") as customer:
        operator.sign_in(boss.email, cast.PASSWORD)
        customer.sign_in(owner.email, cast.PASSWORD)
        template_out_of_the_catalogue(operator)
        kept = ApplicationTemplate.objects.get(name=NAME)
        assert (kept.settings["term_duration"], kept.resources.get().vendor_reference) == ("P1Y", PREMIUM)
        subscription = ordered(customer, plan_of_it(operator))
        customer.go("customer:subscription", subscription.pk)
        customer.sees("Microsoft Customer Agreement")
        stage.microsoft.accept_agreement(domain=DOMAIN)
        worked(subscription)
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
    subscription.refresh_from_db()
    store = stage.microsoft.world.store
    (row,) = store.all(f"subscription:{subscription.vendor_ids['customer_id']}")
    assert (row["quantity"], row["term"], row["cycle"]) == (5, "P1Y", "monthly")
    assert row["catalogue_item"].startswith(f"{PREMIUM}:")
    assert (row["auto_renew"], [action["kind"] for action in row["actions"]]) == (False, ["Cancel"])
