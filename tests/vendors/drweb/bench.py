"""The Dr.Web plugin on the contract suite's bench: the pretend AV-Desk over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from sandbox.drweb import DrWeb as Vendor
from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD
from sandbox.wsgi import Running, start
from tests.vendors.benches import Clocked, Held, Trouble
from tests.vendors.contract import provisioning, work
from tests.vendors.memory import stopped_soon
from vendors.base import Connection, Order, Party, Person, Resource, Service
from vendors.drweb.plugin import DrWeb

STANDARD = "ebe76ffc-69e1-4757-b2b3-41506832bc9b"
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
FAULTS = {
    Trouble.LOST_BEFORE: "drop_before",
    Trouble.LOST_AFTER: "drop_after",
    Trouble.ERROR_BEFORE: "error_before",
    Trouble.ERROR_AFTER: "error_after",
    Trouble.THROTTLED: "throttle",
    Trouble.UNREADABLE_AFTER: "unreadable_after",
    Trouble.TRUNCATED_AFTER: "truncated_after",
    Trouble.TIMEOUT_408_BEFORE: "timeout_before",
    Trouble.TIMEOUT_408_AFTER: "timeout_after",
    Trouble.GATEWAY_4XX_BEFORE: "gateway_before",
    Trouble.GATEWAY_4XX_AFTER: "gateway_after",
    Trouble.GATEWAY_JSON_BEFORE: "gateway_before",
    Trouble.GATEWAY_JSON_AFTER: "gateway_after",
    Trouble.EMPTY_SUCCESS_BEFORE: "answer",
    Trouble.EMPTY_SUCCESS_AFTER: "odd_after",
    Trouble.REDIRECTED_AFTER: "redirect_after",
    Trouble.ANOTHERS_AFTER: "anothers_after",
    Trouble.LAGGING: "error_after",
    Trouble.CONFLICT: "conflict",
    Trouble.STRANGE_RETRY_AFTER: "throttle",
}
DETAILS: dict[Trouble, dict[str, Any]] = {
    Trouble.STRANGE_RETRY_AFTER: {"retry_after": "Wed, 28 Nov 2029 12:00:00"},
    Trouble.GATEWAY_JSON_BEFORE: {"body": {"message": "Forbidden"}},
    Trouble.GATEWAY_JSON_AFTER: {"body": {"message": "Forbidden"}},
    Trouble.EMPTY_SUCCESS_BEFORE: {"status": 200},
}


class DrWebBench(Clocked):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "stations"
    ordered, another = 2, 3  # each station is a call of its own: two show whatever five would
    ways_gone = ("delete_stations", "forget_stations")

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__()
        self.vendor = vendor
        self.running = running
        self.base_url = running.base_url
        self.plugin = DrWeb()

    def connection(self, **settings: str) -> Connection:
        return self._opened(DEMO_PASSWORD, settings)

    def wrong_connection(self) -> Connection:
        return self._opened(WRONG_PASSWORD, {})

    def order(self, *, reference: str, quantity: int) -> Order:
        return Order(reference, "Acme PC", ACCOUNT, {"stations": Resource(STANDARD, quantity)})

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
        # What is read by an id of ours is known at once: nothing is "not found" that was just made.
        if kind in FAULTS:
            self.vendor.fail(FAULTS[kind], path=CHANGES, nth=nth, times=times, **DETAILS.get(kind, {}))

    def advance_vendor(self, seconds: float) -> None:
        self.vendor.advance(seconds=seconds)

    def changing_calls(self) -> int:
        return sum(
            call["path"].endswith(("/add.ds", "/change.ds", "/delete.ds")) for call in self.vendor.requests_seen()
        )

    def lose(self, way: str) -> None:
        getattr(self.vendor, way)()

    @contextmanager
    def astray(self) -> Iterator[None]:
        self.vendor.fail("gateway_before", times=1_000_000, status=404)
        yield
        self.vendor.heal()

    @contextmanager
    def down(self) -> Iterator[None]:
        self.running.stop()
        yield
        self.running = start(self.vendor, port=urlsplit(self.base_url).port or 0)

    def secret_values(self) -> list[str]:
        return [DEMO_PASSWORD, WRONG_PASSWORD]

    def _opened(self, password: str, settings: dict[str, str]) -> Connection:
        values = {"base_url": self.base_url, "login": DEMO_LOGIN, **settings}
        return self.connect(values, {"password": password})


@contextmanager
def open_bench() -> Iterator[DrWebBench]:
    """Yield a bench with a fresh AV-Desk."""
    vendor = Vendor()
    bench = DrWebBench(vendor, start(vendor))
    try:
        yield bench
    finally:
        stopped_soon(bench.running)


def provided(bench: DrWebBench, quantity: int = 2, *, reference: str = "order:1:provision") -> Service:
    """Provide a service of so many stations and return it."""
    task = provisioning(bench, reference=reference, quantity=quantity)
    done = work(bench, task)
    assert task.order is not None
    return Service(done.vendor_ids, task.order.resources, task.order.label)
