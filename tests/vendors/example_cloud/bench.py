"""Example Cloud on the contract suite's bench: the example's vendor, told what its services use."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from sandbox.wsgi import start
from tests.vendors.example.bench import ExampleBench
from tests.vendors.example.vendor import ExampleVendor
from tests.vendors.memory import stopped_soon
from vendors.base import Service, VendorPlugin
from vendors.registry import plugin_for


class CloudBench(ExampleBench):
    """See tests/vendors/metering.py, MeteredBench, and tests/vendors/pricing.py, PricedBench."""

    def use(self, service: Service, quantity: Decimal) -> None:
        day = self.now.date().isoformat()
        lines = self.vendor.usage.setdefault(day, [])
        service_id = service.vendor_ids["service_id"]
        lines.append(
            {
                "service": service_id,
                "meter": "traffic",
                "key": f"{day}-{len(lines)}",
                "quantity": str(quantity),
                "day": day,
                "cost": "0.01",
            }
        )

    def publish(self, market: str, price: str, begins: date, ends: date | None) -> tuple[str, dict[str, str]]:
        lines = self.vendor.prices.setdefault(market, [])
        lines.append(f"traffic;{price};USD;{begins};{ends or ''}")
        return "traffic", {}

    def hold_reports(self, *, after_pages: int | None) -> None:
        days = self.vendor.usage
        self.vendor.not_ready_from = {} if after_pages is None else dict.fromkeys(days, after_pages + 1)

    def run(self, service: Service, units: Decimal) -> None:
        self.vendor.machines[service.vendor_ids["service_id"]] = str(units)


@contextmanager
def open_bench(plugin: VendorPlugin | None = None) -> Iterator[CloudBench]:
    """Yield a bench with a fresh vendor, for the registered plugin or for a broken one."""
    vendor = ExampleVendor()
    bench = CloudBench(plugin or plugin_for("example_cloud"), vendor, start(vendor))
    try:
        yield bench
    finally:
        stopped_soon(bench.running)
