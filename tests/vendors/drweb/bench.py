"""The Dr.Web plugin on the contract suite's bench: the pretend AV-Desk over real HTTP."""

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sandbox.drweb import DrWeb as Vendor
from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD
from sandbox.wsgi import Running
from tests.vendors.benches import Held, SandboxBench, Trouble, over_sandbox
from tests.vendors.contract import provisioning, work
from vendors.base import Connection, Order, Party, Person, Resource, Service
from vendors.drweb.plugin import DrWeb

STANDARD = "ebe76ffc-69e1-4757-b2b3-41506832bc9b"
SERVERS = "01fe9e60-6570-11de-b827-0002a5d5c51b"
WRONG_PASSWORD = "not-the-password"
ACCOUNT = Party(
    id="12",
    company="Acme & Söhne",
    email="office@acme.example",
    country="RU",
    city="Москва",
    address1="Тверская 1",
    contact=Person(first_name="Tania", last_name="Carr", email="tania@acme.example"),
)
CHANGES = r"/api/(stations|groups)/(add|change|delete)\.ds$"


class DrWebBench(SandboxBench[Vendor]):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "stations"
    ordered, another = 2, 3  # each station is a call of its own: two show whatever five would
    ways_gone = ("delete_stations", "forget_stations")

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__(vendor, running)
        self.plugin = DrWeb()

    def connection(self, **settings: str) -> Connection:
        return self._opened(DEMO_PASSWORD, settings)

    def wrong_connection(self) -> Connection:
        return self._opened(WRONG_PASSWORD, {})

    def order(self, *, reference: str, quantity: int) -> Order:
        return Order(reference, "Acme PC", ACCOUNT, {"stations": Resource(STANDARD, quantity)})

    def several(self, *, reference: str) -> Order:
        return replace(
            self.order(reference=reference, quantity=2),
            resources={"stations": Resource(STANDARD, 2), "servers": Resource(SERVERS, 1)},
        )

    def units(self) -> dict[str, int]:
        there = [row["rate"] for row in self.vendor.world.store.all("station") if row["deleted"] is None]
        return {"stations": there.count(STANDARD), "servers": there.count(SERVERS)}

    def held(self) -> list[Held]:
        users: dict[str, list[dict[str, Any]]] = {}
        for station in self.vendor.world.store.all("station"):
            users.setdefault(station["user_id"], []).append(station)
        return [self._held(rows) for rows in users.values()]

    def _held(self, rows: list[dict[str, Any]]) -> Held:
        world = self.vendor.world
        there = [row for row in rows if row["deleted"] is None]
        running = {not world.is_blocked(row) for row in there}
        assert len(running) <= 1, "some stations of a service are blocked, others not"
        return Held(len(there or rows), running=True in running)

    def stations_of(self, service: Service) -> list[dict[str, Any]]:
        """Return a service's stations in the vendor's records, deleted ones included."""
        mark = service.vendor_ids["group_id"]
        return [row for row in self.vendor.world.store.all("station") if row["user_id"].startswith(mark)]

    def cancelled(self) -> int:
        """Return how many services have no station left."""
        left: dict[str, bool] = {}
        for row in self.vendor.world.store.all("station"):
            left[row["user_id"]] = left.get(row["user_id"], False) or row["deleted"] is None
        return sum(not some for some in left.values())

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        # What is read by an id of ours is known at once, and what is accepted is done: neither "not found" nor slow.
        self.fail(kind, path=CHANGES, nth=nth, times=times)

    def changing_calls(self) -> int:
        return sum(
            call["path"].endswith(("/add.ds", "/change.ds", "/delete.ds")) for call in self.vendor.requests_seen()
        )

    def lose(self, way: str) -> None:
        getattr(self.vendor, way)()

    def secret_values(self) -> list[str]:
        return [DEMO_PASSWORD, WRONG_PASSWORD]

    def _opened(self, password: str, settings: dict[str, str]) -> Connection:
        values = {"base_url": self.base_url, "login": DEMO_LOGIN, **settings}
        return self.connect(values, {"password": password})


def open_bench() -> AbstractContextManager[DrWebBench]:
    """Return a bench with a fresh AV-Desk."""
    return over_sandbox(DrWebBench, Vendor())


def provided(bench: DrWebBench, quantity: int = 2, *, reference: str = "order:1:provision") -> Service:
    """Provide a service of so many stations and return it."""
    task = provisioning(bench, reference=reference, quantity=quantity)
    done = work(bench, task)
    assert task.order is not None
    return Service(done.vendor_ids, task.order.resources, task.order.label)
