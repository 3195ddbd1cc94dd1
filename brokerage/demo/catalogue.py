"""What is sold in the demo: the consent at the pretend Microsoft, templates, plans, and at what price they are sold."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Reseller, Role
from brokerage.demo.amounts import NET_COST
from brokerage.demo.browser import Browser
from brokerage.demo.cast import OPERATOR_STAFF, PASSWORD, actor
from brokerage.demo.programs import CLIENT_ID, Addresses, connection_of
from brokerage.demo.selling import lead, plan_of
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.plans import NO_FEES, Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees, PlanFees
from subscriptions.catalogue.products import Timers, create_plan_category, create_product, create_service_term
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import ApplicationTemplate, BillingType, Plan, ServiceTerm
from vendors.base import Offer
from vendors.connections import add_connection
from vendors.models import VendorConnection
from vendors.questions import catalogue

OFFICE = "Office 365"
BUSINESS_STANDARD = "Microsoft 365 Business Standard"


def connect(addresses: Addresses) -> VendorConnection:
    """Create the connection to the pretend Microsoft, or lead the one there is to where it answers now."""
    lead_to(addresses)
    admin, values = actor(OPERATOR_STAFF[Role.ADMIN]), connection_of(addresses)
    known = VendorConnection.objects.filter(name=OFFICE).first()
    return known or add_connection(actor=admin, reseller=admin.reseller, plugin="office365", name=OFFICE, values=values)


def lead_to(addresses: Addresses) -> None:
    """Lead every connection to the pretend Microsoft, made by the demo or by hand, to where it answers now."""
    ours = VendorConnection.objects.filter(plugin="office365", settings__client_id=CLIENT_ID)
    lead(ours, connection_of(addresses))


def grant(addresses: Addresses, connection: VendorConnection) -> VendorConnection:
    """Grant the consent as the operator's administrator does it: our button, Microsoft's page, back to us."""
    browser = Browser(addresses.web)
    browser.sign_in(OPERATOR_STAFF[Role.ADMIN].email, PASSWORD)
    asked = browser.press(f"/vendors/office365/connections/{connection.pk}/consent")
    browser.answer(asked, decision="accept")
    connection.refresh_from_db()
    return connection


def make_office(connection: VendorConnection, day: date) -> Plan:
    """Make the template of Business Standard and the plan, by the operator's product owner."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    # The offer of before the new commerce, which is bought for no term.
    (offer,) = [
        one for one in catalogue(connection, now=timezone.now()) if one.name == BUSINESS_STANDARD and not one.terms
    ]
    template = _template(owner, connection, offer)
    monthly = create_service_term(
        actor=owner,
        reseller=owner.reseller,
        name="Monthly, billing day 1",
        key="monthly-1",
        timers=Timers(billing_day=1),
    )
    return plan_of(
        template,
        NET_COST,
        day=day,
        periods=[Lasting(endless=True), Lasting(duration=12, unit="month")],
        term=monthly,
        limit=offer.maximum,
        sku="M365-BS",
        product=create_product(actor=owner, reseller=owner.reseller, name="Microsoft 365"),
        category=create_plan_category(actor=owner, reseller=owner.reseller, name="Productivity"),
    )


def _template(owner: Actor, connection: VendorConnection, offer: Offer) -> ApplicationTemplate:
    """Make the template of Business Standard: seats of the vendor's offer."""
    seats = Sold(
        key="seats",
        name="Seats",
        unit="seat",
        vendor_reference=offer.id,
        vendor_minimum=offer.minimum,
        vendor_maximum=offer.maximum,
    )
    return create_template(
        actor=owner, reseller=owner.reseller, name=BUSINESS_STANDARD, connection=connection, resources=[seats]
    )


def delegate(plan: Plan, reseller: Reseller, retail: Decimal, day: date) -> Plan:
    """Hand the plan down to a reseller, at one price for each of its resources."""
    terms = Terms(retail=retail)
    prices = {resource.resource.key: terms for resource in plan.resources.select_related("resource")}
    return delegate_plan(
        actor=actor(OPERATOR_STAFF[Role.OWNER]), plan=plan, reseller=reseller, prices=prices, today=day
    )


def make_plain_plan(
    *,
    owner: Actor,
    name: str,
    unit: str,
    price: Decimal,
    term: ServiceTerm,
    periods: list[Lasting],
    day: date,
    fixed_price: bool = False,
    billing_type: str = BillingType.CSP_MONTHLY,
    plan_fees: PlanFees = NO_FEES,
) -> Plan:
    """Make a plan that no vendor stands behind: it is only billed."""
    known = ApplicationTemplate.objects.filter(reseller=owner.reseller, name=name).first()
    template = known or create_template(
        actor=owner,
        reseller=owner.reseller,
        name=name,
        connection=None,
        resources=[Sold(key="units", name=unit.capitalize(), unit=unit)],
    )
    return create_plan(
        actor=owner,
        reseller=owner.reseller,
        information=Information(
            name=name,
            template=template,
            service_term=term,
            fixed_price=fixed_price,
            billing_type=billing_type,
            subscription_name_template="{{plan.name}}: {{account.name}}",
        ),
        resources=[Offered(resource=template.resources.get(), fees=Fees(recurring_fee=price))],
        periods=periods,
        today=day,
        plan_fees=plan_fees,
    )
