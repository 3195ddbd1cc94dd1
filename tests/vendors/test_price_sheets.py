"""Sheets of prices in the books: whole or not at all, only what changes, each day as the sheet of that time said."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db.utils import InternalError

from accounts.actors import Actor
from sandbox.wsgi import Running, start
from tests.vendors.example.vendor import API_KEY, ExampleVendor
from tests.vendors.installing import example_installed
from tests.vendors.memory import Killed
from vendors.capabilities import ListedPrice, PriceKey
from vendors.connections import add_connection
from vendors.errors import Rejected
from vendors.models import VendorConnection
from vendors.price_rows import PriceList, PriceSheet, SheetState, VendorPrice
from vendors.price_sheets import read_price_lists, take_sheet
from vendors.prices import vendor_prices

pytestmark = pytest.mark.django_db
FIRST = date(2026, 11, 1)
A_DAY = timedelta(days=1)
NOW = datetime.fromisoformat("2026-11-01T01:00:00+00:00")
E3 = PriceKey("CFQ7TTC0LF8R", "0001", "P1Y", "Annual", "Commercial", 12)


def day(number: int) -> date:
    return FIRST + (number - 1) * A_DAY


def line(price: str, begins: date, ends: date | None = None, **other: object) -> ListedPrice:
    """Return a line of E3's price."""
    usual = ListedPrice(
        line="2",
        product=E3.product,
        sku=E3.sku,
        term=E3.term,
        billing_plan=E3.billing_plan,
        segment=E3.segment,
        currency="USD",
        title="Microsoft 365 E3",
        unit_price=Decimal(price),
        retail_price=Decimal(500),
        valid_from=begins,
        valid_until=ends,
    )
    return replace(usual, **other)  # type: ignore[arg-type]  # its own members


@pytest.fixture
def listed(example: VendorConnection) -> PriceList:
    """A list of prices for Germany."""
    return PriceList.objects.create(connection=example, kind="prices", market="DE")


def taken(listed: PriceList, number: int, *lines: ListedPrice) -> tuple[int, int, int]:
    """Take a sheet on the n-th day; return how many prices are new, others and ended."""
    sheet = take_sheet(listed, iter(lines), today=day(number))
    assert (sheet.state, sheet.lines, listed.read_on) == (SheetState.TAKEN, len(lines), day(number))
    assert VendorPrice.objects.filter(sheet=sheet).count() == sheet.added + sheet.changed + sheet.ended
    return sheet.added, sheet.changed, sheet.ended


def price(listed: PriceList, number: int, key: PriceKey = E3, units: int = 1) -> Decimal | None:
    """Return what the books say of the n-th day."""
    markets = vendor_prices({(listed.connection_id, key)}).get((listed.connection_id, key), {})
    found = markets["DE"].on(day(number), units) if markets else None
    return found.unit_price if found is not None else None


def test_the_same_sheet_changes_nothing_and_a_price_holds_from_its_day(listed: PriceList) -> None:
    old, f3 = line("432", day(-300)), line("96", day(-10), product="CFQ7TTC0LH05")
    assert taken(listed, 1, old, f3) == (2, 0, 0)
    assert taken(listed, 2, f3, old) == (0, 0, 0), "in whatever order"
    assert taken(listed, 3, line("432", day(-300), day(30)), line("453.6", day(30)), f3) == (0, 1, 0)
    assert [price(listed, number) for number in (-301, -300, 29, 30)] == [
        None, Decimal(432), Decimal(432), Decimal("453.6"),
    ]  # fmt: skip
    assert taken(listed, 30, line("453.6", day(30)), f3) == (0, 0, 0), "what has ended is not on the sheet any more"
    assert price(listed, 29) == 432, "it stays what it was"


def test_a_price_that_changes_without_a_day_holds_from_the_sheet_on(listed: PriceList) -> None:
    taken(listed, 1, line("432", day(-300)))
    assert taken(listed, 5, line("440", day(-300))) == (0, 1, 0)
    assert [price(listed, number) for number in (4, 5)] == [432, 440]
    assert taken(listed, 6, line("440", day(-300))) == (0, 0, 0)
    assert taken(listed, 9, line("450", day(7))) == (0, 1, 0), "what was missed is taken with its own day"
    assert [price(listed, number) for number in (6, 7)] == [440, 450]


