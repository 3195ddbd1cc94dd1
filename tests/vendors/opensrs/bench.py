"""The OpenSRS plugin on the contract suite's bench: the sandbox over real HTTP."""

from contextlib import AbstractContextManager
from typing import Any

from sandbox.opensrs import OpenSRS as Vendor
from sandbox.opensrs.rows import AWAITING, OPEN
from sandbox.opensrs.world import DEMO_KEY, DEMO_USERNAME
from sandbox.wsgi import Running
from tests.sandbox.opensrs.asking import csr_for
from tests.vendors.benches import Held, SandboxBench, Trouble, over_sandbox
from vendors.base import JSON, Connection, Order, Party, Person, Resource, Task, Term
from vendors.errors import Parked
from vendors.opensrs.plugin import OpenSRSCertificates

WRONG_KEY = "not-the-key-of-this-reseller"
ACCOUNT = Party(
    id="12",
    company="Acme",
    email="office@acme.example",
    phone="+1 (425) 555-0100",
    country="US",
    region="WA",
    city="Redmond",
    address1="One Main Street",
    postal_code="98052",
    contact=Person(first_name="Tania", last_name="Carr", email="tania@acme.example", phone="+1 425 555 0101"),
)
CHANGING = "^/(sw_register|cancel_order|update_order|process_pending|resend_)"


def settings_of(base_url: str, **other: str) -> dict[str, str]:
    """Return a connection's settings for the sandbox at the address."""
    return {"username": DEMO_USERNAME, "base_url": base_url, **other}


def domain_of(reference: str) -> str:
    """Return the domain that an order with this reference is for."""
    return f"shop{''.join(filter(str.isdigit, reference))}.example.com"


class OpenSRSBench(SandboxBench[Vendor]):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "certificates"
    # One order is one certificate, and none is ended by a command.
    ordered = another = 1
    ends = False

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__(vendor, running)
        self.plugin = OpenSRSCertificates()

    def opened(self, key: str, **settings: str) -> Connection:
        """Return a connection to the sandbox with a key."""
        return self.connect(settings_of(self.base_url, **settings), {"key": key})

    def connection(self) -> Connection:
        return self.opened(DEMO_KEY)

    def wrong_connection(self) -> Connection:
        return self.opened(WRONG_KEY)

    def order(self, *, reference: str, quantity: int = 1, **changes: Any) -> Order:
        domain = domain_of(reference)
        members: dict[str, Any] = {
            "reference": reference,
            "label": f"Certificate of {domain}",
            "account": ACCOUNT,
            "resources": {self.resource: Resource("positivessl", quantity)},
            "answers": {"csr": csr_for(domain), "approver": f"admin@{domain}"},
            "term": Term(months=12),
        }
        return Order(**members | changes)

    def held(self) -> list[Held]:
        """Return what was bought: each order whose certificate is there or may still come."""
        found = []
        for order in self.vendor.orders():
            product = self.vendor.world.store.get("product", order.get("product_id", ""))
            living = order["state"] in OPEN or (product is not None and product["state"] in ("active", "renewing"))
            found.append(Held(1, running=living))
        return found

    def act(self) -> None:
        """Click the link in every mail that waits."""
        for order in self.vendor.orders():
            if order["state"] == AWAITING:
                self.vendor.approve(order_id=order["order_id"])

    def settle(self, parked: Parked, task: Task) -> JSON | None:
        """Look for the order that bears the operation's mark."""
        found = [order for order in self.vendor.orders() if order["comments"] == task.reference]
        assert len(found) <= 1, f"{task.reference} was bought {len(found)} times"
        return {"order_id": found[0]["order_id"]} if found else None

    def approach_end(self) -> None:
        self.advance(330 * 86_400)

    def is_renewed(self) -> bool:
        return [row["state"] for row in self.vendor.certificates()] == ["renewed", "active"]

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.NOT_FOUND_JUST_MADE:
            if not self.vendor.orders():
                self.vendor.fail("not_found", path="^/get_order_info$", nth=1, times=2)
            return
        if kind is Trouble.CONFLICT:
            self.vendor.fail("busy", path=CHANGING, nth=nth, times=times)
            return
        self.fail(kind, path=CHANGING, nth=nth, times=times)

    def changing_calls(self) -> int:
        return self.vendor.changing_calls()

    ways_gone = ("forget_order",)

    def lose(self, way: str) -> None:
        for order in self.vendor.orders():
            getattr(self.vendor, way)(order_id=order["order_id"])

    def secret_values(self) -> list[str]:
        seen = self.vendor.requests_seen()
        return [DEMO_KEY, WRONG_KEY] if seen else []


def open_bench() -> AbstractContextManager[OpenSRSBench]:
    """Return a bench with a fresh OpenSRS."""
    return over_sandbox(OpenSRSBench, Vendor())
