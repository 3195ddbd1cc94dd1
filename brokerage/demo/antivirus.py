"""Dr.Web in the demo: a connection to the pretend AV-Desk, a plan of its stations, and a customer who has some."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import Role
from brokerage.demo.cast import OPERATOR_STAFF, actor
from brokerage.demo.programs import Addresses, antivirus_of
from brokerage.demo.selling import connected, lead, plan_of
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan, ServiceTerm
from vendors.models import VendorConnection
from vendors.questions import catalogue

NAME = "Dr.Web AV-Desk"
TARIFF = "Dr.Web Premium for business"
PRICE = Decimal("3.20")


def connect(addresses: Addresses) -> VendorConnection:
    """Create the connection to the pretend AV-Desk, or return the one there is, its access checked."""
    return connected("drweb", NAME, antivirus_of(addresses), now=timezone.now())


def lead_to(addresses: Addresses) -> None:
    """Lead every connection to the pretend AV-Desk, made by the demo or by hand, to where it answers now."""
    ours = VendorConnection.objects.filter(plugin="drweb", settings__base_url__endswith="/drweb")
    lead(ours, antivirus_of(addresses))


def make_plan(connection: VendorConnection, term: ServiceTerm, day: date) -> Plan:
    """Make the template and the plan of stations, by the operator's product owner."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    (offer,) = [one for one in catalogue(connection, now=timezone.now()) if one.name == TARIFF]
    sold = Sold(key="stations", name="Stations", unit="station", vendor_reference=offer.id)
    template = create_template(
        actor=owner, reseller=owner.reseller, name=TARIFF, connection=connection, resources=[sold]
    )
    return plan_of(template, PRICE, day=day, periods=[Lasting(endless=True)], term=term)