def test_a_coming_price_is_taken_back_and_what_is_sold_no_more_ends(listed: PriceList) -> None:
    whole = line("432", day(-300))
    taken(listed, 1, line("432", day(-300), day(30)), line("500", day(30)))
    assert taken(listed, 2, whole) == (0, 1, 0)
    assert price(listed, 31) == 432
    assert taken(listed, 3, whole) == (0, 0, 0)
    f3 = line("96", day(1), product="CFQ7TTC0LH05")
    assert taken(listed, 4, f3) == (1, 0, 2), "today's price ends, and that of the coming day"
    assert [price(listed, number) for number in (3, 4, 40)] == [432, None, None]
    assert taken(listed, 6, whole, f3) == (0, 2, 0)
    assert [price(listed, number) for number in (5, 6, 40)] == [None, 432, 432]
    assert taken(listed, 7, line("432", day(-300), day(20)), f3) == (0, 1, 1), "its end is known"
    assert [price(listed, number) for number in (19, 20, 31)] == [432, None, None]


def test_lines_that_overlap_and_lines_of_one_day(listed: PriceList) -> None:
    """Microsoft's own example: what was begun holds until its end; of one day the last line counts."""
    taken(listed, 1, line("10", day(-30), day(3)), line("12", day(1)), line("11", day(1)))
    assert [price(listed, number) for number in (1, 2, 3, 4)] == [10, 10, 11, 11]


def test_tiers_and_markets_stand_beside_one_another(listed: PriceList) -> None:
    few, many = line("10", day(1), tier_from=1, tier_to=9), line("8", day(1), tier_from=10)
    assert taken(listed, 1, few, many) == (2, 0, 0)
    assert [price(listed, 1, units=units) for units in (1, 9, 10, 500)] == [10, 10, 8, 8]
    france = PriceList.objects.create(connection=listed.connection, kind="prices", market="FR")
    assert taken(france, 1, line("14", day(1))) == (1, 0, 0)
    found = vendor_prices({(listed.connection_id, E3)})[listed.connection_id, E3]
    assert {market: row.unit_price for market in found if (row := found[market].on(day(1)))} == {"DE": 10, "FR": 14}


def test_a_text_is_kept_whatever_stands_in_it(listed: PriceList) -> None:
    strange = "a\\b\tc\nd\re\x00 \\N"
    taken(listed, 1, line("10.123456789012345", day(1), title=strange, segment="\\N"))
    kept = VendorPrice.objects.get()
    assert (kept.title, kept.segment) == (strange.replace("\x00", "\ufffd"), "\\N")
    assert kept.unit_price == Decimal("10.123456789012345")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("product", "P" * 61),
        ("currency", "USDX"),
        ("unit_price", Decimal("-1")),
        ("unit_price", Decimal("NaN")),
        ("unit_price", Decimal("1.0000000000000001")),
        ("retail_price", Decimal(10**13)),
        ("valid_until", date(2020, 1, 1)),
        ("tier_to", 2**31),
        ("title", "\udcff"),
    ],
)
def test_what_does_not_fit_refuses_the_sheet_by_line_and_column(listed: PriceList, column: str, value: object) -> None:
    taken(listed, 1, line("432", day(1)))
    bad = line("1", day(1), **{"product": "OTHER", "line": "17", column: value})
    with pytest.raises(Rejected) as refused:
        take_sheet(listed, iter([line("440", day(1)), bad]), today=day(2))
    assert (refused.value.field, refused.value.values["line"]) == (column, "17")
    assert refused.value.values["value"] == str(value).replace("\udcff", "\\udcff")[:100]
    assert (price(listed, 2), PriceSheet.objects.count()) == (432, 1)


def test_an_empty_sheet_ends_nothing(listed: PriceList) -> None:
    taken(listed, 1, line("432", day(1)))
    for lines in ([], [line("432", day(-9), day(-1))]):
        with pytest.raises(Rejected):
            take_sheet(listed, iter(lines), today=day(2))
    assert price(listed, 2) == 432


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_sheet_is_whole_or_not_there(listed: PriceList, after: int) -> None:
    taken(listed, 1, line("432", day(1)))
    lines = [line("1", day(1), product=f"P{number}") for number in range(4)]

    def dying() -> Iterator[ListedPrice]:
        yield from lines[:after]
        raise Killed

    with pytest.raises(Killed):
        take_sheet(listed, dying(), today=day(2))
    assert (VendorPrice.objects.count(), PriceSheet.objects.count()) == (1, 1)
    assert taken(listed, 2, *lines) == (4, 0, 1), "run again"


