"""What a plugin keeps that tells what was used: reports are whole or not there, samples are of what is sold.

Further promises of the suite (tests/vendors/contract.py); a plugin that tells nothing is not asked. The bench of one
that does is a MeteredBench.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Protocol, cast

import pytest

from tests.vendors.benches import ContractBench, NewBench
from tests.vendors.contract import provisioned
from vendors.base import Service
from vendors.capabilities import ReportsUsage, SamplesUsage, UsageLine
from vendors.errors import ConsentNeeded, Misconfigured, Transient

A_DAY = 86_400


class MeteredBench(ContractBench, Protocol):
    """A bench whose vendor can be told what its services use."""

    def use(self, service: Service, quantity: Decimal) -> None:
        """Let a service use so much now; the vendor reports it as a line of its own when it reports the time."""

    def hold_reports(self, *, after_pages: int | None) -> None:
        """Let the vendor be counting still: of each window it hands out so many pages. None: it is done."""

    def run(self, service: Service, units: Decimal) -> None:
        """Let so many units of a service be in use from now on."""


def _read(bench: ContractBench, service: Service, kept: dict[tuple[str, str], list[UsageLine]]) -> list[UsageLine]:
    """Read what is to be read, as the platform does: a window replaces its own lines. Return all lines that count."""
    plugin = bench.plugin
    assert isinstance(plugin, ReportsUsage)
    bookmarks: dict[str, str] = getattr(bench, "bookmarks", {})
    bench.bookmarks = bookmarks  # type: ignore[attr-defined]  # kept between two readings of one bench
    windows = list(plugin.windows(bench.connection(), [service.vendor_ids], dict(bookmarks)))
    assert len({(one.stream, one.key) for one in windows}) == len(windows), "a window is named once"
    for window in windows:
        kept[window.stream, window.key] = [line for page in plugin.pages(bench.connection(), window) for line in page]
        if window.bookmark:
            bookmarks[window.stream] = window.bookmark
    return [line for lines in kept.values() for line in lines]


def reports_all_that_was_used_once(new_bench: NewBench) -> None:
    """Over many lines, days and readings the lines that count add up to what was used."""
    with new_bench() as opened:
        if not isinstance(opened.plugin, ReportsUsage):
            return
        bench, kept = cast("MeteredBench", opened), {}  # type: ignore[var-annotated]  # as _read has it
        service = provisioned(bench)
        used = Decimal(0)
        for number in range(1, 6):
            for part in range(number):
                used += (quantity := Decimal(number) + Decimal(part) / 8)
                bench.use(service, quantity)
            bench.advance(2 * A_DAY)
            lines = _read(bench, service, kept)
            assert sum((line.quantity for line in lines), Decimal(0)) == used
        ours = service.vendor_ids[bench.plugin.usage_id]
        assert {line.service for line in lines} == {ours}
        for line in lines:
            assert isinstance(line.quantity, Decimal)
            assert line.key, line
            assert line.meter, line
            assert line.cost is None or (isinstance(line.cost, Decimal) and len(line.currency) == 3), line
            assert line.day <= bench.connection().now.date(), line


def not_ready_is_not_the_end(new_bench: NewBench) -> None:
    """A window that the vendor is still counting is trouble that passes, from its first page or a later one on."""
    with new_bench() as opened:
        if not isinstance(opened.plugin, ReportsUsage):
            return
        bench = cast("MeteredBench", opened)
        service = provisioned(bench)
        for _number in range(5):
            bench.use(service, Decimal(1))
        bench.advance(2 * A_DAY)
        for pages in (0, 1):
            bench.hold_reports(after_pages=pages)
            with pytest.raises(Transient):
                _read(bench, service, {})
        bench.hold_reports(after_pages=None)
        assert sum(line.quantity for line in _read(bench, service, {})) == 5


def samples_what_is_in_use(new_bench: NewBench) -> None:
    """A sample tells units of what the service sells, as they are now, none where nothing runs."""
    with new_bench() as opened:
        if not isinstance(opened.plugin, SamplesUsage):
            return
        bench = cast("MeteredBench", opened)
        service = provisioned(bench)
        for units in (Decimal(0), Decimal("2.5"), Decimal(1)):
            bench.run(service, units)
            found = opened.plugin.sample(bench.connection(), service)
            assert found.keys() <= service.resources.keys(), found
            assert all(isinstance(one, Decimal) and one == round(one, 6) for one in found.values()), found
            assert sum(found.values()) == units


def nothing_is_told_without_the_right(new_bench: NewBench) -> None:
    """With wrong credentials, and while the vendor is away, neither reports nor samples are made up."""
    with new_bench() as bench:
        plugin = bench.plugin
        if not isinstance(plugin, ReportsUsage | SamplesUsage):
            return
        service = provisioned(bench)
        bench.advance(2 * A_DAY)

        def asked() -> None:
            if isinstance(plugin, SamplesUsage):
                plugin.sample(connection, service)
            if isinstance(plugin, ReportsUsage):
                for window in plugin.windows(connection, [service.vendor_ids], {}):
                    list(plugin.pages(connection, window))

        connection = bench.wrong_connection()
        with pytest.raises((ConsentNeeded, Misconfigured)):
            asked()
        connection = bench.connection()
        with bench.down(), pytest.raises(Transient):
            asked()


ALL: tuple[Callable[[NewBench], None], ...] = (
    reports_all_that_was_used_once,
    not_ready_is_not_the_end,
    samples_what_is_in_use,
    nothing_is_told_without_the_right,
)


def metering_checks() -> Iterator[tuple[str, Callable[[NewBench], None]]]:
    """Yield each promise with its name, as tests/vendors/contract.py does its own."""
    for promise in ALL:
        yield promise.__name__, promise
