"""Price sheets of vendors taken into the books: each whole or not at all, and only what changed makes new rows.

A sheet is copied into a table of its own as it is read, so that memory does not grow with it, and merged by statements
that look at all of it together. It says what holds from its day on; the books say that too. Wherever the two differ,
today or on a coming day, a row is written that says what the sheet says. Killed at any line, nothing of it is there.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import chain, islice
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.utils.translation import gettext_noop

from core.only_one import only_one
from vendors import budget
from vendors.access import opened
from vendors.base import Connection
from vendors.capabilities import ListedPrice, PublishedPrices, PublishesPrices, unreadable_price
from vendors.errors import Rejected, VendorError
from vendors.models import VendorConnection
from vendors.price_rows import PRICE_DECIMALS, PRICE_DIGITS, PriceList, PriceSheet, SheetState, VendorPrice
from vendors.registry import plugin_for

logger = logging.getLogger(__name__)

# So many lines are copied in one statement.
BLOCK = 5_000
EMPTY = gettext_noop(
    "The price sheet has no line with a price of today or later. Nothing of it was taken, and the prices before it go"
    " on. Ask the vendor."
)
# What ends a value or a line for COPY, and how it is written instead.
UNSAFE = re.compile(r"[\\\t\n\r\x00\ud800-\udfff]")
ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": "\ufffd"}
NULL = "\\N"
MOST_UNITS = 2**31 - 1
# What sorting and joining a sheet may take of the database's memory; more goes to its disk.
MEMORY = "SET LOCAL work_mem = '64MB'"

TEXTS = ("product", "sku", "term", "billing_plan", "segment", "currency", "title")
COLUMNS = ("line", *TEXTS, "unit_price", "retail_price", "valid_from", "valid_until", "tier_from", "tier_to")
STAGE = """
    CREATE TEMPORARY TABLE staged_prices (
        number bigint GENERATED ALWAYS AS IDENTITY, line text, product text, sku text, term text, billing_plan text,
        segment text, currency text, title text, unit_price numeric, retail_price numeric, valid_from date,
        valid_until date, tier_from bigint, tier_to bigint
    ) ON COMMIT DROP
"""
COPY = f"COPY staged_prices ({', '.join(COLUMNS)}) FROM STDIN"
# What is said from today on, day by day on which something else begins to hold. A thing that several lines of one day
# are about is what the last says; a line that begins before the one before it ends begins with that end; what goes on
# without an end is replaced by what begins later. An end at which another line begins is that line's.
SAID = """
    CREATE TEMPORARY TABLE said_prices ON COMMIT DROP AS
    WITH named AS (
        SELECT *, MD5(CONCAT_WS(CHR(31), product, sku, term, billing_plan, segment, currency, tier_from))::uuid AS item
        FROM staged_prices WHERE valid_until IS NULL OR valid_until > %(today)s
    ), once AS (
        SELECT DISTINCT ON (item, valid_from) * FROM named ORDER BY item, valid_from, number DESC
    ), following AS (
        SELECT *, GREATEST(valid_from, LAG(valid_until) OVER (PARTITION BY item ORDER BY valid_from)) AS begins
        FROM once
    ), holding AS (
        SELECT DISTINCT ON (item, GREATEST(begins, %(today)s)) *, GREATEST(begins, %(today)s) AS day
        FROM following WHERE valid_until IS NULL OR begins < valid_until
        ORDER BY item, GREATEST(begins, %(today)s), begins DESC
    ), ahead AS (
        SELECT *, LEAD(day) OVER (PARTITION BY item ORDER BY day) AS next_day FROM holding
    )
    SELECT item, day, begins, next_day, product, sku, term, billing_plan, segment, currency, title, unit_price,
           retail_price, CASE WHEN valid_until >= next_day THEN NULL ELSE valid_until END AS valid_until, tier_from,
           tier_to
    FROM ahead
"""
# What the books say from today on, likewise.
KNOWN = """
    CREATE TEMPORARY TABLE known_prices ON COMMIT DROP AS
    SELECT DISTINCT ON (item, GREATEST(valid_from, %(today)s)) *, GREATEST(valid_from, %(today)s) AS day
    FROM vendors_vendorprice WHERE price_list_id = %(list)s
    ORDER BY item, GREATEST(valid_from, %(today)s), valid_from DESC, id DESC
