"""A product of the new commerce as people sell it: from Microsoft's catalogue to what Microsoft has of the order.

And an order that waits until the customer has accepted the Microsoft Customer Agreement, which nobody does for it.
"""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.actors import actor_of
from accounts.models import Account, User
from notifications.models import Notification
from sandbox.microsoft.world import DEMO_SECRET
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import ApplicationTemplate, OrderStatus, Plan, PlanStatus, Subscription, SubscriptionStatus
from subscriptions.workers.provisioning import carry_out
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.consenting import consent
from tests.vendors.office365.bench import settings_of
from vendors.connections import add_connection
from vendors.microsoft.unverified import unverified
from vendors.models import VendorConnection

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PREMIUM, NAME, PRICE = "CFQ7TTC0LCHC:0002", "Premium for a year", Decimal("24.00")
DOMAIN = "acme.onmicrosoft.com"
SIGNER, ACCEPTANCE = "tania@globex.example", unverified("direct_acceptance_page")


def customer_of(name: str, contact: str) -> Account:
    """Return a customer with money whom Microsoft takes; `contact` is the mailbox of its contact person."""
    account = cast.account(
        name=name, country="US", region="WA", city="Redmond", zip="98052", phone="4255550100",
        street="Main Street", building="1", contact_first_name="Tania", contact_last_name="Carr",
        contact_email=contact, contact_phone="4255550101", email=f"office@{name.lower()}.example",
    )  # fmt: skip
    top_up(account=account, amount="500", today=timezone.localdate())
    return account


@pytest.fixture(scope="module")
def boss(stage: Stage) -> User:
    """An administrator of a partner of today, whose connection is granted."""
    stage.microsoft.live_today()
    boss = cast.manager()
    actor = actor_of(boss)
    base = stage.login.removesuffix("/login")
    values = settings_of(base, client_secret=DEMO_SECRET, agreement_road="direct")
    connection = add_connection(
        actor=actor, reseller=actor.reseller, plugin="office365", name="Microsoft", values=values
    )
    consent(actor, connection, timezone.now())
    return boss


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
    return paid(customer, plan, dict.fromkeys(seats, 5))


def paid(customer: Person, plan: Plan, answers: dict[str, object]) -> Subscription:
    """Fill in the order that is open, look at its price, and pay from the balance."""
    customer.fill(**answers)
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
    stage: Stage, chromium: Browser, boss: User
) -> None:
    make.plan(name="Something else")  # service terms that are billed on the first
    owner = cast.customer_user(account=customer_of("Acme", "tania@acme.example"))
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


def test_an_order_waits_for_the_customers_own_acceptance_and_goes_on_by_itself(
    stage: Stage, chromium: Browser, boss: User
) -> None:
    plan = make.plan(
        connection=VendorConnection.objects.get(), offer=PREMIUM, prices={"seats": str(PRICE)}, name="Premium"
    )
    ApplicationTemplate.objects.filter(pk=plan.template_id).update(
        settings={"term_duration": "P1Y", "billing_cycle": "monthly"}
    )
    owner = cast.customer_user(account=customer_of("Globex", SIGNER))
    with Person(chromium, stage.web, "en") as operator, Person(chromium, stage.web, "en") as customer:
        operator.sign_in(boss.email, cast.PASSWORD)
        customer.sign_in(owner.email, cast.PASSWORD)
        customer.go("customer:order_plan_details", plan.pk)
        subscription = paid(customer, plan, {"parameters.domain_prefix": "globex", "quantities.seats": 5})
        order = subscription.orders.get()
        told = "An administrator of globex.onmicrosoft.com signs in at"
        # Whose turn it is, the instruction and the way there stand wherever people look for the order.
        for person, whose, pages in (
            (customer, "Something is left for you to do", ("customer:subscription", "customer:subscription_order")),
            (operator, "Waits for the customer", ("operator:subscription", "operator:order")),
        ):
            for page, pk in zip(pages, (subscription.pk, order.pk), strict=True):
                until_it_waits(person, page, pk)
                person.sees(whose, told, "Nobody may do that in the customer's name; it goes on by itself then.")
                link = person.page.get_by_role("main").get_by_role("link", name=ACCEPTANCE)
                assert unquote(link.first.get_attribute("href") or "") == ACCEPTANCE
        assert {owner.email, SIGNER} <= told_by_letter(customer, 2)
        # As long as nobody has accepted nothing is bought, however often it is looked at.
        worked(subscription)
        subscription.refresh_from_db()
        customer_id = subscription.vendor_ids["customer_id"]
        assert stage.microsoft.world.store.all(f"subscription:{customer_id}") == []
        operator.go("operator:subscription", subscription.pk)
        operator.sees_status(SubscriptionStatus.INSTALLING)

        stage.microsoft.accept_agreement(domain="globex.onmicrosoft.com")
        worked(subscription)
        for person, page in ((customer, "customer:subscription"), (operator, "operator:subscription")):
            person.go(page, subscription.pk)
            person.sees_status(SubscriptionStatus.ACTIVE)
            expect(person.page.get_by_text(told)).to_have_count(0)
    (row,) = stage.microsoft.world.store.all(f"subscription:{customer_id}")
    assert (row["quantity"], row["term"], row["status"]) == (5, "P1Y", "active")
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED


def told_by_letter(person: Person, number: int) -> set[str]:
    """Return to whom it was written that something is left to do, once so many letters are there."""
    letters = Notification.objects.filter(event__in=("service_waits_for_you", "contact_is_asked"))
    for _look in range(100):
        if letters.count() >= number:
            break
        person.page.wait_for_timeout(300)
    return set(letters.values_list("email", flat=True))


def until_it_waits(person: Person, page: str, pk: int) -> None:
    """Open a page, again until the worker has asked Microsoft and the order waits there."""
    for _look in range(100):
        person.go(page, pk)
        if person.page.locator(".next-step").count():
            return
        person.page.wait_for_timeout(300)
    raise AssertionError(f"nothing waits at {person.page.url}")
