"""The suite's promises of what is used, over the example's plugin; plugins that break one are caught."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings

from tests.vendors.benches import NewBench
from tests.vendors.example_cloud.bench import open_bench
from tests.vendors.installing import example_installed
from tests.vendors.metering import metering_checks
from vendors.base import Connection, Service, VendorPlugin
from vendors.capabilities import ReportsUsage, SamplesUsage, UsageLine, UsageWindow
from vendors.errors import Misconfigured, Transient, VendorError
from vendors.registry import plugin_for, plugins

CHECKS = dict(metering_checks())
# The example's, and those of the platform's own plugins that tell what was used.
TELLING = [plugin.slug for plugin in plugins() if isinstance(plugin, ReportsUsage | SamplesUsage)]
SLUGS = ["example_cloud", *sorted(set(TELLING) & {app.rpartition(".")[2] for app in settings.VENDOR_PLUGINS})]


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


def bench_of(slug: str) -> NewBench:
    """Return how to open a plugin's bench, which lies beside its tests: tests/vendors/<slug>/bench.py."""
    return import_module(f"tests.vendors.{slug}.bench").open_bench


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("slug", SLUGS)
def test_plugin_that_tells_what_was_used_keeps_the_promises(slug: str, check: str) -> None:
    CHECKS[check](bench_of(slug))


def broken(kind: str) -> VendorPlugin:
    """Return Example Cloud, broken in one way."""
    cloud: Any = import_module("brokerage_example_vendor.metered").ExampleCloud

    class Hasty(cloud):
        """Takes "not ready" for the end."""

        def pages(self, connection: Connection, window: UsageWindow) -> Iterator[Sequence[UsageLine]]:
            try:
                yield from super().pages(connection, window)
            except Transient:
                return

    class Merging(cloud):
        """Takes lines of one day and meter for the same."""

        def pages(self, connection: Connection, window: UsageWindow) -> Iterator[Sequence[UsageLine]]:
            for page in super().pages(connection, window):
                yield list({(line.service, line.meter, line.day): line for line in page}.values())

    class Forgetful(cloud):
        """Passes a day over where two days have gone by."""

        def windows(
            self, connection: Connection, services: Sequence[Mapping[str, str]], bookmarks: Mapping[str, str]
        ) -> Iterator[UsageWindow]:
            yield from list(super().windows(connection, services, bookmarks))[-1:]

    class Blind(cloud):
        """Knows of no use where it was not let in."""

        def sample(self, connection: Connection, service: Service) -> dict[str, Decimal]:
            try:
                return dict(super().sample(connection, service))
            except Misconfigured:
                return {}

    class Rounding(cloud):
        """Tells whole machines."""

        def sample(self, connection: Connection, service: Service) -> dict[str, Decimal]:
            return {key: Decimal(round(units)) for key, units in super().sample(connection, service).items()}

    kinds = {"hasty": Hasty, "merging": Merging, "forgetful": Forgetful, "blind": Blind, "rounding": Rounding}
    return kinds[kind]()  # type: ignore[no-any-return]  # found at run time, through its entry point


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("hasty", "not_ready_is_not_the_end"),
        ("merging", "reports_all_that_was_used_once"),
        ("forgetful", "reports_all_that_was_used_once"),
        ("rounding", "samples_what_is_in_use"),
    ],
)
def test_plugin_that_loses_or_invents_use_is_caught(kind: str, check: str) -> None:
    with pytest.raises((AssertionError, VendorError, pytest.fail.Exception)):
        CHECKS[check](partial(open_bench, broken(kind)))


def test_plugin_that_is_not_let_in_and_says_nothing_was_used_is_caught() -> None:
    plugin = broken("blind")
    with open_bench(plugin) as bench, pytest.raises(Misconfigured):
        plugin_for("example_cloud").sample(bench.wrong_connection(), Service({"service_id": "1"}, {}))  # type: ignore[attr-defined]  # as above
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        CHECKS["nothing_is_told_without_the_right"](partial(open_bench, _samples_only(plugin)))


def _samples_only(plugin: VendorPlugin) -> VendorPlugin:
    """Return the plugin with reports of no windows: only its samples are asked."""
    plugin.windows = lambda *_given: ()  # type: ignore[attr-defined]  # as above
    return plugin
