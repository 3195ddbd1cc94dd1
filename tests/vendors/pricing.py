"""What a plugin keeps that publishes prices: lists are read whole, line by line, or refused where a line is wrong.

Further promises of the suite (tests/vendors/contract.py); a plugin that publishes none is not asked, nor one whose
bench connects to a vendor without price lists. The bench of one that does is a PricedBench.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol, cast

import pytest

from tests.vendors.benches import ContractBench, NewBench
from vendors.capabilities import ListedPrice, PublishesPrices
from vendors.errors import ConsentNeeded, Misconfigured, Rejected, Transient

A_DAY = timedelta(days=1)
# A market beside the connection's own.
MARKET = "DE"


class PricedBench(ContractBench, Protocol):
    """A bench whose vendor can be told what it asks."""

    def publish(self, market: str, price: str, begins: date, ends: date | None) -> tuple[str, dict[str, str]]:
        """Let the vendor's list of a market say in one more line that a unit costs so much from a day on, up to an end.

        The price is written as it is given. Return the offer that it is of, and a template's options.
        """


def _publishing(bench: ContractBench) -> PricedBench | None:
    """Return the bench where its plugin publishes prices over its connection."""
    plugin = bench.plugin
    if not isinstance(plugin, PublishesPrices) or not plugin.published(bench.connection(), {MARKET}):
        return None
    return cast("PricedBench", bench)


def _read(bench: ContractBench) -> list[ListedPrice]:
    """Return the lines of all lists of the market."""
    plugin, connection = bench.plugin, bench.connection()
    assert isinstance(plugin, PublishesPrices)
    lists = plugin.published(connection, {MARKET})
    assert len(set(lists)) == len(lists), "a list is named once"
    assert all(one.kind in plugin.price_kinds for one in lists)
    return [line for one in lists if one.market == MARKET for line in plugin.listed(connection, one)]


def lists_what_it_asks(new_bench: NewBench) -> None:
    """The lines say the price as it was published, its days half open, where the offer's own key leads to."""
    with new_bench() as opened:
        bench = _publishing(opened)
        if bench is None:
            return
        today = bench.connection().now.date()
        bench.publish(MARKET, "12.345678", today - 40 * A_DAY, today + 10 * A_DAY)
        offer, options = bench.publish(MARKET, "13", today + 10 * A_DAY, None)
        plugin = bench.plugin
        assert isinstance(plugin, PublishesPrices)
        key = plugin.price_key(bench.connection().settings, offer, options)
        assert key is not None
        assert key.months > 0
        lines = _read(bench)
        said = {
            (line.valid_from, line.valid_until): line.unit_price
            for line in lines
            if (line.product, line.sku, line.term, line.billing_plan, line.segment)
            == (key.product, key.sku, key.term, key.billing_plan, key.segment)
        }
        assert said == {
            (today - 40 * A_DAY, today + 10 * A_DAY): Decimal("12.345678"),
            (today + 10 * A_DAY, None): Decimal(13),
        }
        for line in lines:
            assert line.line, line
            assert len(line.currency) == 3, line
            assert isinstance(line.unit_price, Decimal), line
        assert _read(bench) == lines, "the same list says the same"


def a_line_that_cannot_be_read_refuses_the_list(new_bench: NewBench) -> None:
    """It is refused, not left out or guessed at, and the refusal names line, column and value."""
    with new_bench() as opened:
        bench = _publishing(opened)
        if bench is None:
            return
        today = bench.connection().now.date()
        bench.publish(MARKET, "12.5", today, None)
        bench.publish(MARKET, "12,5 a month", today, None)
        with pytest.raises(Rejected) as refused:
            _read(bench)
        assert refused.value.code == "price_unreadable"
        assert refused.value.values["value"] == "12,5 a month"
        assert refused.value.values["line"]
        assert refused.value.values["column"] == refused.value.field


def prices_are_not_made_up(new_bench: NewBench) -> None:
    """With wrong credentials, and while the vendor is away, there is no list."""
    with new_bench() as opened:
        bench = _publishing(opened)
        if bench is None:
            return
        plugin = bench.plugin
        assert isinstance(plugin, PublishesPrices)
        bench.publish(MARKET, "12.5", bench.connection().now.date(), None)
        connection = bench.wrong_connection()
        with pytest.raises((ConsentNeeded, Misconfigured)):
            list(plugin.listed(connection, plugin.published(connection, {MARKET})[0]))
        with bench.down(), pytest.raises(Transient):
            _read(bench)


ALL: tuple[Callable[[NewBench], None], ...] = (
    lists_what_it_asks,
    a_line_that_cannot_be_read_refuses_the_list,
    prices_are_not_made_up,
)


def pricing_checks() -> Iterator[tuple[str, Callable[[NewBench], None]]]:
    """Yield each promise with its name, as tests/vendors/contract.py does its own."""
    for promise in ALL:
        yield promise.__name__, promise
