"""The example plugin on the contract suite's bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from sandbox.wsgi import Running, start
from tests.vendors.benches import Clocked, Held, Trouble
from tests.vendors.example.vendor import API_KEY, LAG, ExampleVendor
from tests.vendors.memory import stopped_soon
from vendors.base import Connection, Order, Party, Resource, VendorPlugin
from vendors.registry import installed_plugin

TROUBLES = {
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
    Trouble.GATEWAY_JSON_BEFORE: "gateway_json_before",
    Trouble.GATEWAY_JSON_AFTER: "gateway_json_after",
    Trouble.EMPTY_SUCCESS_BEFORE: "empty_before",
    Trouble.EMPTY_SUCCESS_AFTER: "empty_after",
    Trouble.REDIRECTED_AFTER: "redirect_after",
    Trouble.ANOTHERS_AFTER: "anothers_after",
    Trouble.LAGGING: "error_after",
    Trouble.CONFLICT: "conflict",
    Trouble.STRANGE_RETRY_AFTER: "strange_throttle",
}


# For so many looks a slow service is not there yet.
LOOKS = 3


class ExampleBench(Clocked):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "seats"
    ruled: ClassVar[dict[str, str]] = {"seats_change": "nightly"}
    quantity_fact = "seats"

    def __init__(self, plugin: VendorPlugin, vendor: ExampleVendor, running: Running) -> None:
        super().__init__()
        self.plugin = plugin
        self.vendor = vendor
        vendor.began = self.now  # both count the same days
        self.running = running

    def connection(self) -> Connection:
        return self._connection(API_KEY)

    def wrong_connection(self) -> Connection:
        return self._connection("some-other-key")

    def order(self, *, reference: str, quantity: int) -> Order:
        account = Party(id="12", company="Acme", email="office@acme.example")
        return Order(reference, "Acme backup", account, {"seats": Resource("backup", quantity)})

    def held(self) -> list[Held]:
        return [
            Held(row["seats"], running=row["state"] == "running", billed=row["state"] in ("running", "paused"))
            for row in self.vendor.services.values()
        ]

    def waiting_order(self, *, reference: str) -> Order:
        return replace(self.order(reference=reference, quantity=self.ordered), options={"approval": "yes"})

    def hold_to_the_rule(self) -> None:
        self.vendor.a_day = 1

    def several(self, *, reference: str) -> Order:
        both = {"seats": Resource("backup", 5), "disks": Resource("archive", 2)}
        return replace(self.order(reference=reference, quantity=5), resources=both)

    def units(self) -> dict[str, int]:
        assert len(self.vendor.services) == 1, "one service was ordered"
        (row,) = self.vendor.services.values()
        return {"seats": row["seats"], "disks": row["archives"]}

    def act(self) -> None:
        self.vendor.approve()

    def is_renewed(self) -> bool:
        return all(row.get("until") for row in self.vendor.services.values())

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.LAGGING or kind.name.endswith("_AFTER"):
            self.vendor.lag = LAG
        if kind is Trouble.SLOW:
            self.vendor.looks = LOOKS
        if kind in TROUBLES:  # an order's answer is all that the plugin reads of a service that it has just made
            self.vendor.trouble = (TROUBLES[kind], nth, times)

    def advance_vendor(self, seconds: float) -> None:
        self.vendor.clock += seconds

    def changing_calls(self) -> int:
        return self.vendor.changing_calls

    ways_gone = ("removed",)

    def lose(self, way: str) -> None:
        self.vendor.services.clear()

    @contextmanager
    def astray(self) -> Iterator[None]:
        self.vendor.astray = True
        yield
        self.vendor.astray = False

    @contextmanager
    def down(self) -> Iterator[None]:
        self.running.stop()
        yield
        self.running = start(self.vendor, port=urlsplit(self.running.base_url).port or 0)

    def secret_values(self) -> list[str]:
        return [API_KEY, "some-other-key"]

    def _connection(self, key: str) -> Connection:
        return self.connect({"base_url": self.running.base_url}, {"api_key": key})


@contextmanager
def open_bench(plugin: VendorPlugin | None = None) -> Iterator[ExampleBench]:
    """Yield a bench with a fresh vendor, for the registered plugin or for a broken one."""
    vendor = ExampleVendor()
    bench = ExampleBench(plugin or installed_plugin("example"), vendor, start(vendor))
    try:
        yield bench
    finally:
        stopped_soon(bench.running)
