"""Google in the demo: a connection to the pretend one, Business Starter on sale, and one that waits for its terms."""

import base64
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accounts.models import Account, Role
from brokerage.demo.cast import OPERATOR_STAFF, actor
from brokerage.demo.catalogue import delegate
from brokerage.demo.programs import Addresses, mailboxes_of
from brokerage.demo.selling import buy, connected, lead, plan_of
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan, Subscription
from vendors.fields import packed
from vendors.models import VendorConnection

NAME = "Google"
STARTER, SKU = "Google Workspace Business Starter", "1010020027"
DOMAIN = "acme-mail.example"
NET_COST, RETAIL = Decimal("5.00"), Decimal("6.00")
SERVICE_ACCOUNT, KEY_ID = "brokerage@demo-reseller.iam.gserviceaccount.com", "demo"


def lead_to(addresses: Addresses) -> None:
    """Lead the demo's connection, where there is one, to where the pretend Google answers now, with a new key."""
    if ours := VendorConnection.objects.filter(plugin="gsuite", name=NAME):
        lead(ours, _values(addresses))


def _values(addresses: Addresses) -> dict[str, str]:
    """Return the values of the connection, with a key that the pretend Google knows from now on."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    numbers = key.public_key().public_numbers()
    public = {"n": _written(numbers.n), "e": _written(numbers.e)}
    told = {"do": "register_account", "email": SERVICE_ACCOUNT, "key_id": KEY_ID, "key": public}
    requests.post(f"{addresses.google}/sandbox/control", json=told, timeout=10).raise_for_status()
    file: dict[str, Any] = {
        "type": "service_account",
        "client_email": SERVICE_ACCOUNT,
        "private_key_id": KEY_ID,
        "private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    }
    return {**mailboxes_of(addresses), "key_file": packed(json.dumps(file).encode())}


def _written(number: int) -> str:
    """Return a number as a JWK has it."""
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


def sell(addresses: Addresses, *, day: date, now: datetime) -> Plan:
    """Connect, check the connection, and put Business Starter on sale: flexible, without an end (CR-607)."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    connection = connected("gsuite", NAME, _values(addresses), now=now)
    template = create_template(
        actor=owner,
        reseller=owner.reseller,
        name=STARTER,
        connection=connection,
        resources=[Sold(key="seats", name="Seat", unit="seat", vendor_reference=SKU, vendor_minimum=1)],
        settings={"plan": "FLEXIBLE"},
    )
    return plan_of(template, NET_COST, day=day, periods=[Lasting(endless=True)], sku="GOOGLE-STARTER")


def leave_one_waiting(plan: Plan, account: Account, *, day: date, now: datetime) -> Subscription:
    """Sell seats to the account through its reseller, up to where the customer has to accept the terms."""
    sold = delegate(plan, account.reseller, RETAIL, day)
    answers = {"domain": DOMAIN, "alternate_email": "office@acme.example", "admin_login": "admin"}
    return buy(account, sold, {"seats": 3}, answers, day=day, now=now)
