"""The new commerce in the demo: a product of Microsoft's bought for a year, from the catalogue to a plan on sale."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import Reseller, Role
from brokerage.demo.cast import OPERATOR_STAFF, actor
from brokerage.demo.catalogue import OFFICE, delegate
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees
from subscriptions.catalogue.templates import Sold, ask_vendor_of_template, create_template
from subscriptions.models import Plan, PlanCategory, Product, ServiceTerm
from vendors.models import VendorConnection
from vendors.questions import catalogue

BUSINESS_PREMIUM = "Microsoft 365 Business Premium"
NAME = f"{BUSINESS_PREMIUM}, a year"
# A year that is billed by the month and renews.
SETTINGS = {"term_duration": "P1Y", "billing_cycle": "monthly", "segment": "Commercial", "end_of_term": "renews"}
NET_COST, RETAIL = Decimal("20.00"), Decimal("24.00")


def sell(*, day: date, now: datetime) -> Plan:
    """Make template and plan of Business Premium for a year, and hand the plan down to North; return the plan."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    connection = VendorConnection.objects.get(name=OFFICE)
    (offer,) = [one for one in catalogue(connection, now=now) if one.name == BUSINESS_PREMIUM and one.terms]
    seats = Sold(
        key="seats", name="Seats", unit="seat", vendor_reference=offer.id,
        vendor_minimum=offer.minimum, vendor_maximum=offer.maximum,
    )  # fmt: skip
    ask_vendor_of_template(actor=owner, connection=connection, resources=[seats], settings=SETTINGS, now=now)
    template = create_template(
        actor=owner, reseller=owner.reseller, name=NAME, connection=connection, resources=[seats], settings=SETTINGS
    )
    plan = create_plan(
        actor=owner,
        reseller=owner.reseller,
        information=Information(
            name=NAME,
            sku="M365-BP-1Y",
            template=template,
            service_term=ServiceTerm.objects.get(reseller=owner.reseller, key="monthly-1"),
            product=Product.objects.get(reseller=owner.reseller, name="Microsoft 365"),
            category=PlanCategory.objects.get(reseller=owner.reseller, name="Productivity"),
            subscription_name_template="{{plan.name}}: {{account.name}}",
        ),
        resources=[
            Offered(
                resource=template.resources.get(), fees=Fees(recurring_fee=NET_COST), minimum=1, limit=offer.maximum
            )
        ],
        periods=[Lasting(duration=12, unit="month")],
        today=day,
    )
    delegate(plan, Reseller.objects.get(name="North"), RETAIL, day)
    return plan
