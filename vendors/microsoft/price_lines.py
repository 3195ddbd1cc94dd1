"""Partner Center's price sheets as lines: a CSV of the published columns, plain or in a ZIP, read row by row.

Columns, forms of days and placeholder years are those of Microsoft's pages "Get a price sheet" and "New commerce price
list". A row that cannot be read refuses the sheet, naming line, column and value.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from gzip import GzipFile
from io import TextIOWrapper
from operator import itemgetter
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile
from zlib import error as zlib_error

from django.utils.translation import gettext_noop

from vendors.capabilities import ListedPrice, unreadable_price
from vendors.errors import Transient

DAMAGED = gettext_noop("The price sheet arrived damaged. Nothing of it was taken; it will be fetched again.")
# How many different texts of one kind are remembered while a sheet is read.
REMEMBERED = 65_536
A_DAY = timedelta(days=1)
# An end in this year is none.
NO_END = 9999
PRICE = re.compile(r"[0-9]{1,28}(\.[0-9]{1,28})?")
NUMBER = re.compile(r"[0-9]{1,9}")
# 2021-11-03T06:57:30.0682597Z, or 11/30/9999 11:59:59 PM, or 11/30/9999 23:59.
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d\d)(?::\d\d)?(?: ([AP])M)?)?")
CURRENCY = re.compile(r"[A-Z]{3}")

# The columns that are read, in the order of `_Row`, each with what its texts mean.
Reading = Callable[[str], Any]


def _plain(text: str) -> str:
    return text.strip()


def _segment(text: str) -> str:
    """Return whom a line is for as catalogue and templates say it: price lists call Charity what is Nonprofit there."""
    plain = text.strip()
    return "Nonprofit" if plain.casefold() == "charity" else plain


def _named(text: str) -> str:
    """Return an id as we compare it; ValueError for none."""
    if not text.strip():
        raise ValueError(text)
    return text.strip().upper()


@lru_cache(REMEMBERED)
def product_id(text: str) -> str:
    """Return a product's id in the one spelling in which ids are compared."""
    return _named(text)


@lru_cache(REMEMBERED)
def sku_id(text: str) -> str:
    """Return a SKU's id, four digits where it is a number: spreadsheets lose the zeros."""
    return _named(text).zfill(4)


@lru_cache(REMEMBERED)
def _price(text: str) -> Decimal:
    if not PRICE.fullmatch(text.strip()):
        raise ValueError(text)
    return Decimal(text.strip())


def _retail(text: str) -> Decimal | None:
    return _price(text) if text.strip() else None


@lru_cache(REMEMBERED)
def _tier(text: str) -> int | None:
    if not text.strip():
        return None
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)


@lru_cache(REMEMBERED)
def _currency(text: str) -> str:
    if not CURRENCY.fullmatch(text.strip().upper()):
        raise ValueError(text)
    return text.strip().upper()


@lru_cache(REMEMBERED)
def first_day(text: str) -> date:
    """Return the day on which a price begins. Raises ValueError."""
    return _moment(text)[0]


@lru_cache(REMEMBERED)
def day_after(text: str) -> date | None:
    """Return the first day without a price that ends then; None for a placeholder. Raises ValueError.

    The last minute of a day is its end. What ends in the middle of one leaves the day to what follows.
    """
    day, minute = _moment(text)
    if day.year == NO_END:
        return None
    return day + A_DAY if minute == (23, 59) else day


def _moment(text: str) -> tuple[date, tuple[int, int]]:
    """Return the day of a moment, and its hour and minute."""
    found = ISO.fullmatch(text.strip())
    if found:
        year, month, day, hour, minute, half = *found.groups(), None
    else:
        found = AMERICAN.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        month, day, year, hour, minute, half = found.groups()
    hours = int(hour or 0)
    if half is not None:
        hours = hours % 12 + (12 if half == "P" else 0)
    return date(int(year), int(month), int(day)), (hours, int(minute or 0))


COLUMNS: dict[str, Reading] = {
    "SkuTitle": _plain,
    "ProductId": product_id,
    "SkuId": sku_id,
    "TermDuration": _plain,
    "BillingPlan": _plain,
    "Market": _plain,
    "Currency": _currency,
    "UnitPrice": _price,
    "PricingTierRangeMin": _tier,
    "PricingTierRangeMax": _tier,
    "EffectiveStartDate": first_day,
    "EffectiveEndDate": day_after,
    "ERP Price": _retail,
    "Segment": _segment,
}
# A list without these has no tiers.
OPTIONAL = ("PricingTierRangeMin", "PricingTierRangeMax")


