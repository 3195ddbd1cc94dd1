"""The G Suite plugin on the contract suite's bench: the pretend Google over real HTTP."""

import json
from contextlib import AbstractContextManager
from typing import Any

from sandbox.google import Google as Vendor
from sandbox.google.plans import PENDING_TERMS
from sandbox.google.world import DEMO_ADMIN
from sandbox.wsgi import Running
from tests.sandbox.google.asking import STARTER, registered
from tests.sandbox.google.signing import key, key_file
from tests.vendors.benches import Held, SandboxBench, Trouble, over_sandbox
from vendors.base import Connection, Order, Party, Person, Resource
from vendors.fields import packed
from vendors.gsuite.plugin import GSuite

ACCOUNT = Party(
    id="12",
    company="Acme",
    email="office@acme.example",
    phone="+1 425 555 0100",
    country="US",
    region="WA",
    city="Redmond",
    address1="One Main Street",
    postal_code="98052",
    contact=Person(first_name="Tania", last_name="Carr", email="tania@acme.example", phone="+1 425 555 0101"),
)
CHANGING = "^/(apps/reseller|admin/directory)/"
READ_BY_ID = "/subscriptions/[^/]+$"


def settings_of(base_url: str, **other: str) -> dict[str, str]:
    """Return a connection's settings for the sandbox at the address."""
    servers = dict.fromkeys(("reseller_url", "directory_url", "verification_url"), base_url)
    return {"admin": DEMO_ADMIN, "token_url": f"{base_url}/token", **servers, **other}


def domain_of(reference: str) -> str:
    """Return the domain that an order with this reference is for.

    Two of the suite's are for the same: whose subscription was forgotten orders anew for the customer that is left.
    """
    number = "".join(filter(str.isdigit, reference))
    return f"shop{'0' if number in ('10', '20') else number}.example.com"


def answers_of(domain: str, **other: str) -> dict[str, str]:
    """Return the answers of an order for a domain."""
    return {"domain": domain, "alternate_email": "tania@acme.example", "admin_login": "tania", **other}


class GSuiteBench(SandboxBench[Vendor]):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "seats"
    quantity_fact = "seats"

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__(vendor, running)
        self.plugin = GSuite()

    def opened(self, name: str = "demo", **settings: str) -> Connection:
        """Return a connection to the sandbox with a key."""
        return self.connect(settings_of(self.base_url, **settings), {"key_file": packed(key_file(name).encode())})

    def connection(self) -> Connection:
        return self.opened()

    def wrong_connection(self) -> Connection:
        return self.opened("another")

    def order(self, *, reference: str, quantity: int = 5, **changes: Any) -> Order:
        domain = domain_of(reference)
        members: dict[str, Any] = {
            "reference": reference,
            "label": f"Mail of {domain}",
            "account": ACCOUNT,
            "resources": {self.resource: Resource(STARTER, quantity)},
            "answers": answers_of(domain),
        }
        return Order(**members | changes)

    def held(self) -> list[Held]:
        """Return each subscription of ours, those that were cancelled among them."""
        return [Held(row["seats"], running=row["status"] == "ACTIVE") for row in self.vendor.subscriptions()]

    def act(self) -> None:
        """Accept the terms wherever that is waited for."""
        for customer in {row["customer"] for row in self.vendor.subscriptions() if PENDING_TERMS in row["reasons"]}:
            self.vendor.accept_terms(domain=customer)

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.NOT_FOUND_JUST_MADE:
            if not self.vendor.subscriptions():
                self.vendor.fail("not_found", method="GET", path=READ_BY_ID, nth=1, times=2)
            return
        if kind is Trouble.LAGGING:
            # With a list asked for the first time at the end of it.
            self.vendor.behave(list_lag_seconds=self.plugin.visible_after.total_seconds() - 1)
        for method in ("POST", "DELETE"):
            self.fail(kind, path=CHANGING, method=method, nth=nth, times=times)

    def changing_calls(self) -> int:
        return self.vendor.changing_calls()

    ways_gone = ("forgotten", "taken_over")

    def lose(self, way: str) -> None:
        for row in self.vendor.subscriptions():
            if way == "forgotten":
                self.vendor.forget_subscription(subscription_id=row["id"])
            else:
                self.vendor.take_away(domain=row["customer"])

    def secret_values(self) -> list[str]:
        """Return the private keys, the access tokens, and the first passwords that were sent."""
        sent = [entry["body"] for entry in self.vendor.requests_seen(method="POST", path="/users")]
        passwords = [json.loads(body)["password"] for body in sent if '"password"' in body]
        tokens = [row["token"] for row in self.vendor.world.store.all("token")]
        numbers = [str(key(name).private_numbers().d) for name in ("demo", "another")]
        lines = [line for name in ("demo", "another") for line in json.loads(key_file(name))["private_key"].split("\n")]
        return [*numbers, *(line for line in lines if len(line) == 64), *tokens, *passwords]


def open_bench() -> AbstractContextManager[GSuiteBench]:
    """Return a bench with a fresh Google."""
    return over_sandbox(GSuiteBench, registered(Vendor()))
