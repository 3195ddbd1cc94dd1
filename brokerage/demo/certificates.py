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
from brokerage.demo.cast import NORTH_ADMIN, OPERATOR_STAFF, actor
from brokerage.demo.catalogue import delegate
from brokerage.demo.programs import Addresses, certificates_of
from brokerage.demo.selling import buy, connected, lead, plan_of
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.products import create_plan_category, create_product
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan, Subscription
from vendors.models import VendorConnection

NAME = "OpenSRS"
POSITIVE_SSL = "Comodo PositiveSSL"
DOMAIN = "shop.acme.example"
NET_COST, RETAIL = Decimal("1.20"), Decimal("1.50")


def lead_to(addresses: Addresses) -> None:
    """Lead the demo's connection, where there is one, to where the pretend OpenSRS answers now."""
    values = certificates_of(addresses)
    lead(VendorConnection.objects.filter(plugin="opensrs", settings__username=values["username"]), values)


def sell(addresses: Addresses, *, day: date, now: datetime) -> Plan:
    """Connect, check the connection, and put PositiveSSL on sale: for a year, charged by the month."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    connection = connected("opensrs", NAME, certificates_of(addresses), now=now)
    certificate = Sold(
        key="certificates", name="Certificate", unit="certificate", vendor_reference="positivessl",
        vendor_minimum=1, vendor_maximum=1,
    )  # fmt: skip
    template = create_template(
        actor=owner, reseller=owner.reseller, name=POSITIVE_SSL, connection=connection, resources=[certificate]
    )
    return plan_of(
        template,
        NET_COST,
        day=day,
        periods=[Lasting(duration=12, unit="month")],
        limit=1,
        sku="SSL-POSITIVE",
        product=create_product(actor=owner, reseller=owner.reseller, name="Certificates"),
        category=create_plan_category(actor=owner, reseller=owner.reseller, name="Security"),
    )


def leave_one_waiting(plan: Plan, account: Account, *, day: date, now: datetime) -> Subscription:
    """Sell a certificate to the account through its reseller, up to where the approver's mail is sent."""
    sold = delegate(plan, account.reseller, RETAIL, day)
    # Certificate authorities want the country's code; the customer of the story has written the number without it.
    phone = {"phone": "+1 212 555 0100"}
    account = change_account(actor=actor(NORTH_ADMIN), account=account, values=phone, today=day)
    answers = {"csr": _request(), "approver": f"admin@{DOMAIN}"}
    return buy(account, sold, {"certificates": 1}, answers, day=day, now=now)


def _request() -> str:
    """Return a request for the domain; its key is forgotten, because nobody serves it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM).decode()
