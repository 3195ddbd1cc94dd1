"""The whole main job as people do it: in both panels and on Microsoft's consent page, in English and in Russian.

Everything happens today; the two billing days that follow are carried out by the night's own command.
"""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.invitations import token_of
from accounts.models import AccountClass, AccountType, Invitation, Reseller
from billing.audit import audit
from billing.models import Charge, Payment, PaymentStatus
from subscriptions.models import Plan, PlanStatus, Subscription, SubscriptionStatus
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast

OFFER = "Microsoft 365 Business Standard"
SEATS = "quantities.microsoft-365-business-standard"
PASSWORD = "eleven blue herons"
PRICE = Decimal("12.50")
TOP_UP = Decimal("500.00")
# In Russian, as README is followed in English (test_readme.py); in both by `make prove`.
EVERYTHING = bool(os.environ.get("PROVE"))


@dataclass(frozen=True)
class Names:
    """What people call things in their language."""

    language: str
    connection: str
    template: str
    terms: str
    plan: str
    reseller: str
    company: str
    domain: str


NAMES = (
    Names("en", "Microsoft", "Business Standard", "Monthly", "Office for all", "North", "Acme", "acme-en"),
    Names("ru", "Майкрософт", "Бизнес-стандарт", "Ежемесячно", "Офис для всех", "Север", "Ромашка", "romashka-ru"),
)