def test_a_price_is_appended_and_never_changed(listed: PriceList) -> None:
    taken(listed, 1, line("432", day(1)))
    with pytest.raises(InternalError):
        VendorPrice.objects.update(unit_price=1)


def _said(lines: Iterable[ListedPrice], today: date, of: date) -> Decimal | None:
    """Return what a sheet says of a day from its own on, read line by line."""
    by_start = {one.valid_from: one for one in lines if one.valid_until is None or one.valid_until > today}
    holds: ListedPrice | None = None
    before: date | None = None
    for beginning in sorted(by_start):
        one = by_start[beginning]
        begins = max(beginning, before) if before else beginning
        before = one.valid_until
        if begins <= of and (one.valid_until is None or begins < one.valid_until):
            holds = one
    return holds.unit_price if holds is not None and (holds.valid_until is None or of < holds.valid_until) else None


def test_random_sheets_say_the_same_in_the_books(listed: PriceList) -> None:
    """After each sheet the books say of every day from its own on what the sheet says, of each before what they did."""
    chance = Random(7)
    known: dict[tuple[str, int], Decimal | None] = {}
    today = 1
    for _round in range(40):
        products = [f"P{number}" for number in range(6)]
        lines = [
            line(
                str(chance.randrange(1, 4)),
                day(begins := today + chance.randrange(-8, 9)),
                None if chance.random() < 0.5 else day(begins + chance.randrange(1, 9)),
                product=product,
            )
            for product in products
            for _line in range(chance.randrange(4))
        ] + [line("1", day(1), product="LAST")]
        taken(listed, today, *lines)
        keys = {product: replace(E3, product=product) for product in products}
        found = vendor_prices({(listed.connection_id, key) for key in keys.values()})
        for product, key in keys.items():
            priced = found.get((listed.connection_id, key), {}).get("DE")
            own = [one for one in lines if one.product == product]
            for number in range(today - 12, today + 20):
                row = priced.on(day(number)) if priced else None
                says = row.unit_price if row else None
                if number >= today:
                    assert says == _said(own, day(today), day(number)), (product, today, number)
                elif says != known.get((product, number)):
                    assert any(one.valid_from <= day(number) for one in own), (
                        "only a line with a day of its own reaches back"
                    )
                known[product, number] = says
        again = take_sheet(listed, iter(lines), today=day(today))
        assert (again.added, again.changed, again.ended) == (0, 0, 0)
        today += chance.randrange(1, 5)


def test_lists_are_read_once_a_day_and_say_what_kept_them(
    admin: Actor,
    example_vendor: ExampleVendor,
) -> None:
    running = start(example_vendor)
    with example_installed():
        values = {"base_url": running.base_url, "api_key": API_KEY}
        cloud = add_connection(actor=admin, reseller=admin.reseller, plugin="example_cloud", name="C", values=values)
        _read_every_day(cloud, example_vendor, running)


def _read_every_day(cloud: VendorConnection, vendor: ExampleVendor, running: Running) -> None:
    vendor.prices = {"DE": ["traffic;9.5;USD;2026-01-01;"], "FR": ["traffic;9,5;USD;2026-01-01;"]}

    def read(number: int) -> dict[str, str]:
        sheets = read_price_lists(cloud, markets={"DE", "FR"}, now=NOW, today=day(number))
        return {sheet.price_list.market: sheet.state for sheet in sheets}

    assert read(1) == {"DE": "taken", "FR": "refused"}
    assert read(1) == {}, "neither is asked for again today"
    refused = PriceSheet.objects.get(state="refused")
    assert "Line 1, column price of the price sheet cannot be read: “9,5”." in refused.error
    vendor.astray = True
    assert read(2) == {"DE": "refused", "FR": "refused"}
    vendor.astray = False
    running.stop()
    assert read(3) == {"DE": "late", "FR": "late"}, "it is asked for again in an hour"
