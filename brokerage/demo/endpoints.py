"""Kaspersky in the demo: a connection to the pretend one with its certificate, a plan, its trial, and a code to see."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import Account, Role
from brokerage.demo.cast import CUSTOMERS, OPERATOR_STAFF, actor, actor_in
from brokerage.demo.catalogue import delegate
from brokerage.demo.programs import Addresses, endpoints_of
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import ApplicationTemplate, Plan, ServiceTerm, Subscription
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.workers.provisioning import carry_out
from vendors.connections import add_connection, change_connection, check_connection
from vendors.models import VendorConnection, VendorOperation

NAME, ENDPOINTS, TRIAL = "Kaspersky", "Kaspersky Endpoint Security", "Kaspersky Endpoint Security: trial"
# What the pretend Kaspersky sells as well as any other of this form; the range is that of the price.
OPTIONS = {"sku": "KL48633A*MG", "least": "5", "most": "49"}
NET_COST, RETAIL = Decimal("2.10"), Decimal("2.90")
FEWEST, MOST = 5, 49


def lead_to(addresses: Addresses) -> None:
    """Lead every connection to the pretend Kaspersky to where it answers now."""
    admin, there = actor(OPERATOR_STAFF[Role.ADMIN]), endpoints_of(addresses)
    for known in VendorConnection.objects.filter(plugin="kaspersky", settings__base_url__endswith="/kaspersky"):
        change_connection(actor=admin, connection=known, name=known.name, values={**known.settings, **there})


def sell(addresses: Addresses, *, day: date, now: datetime) -> Plan:
    """Connect with the uploaded certificate, and put endless licences and their trial on sale; return the first."""
    admin, owner = actor(OPERATOR_STAFF[Role.ADMIN]), actor(OPERATOR_STAFF[Role.OWNER])
    connection = add_connection(
        actor=admin, reseller=admin.reseller, plugin="kaspersky", name=NAME, values=endpoints_of(addresses)
    )
    connection = check_connection(actor=admin, connection=connection, now=now)
    licence = Sold(key="licenses", name="Licences", unit="licence", vendor_reference="licenses", vendor_minimum=1)
    template = create_template(
        actor=owner, reseller=owner.reseller, name=ENDPOINTS, connection=connection, resources=[licence],
        settings=OPTIONS,
    )  # fmt: skip
    _plan(TRIAL, template, Lasting(duration=1, unit="month", trial=True), day)
    return _plan(ENDPOINTS, template, Lasting(endless=True), day)


def _plan(name: str, template: ApplicationTemplate, period: Lasting, day: date) -> Plan:
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    return create_plan(
        actor=owner,
        reseller=owner.reseller,
        information=Information(
            name=name,
            template=template,
            service_term=ServiceTerm.objects.get(reseller=owner.reseller, key="monthly-1"),
            subscription_name_template="{{plan.name}}: {{account.name}}",
        ),
        resources=[
            Offered(resource=template.resources.get(), fees=Fees(recurring_fee=NET_COST), minimum=FEWEST, limit=MOST)
        ],
        periods=[period],
        today=day,
    )


def protect(plan: Plan, account: Account, *, day: date, now: datetime) -> Subscription:
    """Sell the account licences through its reseller; its owner finds the activation code on the subscription."""
    sold, owner = delegate(plan, account.reseller, RETAIL, day), actor_in(CUSTOMERS["owner"], account)
    order = place_order(
        actor=owner,
        account=account,
        plan=sold,
        period=sold.periods.get(),
        quantities={"licenses": FEWEST},
        parameters={},
        today=day,
        now=now,
    )
    pay_order_from_balance(actor=owner, order=order, today=day)
    operation = VendorOperation.objects.get(key=f"order:{order.pk}:provision")
    carry_out(operation_id=operation.pk, now=now, today=day)
    return Subscription.objects.get(pk=order.subscription_id)
