"""The suite's promises of published prices, over the example's plugin and ours; plugins that break one are caught."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.conf import settings

from tests.vendors.benches import NewBench
from tests.vendors.example_cloud.bench import open_bench
from tests.vendors.installing import example_installed
from tests.vendors.pricing import pricing_checks
from vendors.base import Connection, VendorPlugin
from vendors.capabilities import ListedPrice, PublishedPrices, PublishesPrices
from vendors.errors import Rejected, VendorError
from vendors.registry import plugin_for, plugins

CHECKS = dict(pricing_checks())
PUBLISHING = [plugin.slug for plugin in plugins() if isinstance(plugin, PublishesPrices)]
SLUGS = ["example_cloud", *sorted(set(PUBLISHING) & {app.rpartition(".")[2] for app in settings.VENDOR_PLUGINS})]


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


def bench_of(slug: str) -> NewBench:
    """Return how to open a plugin's bench: tests/vendors/<slug>/priced.py, bench.py where that publishes already."""
    module = f"tests.vendors.{slug}.priced"
    return import_module(module if find_spec(module) else f"tests.vendors.{slug}.bench").open_bench


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("slug", SLUGS)
def test_plugin_that_publishes_prices_keeps_the_promises(slug: str, check: str) -> None:
    CHECKS[check](bench_of(slug))


def broken(kind: str) -> VendorPlugin:
    """Return Example Cloud, broken in one way."""
    cloud: Any = import_module("brokerage_example_vendor.metered").ExampleCloud

    class Skipping(cloud):
        """Leaves out what it cannot read."""

        def listed(self, connection: Connection, which: PublishedPrices) -> Iterator[ListedPrice]:
            lines = super().listed(connection, which)
            while True:
                try:
                    yield next(lines)
                except (StopIteration, Rejected):
                    return

    class Floating(cloud):
        """Reads prices as floating numbers."""

        def listed(self, connection: Connection, which: PublishedPrices) -> Iterator[ListedPrice]:
            for line in super().listed(connection, which):
                yield ListedPrice(**{**_members(line), "unit_price": Decimal(float(line.unit_price))})

    class Calm(cloud):
        """Takes a vendor that is away for one that asks nothing."""

        def listed(self, connection: Connection, which: PublishedPrices) -> Iterator[ListedPrice]:
            try:
                yield from super().listed(connection, which)
            except VendorError as trouble:
                if isinstance(trouble, Rejected):
                    raise

    found: VendorPlugin = {"skipping": Skipping, "floating": Floating, "calm": Calm}[kind]()
    return found


def _members(line: ListedPrice) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ListedPrice.__slots__}


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        ("skipping", "a_line_that_cannot_be_read_refuses_the_list"),
        ("floating", "lists_what_it_asks"),
        ("calm", "prices_are_not_made_up"),
    ],
)
def test_broken_plugin_is_caught(kind: str, promise: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        CHECKS[promise](partial(open_bench, broken(kind)))
    assert plugin_for("example_cloud").slug == "example_cloud"