"""
WRITTEN = """
    INSERT INTO vendors_vendorprice (
        price_list_id, sheet_id, item, product, sku, term, billing_plan, segment, currency, title, unit_price,
        retail_price, valid_from, valid_until, tier_from, tier_to
    )
    -- what is said of a day on which the books say something else
    SELECT %(list)s, %(sheet)s, said.item, said.product, said.sku, said.term, said.billing_plan, said.segment,
           said.currency, said.title, said.unit_price, said.retail_price,
           CASE WHEN said.day = known.day AND said.begins > known.valid_from THEN said.begins ELSE known.day END,
           said.valid_until, said.tier_from, said.tier_to
    FROM known_prices known
    JOIN said_prices said ON said.item = known.item AND said.day <= known.day
        AND (said.next_day IS NULL OR known.day < said.next_day)
    WHERE (said.valid_until IS NULL OR said.valid_until > known.day)
        AND (said.unit_price, said.retail_price, said.valid_until, said.tier_to)
            IS DISTINCT FROM (known.unit_price, known.retail_price, known.valid_until, known.tier_to)
    UNION ALL
    -- what begins on a day of which the books say nothing yet
    SELECT %(list)s, %(sheet)s, said.item, said.product, said.sku, said.term, said.billing_plan, said.segment,
           said.currency, said.title, said.unit_price, said.retail_price, said.begins, said.valid_until, said.tier_from,
           said.tier_to
    FROM said_prices said
    WHERE NOT EXISTS (SELECT FROM known_prices known WHERE known.item = said.item AND known.day = said.day)
    UNION ALL
    -- what the books say and the sheet says no more: it ends on that day
    SELECT %(list)s, %(sheet)s, known.item, known.product, known.sku, known.term, known.billing_plan, known.segment,
           known.currency, known.title, known.unit_price, known.retail_price, known.day, known.day, known.tier_from,
           known.tier_to
    FROM known_prices known
    WHERE (known.valid_until IS NULL OR known.valid_until > known.day)
        AND NOT EXISTS (
            SELECT FROM said_prices said WHERE said.item = known.item AND said.day <= known.day
                AND (said.next_day IS NULL OR known.day < said.next_day)
                AND (said.valid_until IS NULL OR said.valid_until > known.day)
        )
"""
ADDED = """
    SELECT COUNT(*) FROM said_prices said
    WHERE NOT EXISTS (SELECT FROM known_prices known WHERE known.item = said.item)
"""
ENDED = """
    SELECT COUNT(*) FROM vendors_vendorprice
    WHERE price_list_id = %(list)s AND sheet_id = %(sheet)s AND valid_until = valid_from
"""


@dataclass(frozen=True)
class Taken:
    """How many lines a sheet had, and how many rows it made: of new things, of other prices, of ends."""

    lines: int
    added: int
    changed: int
    ended: int


def publishes_prices(connection: VendorConnection) -> PublishesPrices:
    """Return the connection's plugin, which publishes prices. Raises TypeError for one that does not."""
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, PublishesPrices):
        raise TypeError(f"the plugin {connection.plugin} publishes no prices")
    return plugin


def read_price_lists(
    connection: VendorConnection, *, markets: Collection[str], now: datetime, today: date
) -> list[PriceSheet]:
    """Read the lists of the markets, and of the connection's own, that were not read today; return what came of each.

    What is refused is asked for again on the next day, what passes at the next call. A list is read by one process.
    """
    plugin, access = publishes_prices(connection), opened(connection, now=now)
    return [
        sheet
        for which in plugin.published(access, markets)
        if (sheet := _read(connection, plugin, access, which, today)) is not None
    ]


def _read(
    connection: VendorConnection, plugin: PublishesPrices, access: Connection, which: PublishedPrices, today: date
) -> PriceSheet | None:
    row, _new = PriceList.objects.get_or_create(connection=connection, kind=which.kind, market=which.market)
    with only_one("price list", row.pk) as ours:
        settled = row.sheets.filter(day=today).exclude(state=SheetState.LATE).exists()
        if not ours or settled:
            return None
        try:
            with budget.readable():
                return take_sheet(row, plugin.listed(access, which), today=today)
        except VendorError as trouble:
            state = SheetState.REFUSED if isinstance(trouble, Rejected) else SheetState.LATE
            logger.warning("price list %s: today's sheet is not taken: %s", row.pk, trouble)
            said = {"state": state, "error_message": trouble.message, "error_values": trouble.values}
            sheet, _new = PriceSheet.objects.update_or_create(price_list=row, day=today, defaults=said)
            return sheet


def take_sheet(row: PriceList, lines: Iterator[ListedPrice], *, today: date) -> PriceSheet:
    """Take a sheet into the books, as what holds from today on. Raises VendorError; then nothing of it is there."""
    first = list(islice(lines, 1))  # what has to be fetched is fetched before the transaction begins
    with transaction.atomic():
        said: dict[str, Any] = {"state": SheetState.TAKEN, "error_message": "", "error_values": {}, "told": False}
        sheet, _new = PriceSheet.objects.update_or_create(price_list=row, day=today, defaults=said)
        taken = _merge(row, sheet, chain(first, lines), today)
        sheet.lines, sheet.added, sheet.changed, sheet.ended = taken.lines, taken.added, taken.changed, taken.ended
        sheet.save(update_fields=["lines", "added", "changed", "ended"])
        row.read_on = today
        row.save(update_fields=["read_on"])
    return sheet


