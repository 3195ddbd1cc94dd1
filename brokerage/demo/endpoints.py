"""Kaspersky in the demo: a connection to the pretend one with its certificate, a plan, its trial, and a code to see."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import Account, Role
from brokerage.demo.cast import OPERATOR_STAFF, actor
from brokerage.demo.catalogue import delegate
from brokerage.demo.programs import Addresses, endpoints_of
from brokerage.demo.selling import buy, connected, lead, plan_of
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan, Subscription
from vendors.models import VendorConnection

NAME, ENDPOINTS, TRIAL = "Kaspersky", "Kaspersky Endpoint Security", "Kaspersky Endpoint Security: trial"
# What the pretend Kaspersky sells as well as any other of this form; the range is that of the price.
OPTIONS = {"sku": "KL48633A*MG", "least": "5", "most": "49"}
NET_COST, RETAIL = Decimal("2.10"), Decimal("2.90")
FEWEST, MOST = 5, 49


def lead_to(addresses: Addresses) -> None:
    """Lead every connection to the pretend Kaspersky to where it answers now."""
    ours = VendorConnection.objects.filter(plugin="kaspersky", settings__base_url__endswith="/kaspersky")
    lead(ours, endpoints_of(addresses))


def sell(addresses: Addresses, *, day: date, now: datetime) -> Plan:
    """Connect with the uploaded certificate, and put endless licences and their trial on sale; return the first."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    connection = connected("kaspersky", NAME, endpoints_of(addresses), now=now)
    licence = Sold(key="licenses", name="Licences", unit="licence", vendor_reference="licenses", vendor_minimum=1)
    template = create_template(
        actor=owner, reseller=owner.reseller, name=ENDPOINTS, connection=connection, resources=[licence],
        settings=OPTIONS,
    )  # fmt: skip
    trial = Lasting(duration=1, unit="month", trial=True)
    plan_of(template, NET_COST, day=day, periods=[trial], minimum=FEWEST, limit=MOST, name=TRIAL)
    return plan_of(template, NET_COST, day=day, periods=[Lasting(endless=True)], minimum=FEWEST, limit=MOST)


def protect(plan: Plan, account: Account, *, day: date, now: datetime) -> Subscription:
    """Sell the account licences through its reseller; its owner finds the activation code on the subscription."""
    sold = delegate(plan, account.reseller, RETAIL, day)
    return buy(account, sold, {"licenses": FEWEST}, {}, day=day, now=now)
