"""Partner Center's sheets read from the published columns: forms of days, files, and refusals by line and column."""

import gzip
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.vendors.office365.priced import HEADER, ROW, sheet
from vendors.capabilities import ListedPrice
from vendors.errors import Rejected, Transient
from vendors.microsoft.price_lines import COLUMNS, day_after, first_day, lines_of


def read(content: bytes) -> list[ListedPrice]:
    return list(lines_of(BytesIO(content), market="US"))


def zipped(content: bytes, *, beside: bool = False) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        if beside:
            archive.writestr("readme.txt", "not this one")
        archive.writestr("pricesheet.csv", content)
    return file.getvalue()


@pytest.mark.parametrize("packed", [bytes, zipped, lambda content: zipped(content, beside=True), gzip.compress])
def test_a_sheet_is_read_as_it_comes(packed: object) -> None:
    assert callable(packed)
    dear = {"UnitPrice": "0.1234567891", "SkuId": "2", "ERP Price": "", "PricingTierRangeMax": "300"}
    first, second = read(packed(sheet({}, {**dear, "PricingTierRangeMin": "1", "ProductId": "cfq7ttc0lh18"})))
    assert first == ListedPrice(
        line="3",  # the description has a line end in it
        product="CFQ7TTC0LH18",
        sku="0001",
        term="P1Y",
        billing_plan="Annual",
        segment="Commercial",
        currency="USD",
        title='Basic, for "small" firms',
        unit_price=Decimal("48.5"),
        retail_price=Decimal(60),
        valid_from=date(2023, 2, 1),
        valid_until=None,
    )
    assert (second.line, second.product, second.sku) == ("5", first.product, "0002")
    assert (second.unit_price, second.retail_price) == (Decimal("0.1234567891"), None)
    assert (second.tier_from, second.tier_to) == (1, 300)


@pytest.mark.parametrize(
    ("text", "segment"), [("Charity", "Nonprofit"), ("Nonprofit", "Nonprofit"), ("Education ", "Education")]
)
def test_charities_are_those_whom_the_catalogue_calls_nonprofit(text: str, segment: str) -> None:
    (line,) = read(sheet({"Segment": text}))
    assert line.segment == segment


def test_columns_are_found_by_name() -> None:
    without = [name for name in ROW if not name.startswith("PricingTier")]
    lines = [",".join(reversed(without)).lower(), ",".join(ROW[name] for name in reversed(without))]
    (found,) = read("\n".join(lines).encode())
    assert (found.unit_price, found.tier_from, found.tier_to) == (Decimal("48.5"), 0, None)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2021-11-03T06:57:30.0682597Z", date(2021, 11, 3), date(2021, 11, 3)),
        ("2021-11-03T23:59:59.0000000Z", date(2021, 11, 3), date(2021, 11, 4)),
        ("2/1/2023 0:00", date(2023, 2, 1), date(2023, 2, 1)),
        ("12/31/2022 23:59", date(2022, 12, 31), date(2023, 1, 1)),
        ("3/1/2018 12:00:00 AM", date(2018, 3, 1), date(2018, 3, 1)),
        ("3/1/2018 12:30:00 PM", date(2018, 3, 1), date(2018, 3, 1)),
        ("1/31/2018 11:59:59 PM", date(2018, 1, 31), date(2018, 2, 1)),
        ("11/30/9999 11:59:59 PM", date(9999, 11, 30), None),
        ("9999-12-31T23:59:59.9999999Z", date(9999, 12, 31), None),
        ("1/1/1753 12:00:00 AM", date(1753, 1, 1), date(1753, 1, 1)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_days_are_half_open(text: str, begins: date, ends: date | None) -> None:
    assert (first_day(text), day_after(text)) == (begins, ends)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ProductId", " "),
        ("SkuId", ""),
        ("Market", "DE"),
        ("Currency", "DOLLARS"),
        ("UnitPrice", '"48,5"'),
        ("UnitPrice", "1e3"),
        ("UnitPrice", "NaN"),
        ("UnitPrice", "-1"),
        ("UnitPrice", ""),
        ("PricingTierRangeMin", "one"),
        ("PricingTierRangeMax", "1.5"),
        ("EffectiveStartDate", "2023-02-30T00:00:00Z"),
        ("EffectiveStartDate", ""),
        ("EffectiveEndDate", "soon"),
        ("ERP Price", "?"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_line_and_column(column: str, value: str) -> None:
    with pytest.raises(Rejected) as refused:
        read(sheet({}, {column: value}))
    assert (refused.value.code, refused.value.field) == ("price_unreadable", column)
    assert refused.value.values == {"line": "5", "column": column, "value": value.strip('"')}


def test_a_sheet_of_another_shape_is_refused() -> None:
    for name in COLUMNS:
        if not name.startswith("PricingTier"):
            with pytest.raises(Rejected) as refused:
                read(sheet({}, header=HEADER.replace(name, "Other")))
            assert (refused.value.field, refused.value.values["line"]) == (name, "1")
    short = sheet({}) + b"CFQ7TTC0LH18,0001\r\n"
    for content, line in ((short, "4"), (sheet({}) + b'"broken', "4")):
        with pytest.raises(Rejected) as refused:
            read(content)
        assert refused.value.values["line"] == line, content
    with pytest.raises(Rejected):
        read(b"")


@pytest.mark.parametrize("packed", [zipped, gzip.compress])
@pytest.mark.parametrize("part", [0.5, 0.99])
def test_a_file_that_broke_off_is_fetched_again(packed: object, part: float) -> None:
    assert callable(packed)
    content = packed(sheet(*({"ProductId": f"P{number * 7919}"} for number in range(2000))))
    with pytest.raises(Transient):
        read(content[: int(len(content) * part)])
