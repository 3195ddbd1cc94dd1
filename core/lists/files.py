"""The columns of a list's file: each amount in a column of its currency, with the decimals that the currency has.

A column that mixed currencies could neither be added up nor shown with the right digits: 7.500 is a dinar's, 7.50 a
dollar's. So an amount has one column for each currency among the rows, and its title names it: "Total, USD".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet

from core.lists.columns import Cell, Column, reader
from core.money import minor_units

# Prices a unit are kept with so many decimals.
FINEST = 6


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its title, what it holds of a row, and its number format in a spreadsheet."""

    title: str
    value: Callable[[Any], object]
    format: str = ""


def file_columns(rows: QuerySet[Any], columns: Sequence[Column]) -> list[FileColumn]:
    """Return the file's columns for those of the list. One statement for each path to a currency."""
    paths = {column.content.currency for column in columns} - {""}
    found = {path: _currencies(rows, path) for path in sorted(paths)}
    made: list[FileColumn] = []
    for column in columns:
        cell = column.content
        if not cell.currency or not found[cell.currency]:
            made.append(FileColumn(str(column.title), cell.value, cell.format))
            continue
        made += _of_currencies(str(column.title), cell, found[cell.currency])
    return made


def number_format(currency: str, *, exact: bool = True) -> str:
    """Return how a spreadsheet writes an amount: #,##0.000 of a dinar; a price a unit may have finer digits."""
    decimals = minor_units(currency)
    if not decimals:
        return "#,##0" if exact else ""
    finer = "" if exact else "#" * (FINEST - decimals)
    return f"#,##0.{'0' * decimals}{finer}"


def _currencies(rows: QuerySet[Any], path: str) -> list[str]:
    found = rows.order_by().values_list(path.replace(".", "__"), flat=True).distinct()
    return sorted(code for code in found if code)


def _of_currencies(title: str, cell: Cell, codes: Sequence[str]) -> Iterator[FileColumn]:
    read_currency = reader(cell.currency)

    def column(code: str, *, first: bool) -> FileColumn:
        def value(row: Any) -> object:
            amount, currency = cell.value(row), read_currency(row)
            if not isinstance(amount, Decimal):
                return None
            if currency == code:
                return _digits(amount, code, exact=cell.exact)
            # A row that came after the currencies were counted is not left out.
            return f"{amount} {currency}" if first and currency not in codes else None

        return FileColumn(f"{title}, {code}", value, number_format(code, exact=cell.exact))

    for place, code in enumerate(codes):
        yield column(code, first=place == 0)


def _digits(amount: Decimal, currency: str, *, exact: bool) -> Decimal:
    short = amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)
    return short if exact or short == amount else amount.normalize()
