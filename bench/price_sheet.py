"""A price sheet of 300,000 rows: in the books from its ZIP, against a COPY of the same rows into the same table.

Read and taken as the daily job does it. The two are compared in processor seconds, ours and the database's, so that it
does not matter what else the machine does. Memory is looked at twice: of a tenth of the sheet, then of the whole. What
the next days cost: the same sheet again, which changes nothing, and one in which every hundredth price is another.
"""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection

from accounts.models import Reseller
from bench.database import use_database
from bench.measuring import database_seconds
from vendors.microsoft.price_lines import lines_of
from vendors.models import ConnectionState, VendorConnection
from vendors.price_rows import PriceList, PriceSheet, SheetState
from vendors.price_sheets import take_sheet

LINES = {"small": 30_000, "full": 300_000}
SECONDS = 60.0  # all of it, for the whole sheet
RATIO = 3.0  # to a COPY of the same rows
MEGABYTES = 32.0  # by which the process may grow for ten times the lines
TODAY = date(2026, 11, 29)
HEADER = (
    "ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration,BillingPlan,Market,"
    "Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax,EffectiveStartDate,EffectiveEndDate,Tags,"
    "ERP Price,Segment"
)
TERMS = (("P1M", "Monthly", 1), ("P1Y", "Monthly", 12), ("P1Y", "Annual", 12), ("P3Y", "Annual", 36))
SEGMENTS = ("Commercial", "Education", "Charity", "Government")
COLUMNS = """
    item, product, sku, term, billing_plan, segment, currency, title, unit_price, retail_price, valid_from, valid_until,
    tier_from, tier_to
"""


def run(size: str) -> bool:
    """Take the sheets and measure; return whether time, memory and ratio are within their targets."""
    use_database("brokerage_bench_price_sheet", fresh=False)
    connected, number = _connection(), LINES[size]
    with _sheet(number // 10) as warm, _sheet(number) as whole, _sheet(number, changed=100) as other:
        _taken(connected, "AA", warm, TODAY)
        before = _peak()
        took, sheet = _taken(connected, "US", whole, TODAY)
        grown = _peak() - before
        again, same = _taken(connected, "US", whole, TODAY + timedelta(days=1))
        later, changed = _taken(connected, "US", other, TODAY + timedelta(days=2))
    copied = min((_copied(connected, sheet, market) for market in ("CA", "CB", "CC")), key=lambda one: one.busy)
    ratio = took.busy / copied.busy
    counts = [(one.added, one.changed, one.ended) for one in (sheet, same, changed)]
    expected = [(number, 0, 0), (0, 0, 0), (0, number // 100, 0)]
    print(f"   {f'{number:,} lines into the books':32}{took}, target {SECONDS:.0f} s")
    print(f"   {'COPY of the same rows':32}{copied}: ratio {ratio:.2f}, target {RATIO}")
    print(f"   {'the same sheet again':32}{again}")
    print(f"   {'every hundredth price another':32}{later}")
    print(f"   memory for ten times as many    {grown:6.1f} MB more, target {MEGABYTES:.0f} MB")
    if counts != expected:
        print(f"   WRONG: {counts} prices were written, not {expected}")
    return counts == expected and took.wall <= SECONDS and ratio <= RATIO and grown <= MEGABYTES


@dataclass(frozen=True)
class Time:
    """What something took: seconds, and the seconds that the processors worked for it."""

    wall: float
    busy: float

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s, {self.busy:6.2f} s of the processors"


def _measured(what: Callable[[], object]) -> Time:
    wall, busy = time.perf_counter(), time.process_time() + database_seconds()
    what()
    return Time(time.perf_counter() - wall, time.process_time() + database_seconds() - busy)


def _connection() -> VendorConnection:
    """Return a connection, and leave no prices of an earlier run."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE vendors_vendorprice, vendors_pricesheet, vendors_pricelist")
    reseller = Reseller.objects.first() or Reseller.objects.create(name="Operator", currency="USD")
    known, _new = VendorConnection.objects.get_or_create(
        reseller=reseller, plugin="office365", name="Partner Center", state=ConnectionState.GRANTED
    )
    return known


@contextmanager
def _sheet(number: int, *, changed: int = 0) -> Iterator[IO[bytes]]:
    """Make a sheet of so many lines as a ZIP on the disk; every `changed`-th price is another."""
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive, archive.open("pricesheet.csv", "w") as member:
            text = TextIOWrapper(member, encoding="utf-8-sig", newline="")
            text.write(f"{HEADER}\r\n")
            for line in range(number):
                text.write(_row(line, changed > 0 and line % changed == 0))
            text.flush()
        yield file


def _row(line: int, other: bool) -> str:
    sku, place = divmod(line, len(TERMS) * len(SEGMENTS))
    (term, plan, months), segment = TERMS[place % len(TERMS)], SEGMENTS[place // len(TERMS)]
    cents = (line * 7919) % 100_000 + (1 if other else 0)
    return (
        f'Product {sku // 8},CFQ7TTC0{sku // 8:05X},{sku % 8 + 1:04},"Product {sku // 8}, edition {sku % 8}",Microsoft'
        f" Corporation,Best for businesses that need professional e-mail and cloud storage,,{term},{plan},US,USD,"
        f"{cents * months / 100:.2f},,,2025-04-01T00:00:00.0000000Z,9999-11-30T23:59:59.0000000Z,License,"
        f"{cents * months * 1.25 / 100:.2f},{segment}\r\n"
    )


def _taken(connected: VendorConnection, market: str, file: IO[bytes], today: date) -> tuple[Time, PriceSheet]:
    """Return what it takes from the file to the books, and the sheet."""
    row, _new = PriceList.objects.get_or_create(connection=connected, kind="licences", market=market)
    took = _measured(lambda: take_sheet(row, lines_of(file, market="US"), today=today))
    return took, row.sheets.get(day=today)


def _copied(connected: VendorConnection, sheet: PriceSheet, market: str) -> Time:
    """Return what a COPY takes of a sheet's rows, which lie in a file ready for it, as rows of another list."""
    row = PriceList.objects.create(connection=connected, kind="licences", market=market)
    copy = PriceSheet.objects.create(price_list=row, day=TODAY, state=SheetState.TAKEN)
    with TemporaryFile() as file, connection.cursor() as cursor:
        own = f"{row.pk}, {copy.pk}"
        rows = f"SELECT {own}, {COLUMNS} FROM vendors_vendorprice WHERE sheet_id = {sheet.pk}"  # noqa: S608 - keys
        cursor.copy_expert(f"COPY ({rows}) TO STDOUT", file)
        file.seek(0)
        into = f"COPY vendors_vendorprice (price_list_id, sheet_id, {COLUMNS}) FROM STDIN"
        return _measured(lambda: cursor.copy_expert(into, file))


def _peak() -> float:
    """Return the most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