def lines_of(file: IO[bytes], *, market: str, mark: str = "") -> Iterator[ListedPrice]:
    """Yield the lines of a sheet of a market; `mark` stands before the numbers of its lines.

    Raises Rejected for a row that cannot be read, or of another market; Transient for a file that is damaged.
    """
    with _as_text(file) as text:
        rows = csv.reader(text, strict=True)
        try:
            header = next(rows, [])
            pick, width = _picking(header, mark), len(header)
            for row in rows:
                if row:
                    yield _line(row, pick, width, f"{mark}{rows.line_num}", market)
        except csv.Error as fault:
            raise unreadable_price(f"{mark}{rows.line_num}", "CSV", fault) from fault
        except (BadZipFile, EOFError, zlib_error) as fault:
            raise Transient(DAMAGED, code="damaged") from fault


def _picking(header: Sequence[str], mark: str) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what takes the columns that are read out of a row; what is optional and missing is empty."""
    places = {name.strip().casefold(): place for place, name in enumerate(header)}
    for name in COLUMNS:
        if name.casefold() not in places and name not in OPTIONAL:
            raise unreadable_price(f"{mark}1", name, ",".join(header))
    known = [places.get(name.casefold()) for name in COLUMNS]
    if None not in known:
        return itemgetter(*cast("list[int]", known))
    return lambda row: tuple("" if place is None else row[place] for place in known)


def _line(
    row: Sequence[str], pick: Callable[[Sequence[str]], tuple[str, ...]], width: int, line: str, market: str
) -> ListedPrice:
    if len(row) != width:
        raise unreadable_price(line, f"{len(row)} / {width}", ",".join(row))
    texts = pick(row)
    title, product, sku, term, plan, of_market, currency, price, low, high, start, end, retail, segment = texts
    try:
        if of_market.strip().upper() != market:
            raise unreadable_price(line, "Market", of_market)
        return ListedPrice(
            line=line,
            product=product_id(product),
            sku=sku_id(sku),
            term=term.strip(),
            billing_plan=plan.strip(),
            segment=_segment(segment),
            currency=_currency(currency),
            title=title.strip()[:TITLE],
            unit_price=_price(price),
            retail_price=_retail(retail),
            valid_from=first_day(start),
            valid_until=day_after(end),
            tier_from=_tier(low) or 0,
            tier_to=_tier(high),
        )
    except (ValueError, OverflowError) as fault:
        raise _refusal(texts, line) from fault


# Titles are for people only: what is longer is cut.
TITLE = 200


def _refusal(texts: Sequence[str], line: str) -> Exception:
    """Return the refusal that names the column of a row that cannot be read."""
    for (name, reading), text in zip(COLUMNS.items(), texts, strict=True):
        try:
            reading(text)
        except (ValueError, OverflowError):
            return unreadable_price(line, name, text)
    raise AssertionError(f"line {line} can be read")


@contextmanager
def _as_text(file: IO[bytes]) -> Iterator[IO[str]]:
    """Open a sheet: a ZIP with one CSV in it, gzip, or the CSV itself. Raises Transient for a damaged one."""
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    try:
        if head == b"PK\x03\x04":
            with ZipFile(file) as archive:
                names = archive.namelist()
                name = next((one for one in names if one.casefold().endswith(".csv")), names[0])
                with archive.open(name) as member, _decoded(member) as text:
                    yield text
        elif head[:2] == b"\x1f\x8b":
            with GzipFile(fileobj=file) as member, _decoded(member) as text:
                yield text
        else:
            text = _decoded(file)
            yield text
            text.detach()
    except (BadZipFile, EOFError, zlib_error, NotImplementedError) as fault:
        raise Transient(DAMAGED, code="damaged") from fault


def _decoded(member: Any) -> TextIOWrapper:
    """Return the text; a byte that is none is kept as a surrogate, which is refused with its line (price_sheets.py)."""
    return TextIOWrapper(member, encoding="utf-8-sig", errors="surrogateescape", newline="")
