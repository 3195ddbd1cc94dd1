"""The Kaspersky plugin on the contract suite's bench: the pretend Kaspersky over TLS, which wants our certificate."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.kaspersky import Kaspersky as Vendor
from sandbox.kaspersky.subscriptions import ACTIVE
from sandbox.kaspersky.tls import AUTHORITY, FILES_PASSWORD, PARTNER_FILE, UNKNOWN_FILE, demanding
from sandbox.wsgi import Running, start
from tests.vendors.benches import Held, SandboxBench, Trouble
from tests.vendors.memory import MemorySecrets, stopped_soon
from vendors.base import JSON, Connection, Order, Party, Person, Resource, Task
from vendors.certificates import opened_certificate, tls_context
from vendors.errors import Parked
from vendors.fields import packed
from vendors.http import VendorSession
from vendors.kaspersky.plugin import Kaspersky

SKU = "KL48633A*MG"
OPTIONS = {"sku": SKU, "least": "1", "most": "49"}
ACCOUNT = Party(
    id="12",
    company="Acme & Söhne",
    email="office@acme.example",
    phone="+1 425 555 0100",
    country="US",
    region="WA",
    city="Redmond",
    address1="One Main Street",
    postal_code="98052",
    contact=Person(first_name="Tania", last_name="Carr", email="tania@acme.example"),
)
API = "/subscriptions/v2.0/api/subscription/"
CHANGING = f"{API}(create|modifyquantity|modifyexpiration|modifyattributes|hardcancel|renew)$"
DETAILS = f"{API}getdetails$"


def settings_of(base_url: str, file: Path = PARTNER_FILE) -> dict[str, str]:
    """Return what a connection to the sandbox at the address is opened with."""
    secrets = {"certificate": packed(file.read_bytes()), "certificate_password": FILES_PASSWORD}
    return {"base_url": base_url, "partner": "P-100", **secrets}


@cache
def tls_of(file: Path) -> ssl.SSLContext:
    """Return the TLS of callers with the certificate in a file, opened once for all of them."""
    return tls_context(opened_certificate(file.read_bytes(), FILES_PASSWORD))


class KasperskyBench(SandboxBench[Vendor]):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "licenses"
    api = API
    looks_up = False
    quantity_fact = "quantity"
    ways_gone = ("forget_subscription",)

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__(vendor, running)
        self.plugin = Kaspersky()

    def opened(self, file: Path = PARTNER_FILE, **settings: str) -> Connection:
        """Return a connection with the certificate in a file."""
        values = settings_of(self.base_url, file) | settings
        secrets = {name: values.pop(name) for name in ("certificate", "certificate_password")}
        names = self.plugin.secret_names
        session = VendorSession(self.journal, pause=0, secret_names=names, tls=lambda: tls_of(file))
        session.trust_env, session.verify = False, str(AUTHORITY)
        return Connection(values, MemorySecrets(secrets, session), session, self.now)

    def connection(self) -> Connection:
        return self.opened()

    def wrong_connection(self) -> Connection:
        return self.opened(UNKNOWN_FILE)

    def order(self, *, reference: str, quantity: int, **changes: Any) -> Order:
        members: dict[str, Any] = {
            "reference": reference,
            "label": "Acme endpoints",
            "account": ACCOUNT,
            "resources": {self.resource: Resource("licenses", quantity)},
            "options": OPTIONS,
        }
        return Order(**members | changes)

    def held(self) -> list[Held]:
        return [Held(row["Quantity"], running=row["Status"] == ACTIVE) for row in self.vendor.subscriptions()]

    def settle(self, parked: Parked, task: Task) -> JSON | None:
        """Look, as people do in the portal, for the subscription with the operation's mark."""
        found = [row for row in self.vendor.subscriptions() if row["sent"]["Comment"] == task.reference]
        assert len(found) <= 1, f"{task.reference} was made {len(found)} times"
        told = [{"subscription_id": row["SubscriptionId"], "license_id": row["LicenseId"]} for row in found]
        return told[0] if told else None

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.NOT_FOUND_JUST_MADE:
            if not self.vendor.subscriptions():
                self.vendor.fail("not_found", path=DETAILS, nth=1, times=2)
            return
        self.fail(kind, path=CHANGING, nth=nth, times=times)

    def changing_calls(self) -> int:
        return self.vendor.changing_calls()

    def lose(self, way: str) -> None:
        for row in self.vendor.subscriptions():
            getattr(self.vendor, way)(subscription_id=row["SubscriptionId"])

    def secret_values(self) -> list[str]:
        files = [packed(file.read_bytes()) for file in (PARTNER_FILE, UNKNOWN_FILE)]
        return [FILES_PASSWORD, *files, *(row["ActivationCode"] for row in self.vendor.subscriptions())]

    @contextmanager
    def down(self) -> Iterator[None]:
        self.running.stop()
        yield
        self.running = start(self.vendor, port=urlsplit(self.base_url).port or 0, tls=demanding())


@contextmanager
def open_bench() -> Iterator[KasperskyBench]:
    """Yield a bench with a fresh Kaspersky, whose customers have had their free month."""
    vendor = Vendor()
    vendor.behave(first_order_is_free=False)
    bench = KasperskyBench(vendor, start(vendor, tls=demanding()))
    try:
        yield bench
    finally:
        stopped_soon(bench.running)
