"""Price sheets fetched as section 6 of microsoft-2026.md says, from a small server that answers by it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sandbox.wsgi import serve
from tests.vendors.microsoft.test_price_lines import zipped
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.priced import Prices, sheet
from vendors.base import Connection
from vendors.capabilities import PriceKey, PublishedPrices
from vendors.errors import ConsentNeeded, NotFound, Transient
from vendors.microsoft.consent import claims_of
from vendors.microsoft.partner_center import API_BASE
from vendors.microsoft.price_sheets import EXTENDED, LICENCES, PRICES_BASE, _coming_month, prices_base

OURS = PublishedPrices(LICENCES, "US")


@pytest.fixture
def prices() -> Prices:
    return Prices()


@pytest.fixture
def connection(bench: Office365Bench, prices: Prices) -> Iterator[Connection]:
    """A granted connection whose price sheets come from that server."""
    with serve(prices) as running:
        yield bench.opened(bench.secrets, price_base_url=f"{running.base_url}/v1.0")


def test_todays_sheet_and_the_coming_months_are_one_list(
    bench: Office365Bench, prices: Prices, connection: Connection
) -> None:
    month = _coming_month(connection.now)
    prices.sheets["US", "updatedlicensebased", ""] = zipped(sheet({"EffectiveEndDate": "2026-11-30T23:59:59Z"}))
    coming = sheet({"EffectiveStartDate": "2026-12-01T00:00:00Z", "UnitPrice": "50"})
    prices.sheets["US", "updatedlicensebased", month] = coming
    lines = list(bench.plugin.listed(connection, OURS))
    assert [(line.line, str(line.unit_price), line.valid_from, line.valid_until) for line in lines] == [
        ("3", "48.5", date(2023, 2, 1), date(2026, 12, 1)),
        (f"{month}/3", "50", date(2026, 12, 1), None),
    ]
    (path, query, encoding, token), (_path, later, _encoding, _token) = prices.asked
    assert path == "/v1.0/sales/pricesheets(Market='US',PricesheetView='updatedlicensebased')/$value"
    assert (query, later) == ({}, {"timeline": ["future"], "month": [month]})
    assert encoding == "deflate"
    assert claims_of(token.removeprefix("Bearer "))["aud"] == "https://api.partner.microsoft.com"
    assert bench.secrets["access_token"] not in token, "a token of another audience"
    journalled = [one.response_body for one in bench.journal.exchanges if "pricesheets" in one.url]
    assert journalled == ["", ""], "a file is not journalled"


def test_the_coming_month_may_not_be_there_yet_but_todays_has_to(
    bench: Office365Bench, prices: Prices, connection: Connection
) -> None:
    with pytest.raises(NotFound) as missing:
        list(bench.plugin.listed(connection, OURS))
    assert "United States" in str(missing.value)
    prices.sheets["US", "updatedlicensebased", ""] = sheet({}, {"UnitPrice": "1"})
    assert len(list(bench.plugin.listed(connection, OURS))) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_whoever_may_not_see_prices_is_told_who_may(
    bench: Office365Bench, prices: Prices, connection: Connection, status: int
) -> None:
    prices.status = status
    with pytest.raises(ConsentNeeded) as trouble:
        list(bench.plugin.listed(connection, OURS))
    assert f"({status})" in str(trouble.value)


def test_trouble_of_the_server_passes(bench: Office365Bench, prices: Prices, connection: Connection) -> None:
    prices.sheets["US", "updatedlicensebased", ""] = sheet({})
    for status in (429, 500, 302):
        prices.status = status
        with pytest.raises(Transient):
            list(bench.plugin.listed(connection, OURS))
    prices.status, prices.breaks_off = 200, True
    with pytest.raises(Transient):
        list(bench.plugin.listed(connection, OURS))


def test_the_pretend_microsofts_sheets_are_read_with_what_changes_next_month(bench: Office365Bench) -> None:
    """The sandbox writes its sheets from the same papers by itself: the reader's second witness."""
    connection = bench.opened(bench.secrets, price_base_url=f"{bench.base_url}/partner/v1.0")
    begins = (connection.now.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    bench.microsoft.set_price(product="CFQ7TTC0LCHC", sku="0002", price="25.00", since=begins.isoformat())
    lines = [line for line in bench.plugin.listed(connection, OURS) if line.product == "CFQ7TTC0LCHC"]
    yearly = {
        (line.valid_from, line.valid_until): line.unit_price
        for line in lines
        if (line.sku, line.term, line.billing_plan) == ("0002", "P1Y", "Annual")
    }
    assert yearly.keys() == {(date(2025, 1, 1), begins), (begins, None)}
    assert yearly[begins, None] == Decimal("240.00"), "25.00 a month to the customer, a fifth of it ours"
    assert bench.plugin.price_key({}, "CFQ7TTC0LCHC:0002", {"billing_cycle": "annual"}) in {
        PriceKey(line.product, line.sku, line.term, line.billing_plan, line.segment, 12) for line in lines
    }
    assert {"Commercial", "Nonprofit"} <= {line.segment for line in lines}, "as a template says it"
    bench.microsoft.fail("cut_sheet", path="/partner/", times=9)
    with pytest.raises(Transient):
        list(bench.plugin.listed(connection, OURS))


def test_lists_are_those_of_the_markets_and_the_connections_own(bench: Office365Bench, connection: Connection) -> None:
    found = bench.plugin.published(connection, {"DE", "US", ""})
    assert found == tuple(PublishedPrices(kind, market) for market in ("DE", "US") for kind in (LICENCES, EXTENDED))
    assert {one.kind for one in found} == bench.plugin.price_kinds.keys()


def test_a_sandboxs_connection_never_asks_microsoft(bench: Office365Bench) -> None:
    assert bench.plugin.published(bench.connection(), {"DE"}) == (), "no server of its own for sheets"
    assert prices_base(bench.opened({}, api_base_url=API_BASE)) == PRICES_BASE
    assert (
        prices_base(bench.opened({}, api_base_url=f"{API_BASE}/", price_base_url="https://other/")) == "https://other"
    )


@pytest.mark.parametrize(
    ("offer", "options", "for_instalments", "expected"),
    [
        ("CFQ7TTC0LF8R:0001", {}, "", ("P1M", "Monthly", "Commercial", 1)),
        ("cfq7ttc0lf8r:1:CFQ7TTC0KFFN", {"billing_cycle": "annual"}, "", ("P1Y", "Annual", "Commercial", 12)),
        ("CFQ7TTC0LF8R:0001", {"term_duration": "P1Y"}, "", ("P1Y", "Monthly", "Commercial", 12)),
        ("CFQ7TTC0LF8R:0001", {"term_duration": "P1Y"}, "instalment", ("P1Y", "Monthly", "Commercial", 1)),
        (
            "CFQ7TTC0LF8R:0001",
            {"term_duration": "P3Y", "billing_cycle": "annual", "segment": "Education"},
            "instalment",
            ("P3Y", "Annual", "Education", 12),
        ),
        ("CFQ7TTC0LF8R:0001", {"term_duration": "P5Y"}, "", None),
        ("796B6B5F-613C-4E24-A17C-EBA730D49C02", {}, "", None),
        ("CFQ7TTC0LF8R:", {}, "", None),
    ],
)
def test_an_item_is_bought_at_the_line_of_its_term_and_billing(
    bench: Office365Bench,
    offer: str,
    options: dict[str, str],
    for_instalments: str,
    expected: tuple[str, str, str, int] | None,
) -> None:
    found = bench.plugin.price_key({"unit_price_is_for": for_instalments}, offer, options)
    if expected is None:
        assert found is None
    else:
        assert found == PriceKey("CFQ7TTC0LF8R", "0001", *expected)


def test_the_coming_month_of_december_is_january() -> None:
    months = [_coming_month(datetime(2026, month, 28, tzinfo=UTC)) for month in (11, 12)]
    assert months == ["202612", "202701"]
