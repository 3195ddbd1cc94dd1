"""Certificates in the demo: a connection to the pretend OpenSRS, PositiveSSL on sale, and one that waits."""

from datetime import date, datetime
from decimal import Decimal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from accounts.models import Account, Role
from accounts.registration import change_account
from brokerage.demo.cast import CUSTOMERS, NORTH_ADMIN, OPERATOR_STAFF, actor, actor_in
from brokerage.demo.catalogue import delegate
from brokerage.demo.programs import Addresses, certificates_of
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees
from subscriptions.catalogue.products import create_plan_category, create_product
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan, ServiceTerm, Subscription
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.workers.provisioning import carry_out
from vendors.connections import add_connection, change_connection, check_connection
from vendors.models import VendorConnection, VendorOperation

NAME = "OpenSRS"
POSITIVE_SSL = "Comodo PositiveSSL"
DOMAIN = "shop.acme.example"
NET_COST, RETAIL = Decimal("1.20"), Decimal("1.50")


def lead_to(addresses: Addresses) -> None:
    """Lead the demo's connection, where there is one, to where the pretend OpenSRS answers now."""
    admin, values = actor(OPERATOR_STAFF[Role.ADMIN]), certificates_of(addresses)
    for known in VendorConnection.objects.filter(plugin="opensrs", settings__username=values["username"]):
        change_connection(actor=admin, connection=known, name=known.name, values={**known.settings, **values})


def sell(addresses: Addresses, *, day: date, now: datetime) -> Plan:
    """Connect, check the connection, and put PositiveSSL on sale: for a year, charged by the month."""
    admin, owner = actor(OPERATOR_STAFF[Role.ADMIN]), actor(OPERATOR_STAFF[Role.OWNER])
    connection = add_connection(
        actor=admin, reseller=admin.reseller, plugin="opensrs", name=NAME, values=certificates_of(addresses)
    )
    connection = check_connection(actor=admin, connection=connection, now=now)
    certificate = Sold(
        key="certificates", name="Certificate", unit="certificate", vendor_reference="positivessl",
        vendor_minimum=1, vendor_maximum=1,
    )  # fmt: skip
    template = create_template(
        actor=owner, reseller=owner.reseller, name=POSITIVE_SSL, connection=connection, resources=[certificate]
    )
    return create_plan(
        actor=owner,
        reseller=owner.reseller,
        information=Information(
            name=POSITIVE_SSL,
            sku="SSL-POSITIVE",
            template=template,
            service_term=ServiceTerm.objects.get(reseller=owner.reseller, key="monthly-1"),
            product=create_product(actor=owner, reseller=owner.reseller, name="Certificates"),
            category=create_plan_category(actor=owner, reseller=owner.reseller, name="Security"),
            subscription_name_template="{{plan.name}}: {{account.name}}",
        ),
        resources=[Offered(resource=template.resources.get(), fees=Fees(recurring_fee=NET_COST), minimum=1, limit=1)],
        periods=[Lasting(duration=12, unit="month")],
        today=day,
    )


def leave_one_waiting(plan: Plan, account: Account, *, day: date, now: datetime) -> Subscription:
    """Sell a certificate to the account through its reseller, up to where the approver's mail is sent."""
    sold = delegate(plan, account.reseller, RETAIL, day)
    # Certificate authorities want the country's code; the customer of the story has written the number without it.
    phone = {"phone": "+1 212 555 0100"}
    account = change_account(actor=actor(NORTH_ADMIN), account=account, values=phone, today=day)
    owner = actor_in(CUSTOMERS["owner"], account)
    order = place_order(
        actor=owner,
        account=account,
        plan=sold,
        period=sold.periods.get(),
        quantities={"certificates": 1},
        parameters={"csr": _request(), "approver": f"admin@{DOMAIN}"},
        today=day,
        now=now,
    )
    pay_order_from_balance(actor=owner, order=order, today=day)
    operation = VendorOperation.objects.get(key=f"order:{order.pk}:provision")
    carry_out(operation_id=operation.pk, now=now, today=day)
    return Subscription.objects.get(pk=order.subscription_id)


def _request() -> str:
    """Return a request for the domain; its key is forgotten, because nobody serves it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM).decode()