def _merge(row: PriceList, sheet: PriceSheet, lines: Iterable[ListedPrice], today: date) -> Taken:
    values = {"list": row.pk, "sheet": sheet.pk, "today": today}
    with database.cursor() as cursor:
        cursor.execute(MEMORY)
        cursor.execute(STAGE)
        number = _copy(cursor, lines)
        _refuse_unfit(cursor)
        cursor.execute(SAID, values)
        if not cursor.rowcount:
            raise Rejected(EMPTY, code="price_sheet_empty")
        cursor.execute(KNOWN, values)
        if cursor.rowcount:
            cursor.execute("ANALYZE said_prices")
            cursor.execute("ANALYZE known_prices")
        cursor.execute(WRITTEN, values)
        written, added = cursor.rowcount, _number(cursor, ADDED, values)
        ended = _number(cursor, ENDED, values) if written > added else 0
        cursor.execute("DROP TABLE staged_prices, said_prices, known_prices")
    return Taken(lines=number, added=added, changed=written - added - ended, ended=ended)


def _number(cursor: Any, statement: str, values: dict[str, Any]) -> int:
    cursor.execute(statement, values)
    return int(cursor.fetchone()[0])


def _copy(cursor: Any, lines: Iterable[ListedPrice]) -> int:
    """Copy the lines into the stage, block by block; return how many there were."""
    number, rest = 0, iter(lines)
    while block := list(islice(rest, BLOCK)):
        cursor.copy_expert(COPY, StringIO("".join(map(_copied, block))))
        number += len(block)
    return number


def _copied(line: ListedPrice) -> str:
    """Return a line as COPY reads it."""
    retail, until, tier_to = line.retail_price, line.valid_until, line.tier_to
    texts = (line.product, line.sku, line.term, line.billing_plan, line.segment, line.currency, line.title)
    if UNSAFE.search("".join(texts)):
        texts = tuple(_escaped(line, *one) for one in zip(TEXTS, texts, strict=True))
    return (
        "\t".join(
            (
                line.line,
                *texts,
                str(line.unit_price),
                NULL if retail is None else str(retail),
                line.valid_from.isoformat(),
                NULL if until is None else until.isoformat(),
                str(line.tier_from),
                NULL if tier_to is None else str(tier_to),
            )
        )
        + "\n"
    )


def _escaped(line: ListedPrice, column: str, text: str) -> str:
    """Return a text as COPY reads it. Raises Rejected where bytes in it were none of the list's encoding."""
    try:
        return UNSAFE.sub(lambda found: ESCAPED[found[0]], text)
    except KeyError:
        raise unreadable_price(line.line, column, text.encode("utf-8", "backslashreplace").decode()) from None


def _refuse_unfit(cursor: Any) -> None:
    """Do nothing where every line fits the columns of the books, else raise Rejected for the first that does not."""
    cursor.execute(FIRST_UNFIT)
    found = cursor.fetchone()
    if found is not None:
        line, (column, value) = found
        raise unreadable_price(line, column, value)


def _widths() -> dict[str, str]:
    """Return, by column, the condition under which a value does not fit it."""
    conditions = {name: f"LENGTH({name}) > {VendorPrice._meta.get_field(name).max_length}" for name in TEXTS}
    highest = f"1e{PRICE_DIGITS - PRICE_DECIMALS}"
    for name in ("unit_price", "retail_price"):
        fine = f"{name} = ROUND({name}, {PRICE_DECIMALS})"
        conditions[name] = f"NOT ({name} >= 0 AND {name} < {highest} AND {fine})"
    conditions["valid_until"] = "valid_until < valid_from"
    for name in ("tier_from", "tier_to"):
        conditions[name] = f"{name} NOT BETWEEN 0 AND {MOST_UNITS}"
    return conditions


_UNFIT = _widths()
_CASES = " ".join(f"WHEN {condition} THEN ARRAY['{column}', {column}::text]" for column, condition in _UNFIT.items())
_ANY = " OR ".join(f"({condition})" for condition in _UNFIT.values())
FIRST_UNFIT = f"""
    SELECT line, CASE {_CASES} END FROM staged_prices WHERE {_ANY} ORDER BY number LIMIT 1
"""  # noqa: S608 - names of our own columns
