"""Dr.Web in the demo: a connection to the pretend AV-Desk, a plan of its stations, and a customer who has some."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import Role
from brokerage.demo.cast import OPERATOR_STAFF, actor
from brokerage.demo.programs import Addresses, antivirus_of
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan, ServiceTerm
from vendors.connections import add_connection, change_connection, check_connection
from vendors.models import VendorConnection
from vendors.questions import catalogue

NAME = "Dr.Web AV-Desk"
TARIFF = "Dr.Web Premium for business"
PRICE = Decimal("3.20")


def connect(addresses: Addresses) -> VendorConnection:
    """Create the connection to the pretend AV-Desk, or return the one there is, its access checked."""
    admin = actor(OPERATOR_STAFF[Role.ADMIN])
    known = VendorConnection.objects.filter(plugin="drweb", name=NAME).first() or add_connection(
        actor=admin, reseller=admin.reseller, plugin="drweb", name=NAME, values=antivirus_of(addresses)
    )
    return check_connection(actor=admin, connection=known, now=timezone.now())


def lead_to(addresses: Addresses) -> None:
    """Lead every connection to the pretend AV-Desk, made by the demo or by hand, to where it answers now."""
    admin, there = actor(OPERATOR_STAFF[Role.ADMIN]), antivirus_of(addresses)
    for known in VendorConnection.objects.filter(plugin="drweb", settings__base_url__endswith="/drweb"):
        values = {**known.settings, **there}
        change_connection(actor=admin, connection=known, name=known.name, values=values)


def make_plan(connection: VendorConnection, term: ServiceTerm, day: date) -> Plan:
    """Make the template and the plan of stations, by the operator's product owner."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    (offer,) = [one for one in catalogue(connection, now=timezone.now()) if one.name == TARIFF]
    sold = Sold(key="stations", name="Stations", unit="station", vendor_reference=offer.id)
    template = create_template(
        actor=owner, reseller=owner.reseller, name=TARIFF, connection=connection, resources=[sold]
    )
    return create_plan(
        actor=owner,
        reseller=owner.reseller,
        information=Information(
            name=TARIFF,
            template=template,
            service_term=term,
            subscription_name_template="{{plan.name}}: {{account.name}}",
        ),
        resources=[Offered(resource=template.resources.get(), fees=Fees(recurring_fee=PRICE), minimum=1)],
        periods=[Lasting(endless=True)],
        today=day,
    )
