"""Rows to XLSX and CSV, in memory that does not grow with the number of rows.

XLSX is written by rustpy-xlsxwriter, ten times as fast as the writers in Python (100,000 rows of 16 cells in 2.4 s).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

from django.utils import timezone
from rustpy_xlsxwriter import FastExcel, Format

from core.cleaning import shortened

# A sheet has 1,048,576 rows, the first of which holds the titles; a cell holds so many characters.
ROWS_OF_A_SHEET = 1_048_575
LONGEST_TEXT = 32_767
DIGITS_KEPT = 15
FIRST_YEAR = 1900
MIME_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# What begins so is a formula to a spreadsheet program that opens CSV; after an apostrophe it is the text that it was.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_LINES_AT_ONCE = 500


def write_xlsx(
    target: Path | io.BytesIO,
    titles: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    sheet: str,
    formats: Sequence[str] = (),
    expected: int = 0,
) -> int:
    """Write the rows under their titles and return how many were written.

    `formats` are number formats of the columns ("yyyy-mm-dd"), empty where the program's own will do. `expected` says
    about how many rows come: the sheets for them are laid out before the first one is read. Aware moments are written
    in the current time zone, because a spreadsheet knows none.
    """
    names = _told_apart(titles)
    endless, written, cells = iter(rows), 0, _Cells(len(names))

    def records() -> Iterator[dict[str, object]]:
        nonlocal written
        for row in islice(endless, ROWS_OF_A_SHEET):
            written += 1
            yield dict(zip(names, cells.of(row), strict=True))

    file = FastExcel(target, output_format="xlsx").format(bold_headers=True, datetime_format="yyyy-mm-dd hh:mm")
    file.freeze(row=1)
    column_formats = {name: Format().set_num_format(one) for name, one in zip(names, formats, strict=False) if one}
    # One sheet more than expected once it gets close: rows that came meanwhile are not lost.
    for number in range(1 + int(expected * 1.05) // ROWS_OF_A_SHEET):
        file.sheet(sheet_name(sheet, number), _at_least_titles(records(), names), column_formats=column_formats or None)
    file.save()
    return written


def csv_lines(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a CSV file in pieces of some hundred lines, with the byte order mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    writer.writerow([_harmless(title) for title in titles])
    for number, row in enumerate(rows, 1):
        writer.writerow([_harmless(_text(value)) for value in row])
        if number % _LINES_AT_ONCE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def sheet_name(name: str, number: int = 0) -> str:
    """Return a name that Excel accepts: 31 characters, none of []:*?/\\ ; the second sheet ends with 2."""
    clean = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip("' ") or "1"
    ending = f" {number + 1}" if number else ""
    return clean[: 31 - len(ending)].rstrip() + ending


def _at_least_titles(records: Iterator[dict[str, object]], names: list[str]) -> Iterator[dict[str, object]]:
    empty = True
    for record in records:
        empty = False
        yield record
    if empty:
        yield dict.fromkeys(names)


def _told_apart(titles: Sequence[str]) -> list[str]:
    """Return the titles, numbered where two are the same: a record has each name once."""
    names: list[str] = []
    for title in titles:
        name, number = title, 1
        while name in names:
            number += 1
            name = f"{title} {number}"
        names.append(name)
    return names


class _Cells:
    """Turns values into what the writer takes, column by column.

    The writer gives the format of a date to every number that follows in its column, and to the cell before it. So the
    first number or date of a column says which of the two it holds, and what is of the other kind is written as text.
    """

    def __init__(self, columns: int) -> None:
        self._kinds: list[type | None] = [None] * columns

    def of(self, row: Sequence[object]) -> Iterator[object]:
        """Yield the cells of a row."""
        for at, value in enumerate(row):
            cell = _cell(value)
            kind = date if isinstance(cell, date) else float if _is_number(cell) else None
            if kind is not None and at < len(self._kinds):
                self._kinds[at] = self._kinds[at] or kind
                if self._kinds[at] is not kind:
                    cell = str(_text(value))
            yield cell


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _cell(value: object) -> object:
    """Return what the writer takes; text is always written as text, never as a formula.

    A number of more digits than a spreadsheet keeps is text too, and so is a day before its calendar begins; the first
    day of all is how some programs write that there is none.
    """
    if isinstance(value, date) and value.year < FIRST_YEAR:
        return None if (value.year, value.month, value.day) == (1, 1, 1) else str(_text(value))
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and _digits(value) > DIGITS_KEPT:
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return shortened(str(value), LONGEST_TEXT)


def _digits(number: Decimal | int) -> int:
    return len(str(abs(number))) if isinstance(number, int) else len(number.normalize().as_tuple().digits)


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return value  # a negative number is no formula
    return str(value)


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