@dataclass(frozen=True)
class Amounts:
    """What the steps cost when all of them happen on `today`, counted by hand: a share of the running month."""

    today: date

    @property
    def billed(self) -> date:
        return (self.today.replace(day=1) + timedelta(days=31)).replace(day=1)

    @property
    def billed_again(self) -> date:
        return (self.billed + timedelta(days=31)).replace(day=1)

    def seats(self, number: int) -> Decimal:
        """Return what seats cost from today until the billing day."""
        month = (self.billed - self.today.replace(day=1)).days
        cents = Fraction(number * PRICE * 100) * (self.billed - self.today).days / month
        rounded = (Decimal(cents.numerator) / Decimal(cents.denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return rounded / 100


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.prove
@pytest.mark.parametrize("names", NAMES if EVERYTHING else NAMES[1:], ids=lambda names: names.language)
def test_the_main_job_is_done_in_both_panels(stage: Stage, chromium: Browser, names: Names):
    boss = _operator(names.language)
    before = stage.microsoft.counts()
    with (
        Person(chromium, stage.web, names.language) as operator,
        Person(chromium, stage.web, names.language) as reseller,
        Person(chromium, stage.web, names.language) as customer,
    ):
        operator.sign_in(boss.email, cast.PASSWORD)
        connect_and_grant(operator, names)
        make_template_and_terms(operator, names)
        make_plan(operator, names)
        make_reseller_and_delegate(operator, names)
        reseller.accept_invitation(_invitation(_mail(names, "admin")), PASSWORD)
        open_account(reseller, names)
        customer.accept_invitation(_invitation(_mail(names, "owner")), PASSWORD)
        amounts = Amounts(timezone.localdate())
        order(customer, names, amounts)
        subscription = Subscription.objects.get(account__primary_name=names.company)
        approve_payment(reseller, subscription, amounts.seats(5))
        provisioned(customer, subscription, names)
        top_up(customer, reseller, names)
        raise_and_lower(customer, subscription, amounts)
        stop_and_activate(reseller, customer, subscription, amounts)
        two_billing_days(reseller, customer, subscription, amounts)
    made = {name: count - before[name] for name, count in stage.microsoft.counts().items()}
    assert (made["customers"], made["agreements"], made["orders"], made["subscriptions"]) == (1, 1, 1, 1)
    row = stage.microsoft.world.store.all(f"subscription:{subscription.vendor_ids['customer_id']}")[0]
    assert (row["quantity"], row["status"]) == (6, "active")
    assert audit(today=amounts.billed_again) == []


def connect_and_grant(operator: Person, names: Names) -> None:
    """Create the connection, go to Microsoft's page, accept, and come back granted."""
    operator.go("operator:vendor_connections")
    operator.press("Create a connection")
    operator.follow("Office 365")
    operator.fill(name=names.connection)
    operator.send()
    operator.page.get_by_role("heading", name="Permissions requested").wait_for()
    operator.page.get_by_role("button", name="Accept").press("Enter")
    operator.sees(operator.said("The permissions are granted and checked: the connection can be used."))


def make_template_and_terms(operator: Person, names: Names) -> None:
    """Create the application template over the granted connection, and service terms with billing day 1."""
    operator.press("Create a template", within="main")
    operator.follow(names.connection)
    operator.fill(name=names.template)
    operator.page.get_by_role("checkbox", name=f"{OFFER} (Small business").check()
    operator.send()
    operator.sees(operator.said("The template is created. The next step: a plan that sells it."))
    operator.go("operator:service_terms")
    operator.press("Create service terms")
    operator.fill(name=names.terms, key=names.domain, billing_day=1)
    operator.send()
    operator.sees(names.terms)


def make_plan(operator: Person, names: Names) -> None:
    """Go through the wizard's three steps and its confirmation."""
    operator.go("operator:plans")
    operator.press("Create a plan")
    operator.fill(name=names.plan, template=names.template, service_term=names.terms, sku=names.domain)
    operator.send()
    operator.fill(**{"resources.microsoft-365-business-standard.recurring_fee": "10.00"})
    operator.send()
    operator.fill(endless=True)
    operator.send()
    operator.sees(names.plan, names.template, names.terms)
    operator.sees_amounts(Decimal("10.00"))
    operator.press("Create the plan")
    operator.sees_status(PlanStatus.ACTIVE)


def make_reseller_and_delegate(operator: Person, names: Names) -> None:
    """Create the reseller with its first administrator, and hand the plan down at its own price."""
    operator.go("operator:resellers")
    operator.press("Create a reseller")
    operator.fill(
        name=names.reseller,
        currency="USD",
        email=_mail(names, "office"),
        default_language=names.language,
        manager_name=f"{names.reseller} 1",
        manager_email=_mail(names, "admin"),
    )
    operator.send()
    operator.sees(
        operator.said(
            "The reseller is created; %(email)s is invited as its administrator.", email=_mail(names, "admin")
        )
    )
    plan = Plan.objects.get(name=names.plan)
    operator.go("operator:plan_delegation", plan.pk)
    operator.press("Delegate to a reseller")
    operator.fill(
        reseller=names.reseller,
        **{"prices.microsoft-365-business-standard.retail": PRICE},
    )
    operator.send()
    operator.sees(operator.said("%(reseller)s sells the plan now.", reseller=names.reseller))


def open_account(reseller: Person, names: Names) -> None:
    """Open the customer's account with contact person and address, and invite its owner."""
    reseller.go("operator:accounts")
    reseller.press("Create an account")
    owner = _mail(names, "owner")
    reseller.fill(
        primary_name=names.company, owner_name="Ann Owner", owner_email=owner,
        contact_first_name="Ann", contact_last_name="Owner", contact_email=owner, contact_phone="4255550101",
        email=_mail(names, "mail"), phone="4255550100", country="US", region="WA", city="Redmond",
        street="Main street", building="1", zip="98052",
    )  # fmt: skip
    reseller.send()
    reseller.sees(reseller.said("The account is open; %(email)s is invited as its owner.", email=owner))
    reseller.sees_amounts(Decimal(0))


def order(customer: Person, names: Names, amounts: Amounts) -> None:
    """Choose the plan, ask for five seats, see the price, order."""
    customer.go("customer:home")
    customer.press("Order a subscription", within="main")
    customer.sees(names.plan)
    customer.page.get_by_role("main").get_by_role("link", name=names.plan).click()
    customer.fill(**{SEATS: 5, "parameters.domain_prefix": names.domain})
    customer.send()
    customer.sees_amounts(PRICE, amounts.seats(5))
    customer.send()
    customer.sees_amounts(amounts.seats(5))
    customer.sees(customer.said("Pay the order"))


def approve_payment(reseller: Person, subscription: Subscription, amount: Decimal) -> None:
    """Find the waiting payment in the list and approve it, seeing what it does first."""
    payment = Payment.objects.get(account=subscription.account, status=PaymentStatus.WAITING_FOR_PAYMENT)
    reseller.go("operator:payments")
    reseller.follow(payment.number)
    reseller.press("Approve")
    reseller.send()
    reseller.sees_amounts(amount)
    reseller.send()
    reseller.sees(reseller.said("Payment %(number)s is completed.", number=payment.number))


def provisioned(customer: Person, subscription: Subscription, names: Names) -> None:
    """Watch the service become active, with what Microsoft told."""
    customer.go("customer:subscription", subscription.pk)
    customer.sees_status(SubscriptionStatus.ACTIVE)
    subscription.refresh_from_db()
    customer.sees(f"{names.domain}.onmicrosoft.com", subscription.vendor_ids["customer_id"])


def top_up(customer: Person, reseller: Person, names: Names) -> None:
    """Ask for a top-up in one panel, approve it in the other."""
    customer.go("customer:payments")
    customer.press("Top up")
    customer.fill(amount=TOP_UP)
    customer.send()
    customer.sees_amounts(TOP_UP)
    approve_payment(reseller, Subscription.objects.get(account__primary_name=names.company), TOP_UP)


def raise_and_lower(customer: Person, subscription: Subscription, amounts: Amounts) -> None:
    """Raise to eight seats from the balance, lower to six; each shows its charges before it is confirmed."""
    customer.go("customer:subscription", subscription.pk)
    customer.press("Change quantities")
    customer.fill(**{SEATS: 8})
    customer.send()
    customer.sees_amounts(amounts.seats(3))
    customer.send()
    customer.go("customer:subscription", subscription.pk)
    customer.sees_status(SubscriptionStatus.ACTIVE)
    customer.sees_amounts(amounts.seats(5) + amounts.seats(3))
    customer.press("Change quantities")
    customer.fill(**{SEATS: 6})
    customer.send()
    customer.sees_amounts(amounts.seats(1), amounts.seats(3) - amounts.seats(1))
    customer.send()
    customer.go("customer:subscription", subscription.pk)
    customer.sees_status(SubscriptionStatus.ACTIVE)
    customer.sees_amounts(amounts.seats(5) + amounts.seats(1))


def stop_and_activate(reseller: Person, customer: Person, subscription: Subscription, amounts: Amounts) -> None:
    """Stop in the operator panel with a reason, activate in the customer panel."""
    reseller.go("operator:subscriptions")
    reseller.follow(subscription.name)
    reseller.press("Stop")
    reseller.fill(comment="Holidays")
    reseller.send()
    reseller.sees_amounts(amounts.seats(5))
    reseller.send()
    reseller.go("operator:subscription", subscription.pk)
    reseller.sees_status(SubscriptionStatus.STOPPED)
    reseller.sees("Holidays")
    customer.go("customer:subscription", subscription.pk)
    customer.sees_status(SubscriptionStatus.STOPPED)
    customer.press("Activate")
    customer.sees_amounts(amounts.seats(6))
    customer.send()
    customer.go("customer:subscription", subscription.pk)
    customer.sees_status(SubscriptionStatus.ACTIVE)


def two_billing_days(reseller: Person, customer: Person, subscription: Subscription, amounts: Amounts) -> None:
    """Let two nights pass, and find every amount in both panels."""
    for day in (amounts.billed, amounts.billed_again):
        call_command("renew_subscriptions", day=day.isoformat(), verbosity=0)
    month = 6 * PRICE
    balance = TOP_UP + amounts.seats(5) - amounts.seats(6) - month
    reseller.go("operator:account", subscription.account_id)
    reseller.sees_amounts(balance, month, balance - month)
    reseller.go("operator:subscription_charges", subscription.pk)
    charges = Charge.objects.filter(subscription=subscription)
    assert list(charges.order_by("pk").values_list("status", "quantity", "amount")) == [
        ("deleted", 5, amounts.seats(5)),
        ("deleted", 3, amounts.seats(3)),
        ("deleted", 1, amounts.seats(1)),
        ("refunded", 2, amounts.seats(3) - amounts.seats(1)),
        ("deleted", 5, amounts.seats(5)),
        ("deleted", 1, amounts.seats(1)),
        ("closed", 6, amounts.seats(6)),
        ("closed", 6, month),
        ("blocked", 6, month),
    ]
    reseller.sees_amounts(*charges.values_list("amount", flat=True))
    customer.go("customer:transactions")
    customer.sees_amounts(amounts.seats(5), TOP_UP, amounts.seats(6), month)
    customer.go("customer:charges")
    customer.sees_amounts(amounts.seats(6), month)
    with pytest.raises(AssertionError):
        customer.go("operator:account", subscription.account_id)
    customer.troubles.clear()  # the browser says that it was refused


def _operator(language: str):
    """Return an administrator of the operator who reads in that language; the operator has account terms."""
    root = cast.operator(name="Borealis")
    if not AccountType.objects.exists():
        cast.account_type(name="Business")
        cast.account_class(name="Prepay", is_default=True)
    assert Reseller.objects.get(pk=root.pk).is_operator
    assert AccountClass.objects.filter(reseller=root).exists()
    return cast.manager(language=language)


def _invitation(email: str) -> str:
    """Return the token of the link that was sent to the address."""
    return token_of(Invitation.objects.filter(email=email).latest("pk"))


def _mail(names: Names, who: str) -> str:
    return f"{who}@{names.domain}.example"
