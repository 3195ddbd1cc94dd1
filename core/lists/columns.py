"""The columns of a list: what each cell holds (for the file) and how it reads (for the panel)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.countries import country_name
from core.panel import formats

_PLACE = 987654321
# Characters from which on a text takes only the room that is left, instead of pushing other columns out of sight.
_LONG = 19


@dataclass(frozen=True)
class Cell:
    """`value` is what a file gets: text, number, amount, day, moment or nothing. `html` is what the panel shows."""

    value: Callable[[Any], object]
    html: Callable[[Any], str]
    end: bool = False
    # What is looked for first: "money", "day" or "moment"; "" for all else. Such columns stand where they are seen.
    kind: str = ""
    # How a spreadsheet shows the value, where its own way will not do.
    format: str = ""
    # Of an amount of money: the path to its currency, by which a file keeps the amounts apart.
    currency: str = ""
    # An amount has its currency's decimals, a price a unit at least those.
    exact: bool = True


@dataclass(frozen=True)
class Column:
    """A column of a list. `sort` names a field of the row's own table that an index is there for."""

    name: str
    title: object
    cell: Cell | None = None
    sort: str = ""
    shown: bool = True
    link: Callable[[Any], str] | None = None

    @property
    def content(self) -> Cell:
        """The cell; by default the text of the field that has the column's name."""
        return self.cell or text(self.name)

    def html(self, row: Any, behind: str = "") -> str:
        """Return the table cell, linked where the column leads somewhere; `behind` is what the link carries along."""
        shown = self.content.html(row)
        long = len(shown) >= _LONG and "<" not in shown and not self.content.end
        url = self.link(row) if self.link is not None and shown != formats.NOTHING else ""
        if url:
            shown = f'<a href="{carrying(url, behind)}">{shown}</a>'
        if long:
            return f'<td><span class="fit">{shown if url else f"<span>{shown}</span>"}</span></td>'
        return f'<td class="end">{shown}</td>' if self.content.end else f"<td>{shown}</td>"


def carrying(url: str, behind: str) -> str:
    """Return a row's address with what it carries along (the way back), for an attribute of HTML."""
    return f"{url}{'&amp;' if '?' in url else '?'}{behind}" if behind else url


def to(url_name: str, key: str = "pk") -> Callable[[Any], str]:
    """Return what leads from a row to a page: to("operator:account", "account_id")."""
    read = reader(key)

    def url(row: Any) -> str:
        value = read(row)
        if value is None:
            return ""
        before, after = _address(url_name, get_script_prefix())
        return f"{before}{value}{after}"

    return url


@lru_cache(maxsize=256)
def _address(url_name: str, prefix: str) -> tuple[str, str]:
    """Return what stands before and after the id in the page's address: one reverse() instead of one a row."""
    before, _found, after = reverse(url_name, args=[_PLACE]).partition(str(_PLACE))
    return before, after


def text(path: str) -> Cell:
    """Return a cell with the text of a field; dots lead through related rows."""
    read = reader(path)

    def html(row: Any) -> str:
        value = read(row)
        return escape(value) if value not in (None, "") else formats.NOTHING

    return Cell(value=lambda row: _plain(read(row)), html=html)


def number(path: str) -> Cell:
    """Return a cell with a whole number."""
    read = reader(path)

    def html(row: Any) -> str:
        value = read(row)
        return formats.NOTHING if value is None else formats.number_text(value)

    return Cell(value=read, html=html, end=True)


def money(path: str, currency: str = "currency") -> Cell:
    """Return a cell with an amount and its currency; a file gets the bare amount, in a column of its currency."""
    read, read_currency = reader(path), reader(currency)

    def html(row: Any) -> str:
        value = read(row)
        return formats.NOTHING if value is None else escape(formats.money_text(value, read_currency(row)))

    return Cell(value=read, html=html, end=True, kind="money", currency=currency)


def unit_price(path: str, currency: str = "currency") -> Cell:
    """Return a cell with a price a unit, no digit of a finer one lost, and its currency; a file as for `money`."""
    read, read_currency = reader(path), reader(currency)

    def html(row: Any) -> str:
        value = read(row)
        return formats.NOTHING if value is None else escape(formats.unit_money_text(value, read_currency(row)))

    return Cell(value=read, html=html, end=True, kind="money", currency=currency, exact=False)


def day(path: str) -> Cell:
    """Return a cell with a day."""
    read = reader(path)
    return Cell(value=read, html=lambda row: formats.day_text(read(row)), kind="day", format="yyyy-mm-dd")


def last_day(path: str) -> Cell:
    """Return a cell with the last day that belongs to a period, of the day on which it ends in the books."""
    read = reader(path)

    def value(row: Any) -> date | None:
        return formats.last_day(read(row))

    return Cell(value=value, html=lambda row: formats.day_text(value(row)), kind="day", format="yyyy-mm-dd")


def moment(path: str) -> Cell:
    """Return a cell with a moment in the current time zone."""
    read = reader(path)
    return Cell(value=read, html=lambda row: formats.moment_text(read(row)), kind="moment")


def yes_no(path: str) -> Cell:
    """Return a cell with yes or a dash; a file gets yes and no."""
    read = reader(path)
    return Cell(
        value=lambda row: _yes_and_no(get_language())[0 if read(row) else 1],
        html=lambda row: escape(_yes_and_no(get_language())[0]) if read(row) else formats.NOTHING,
    )


def country(path: str) -> Cell:
    """Return a cell with the name of a country that is kept by its code; a file gets the code."""
    read = reader(path)
    return Cell(value=read, html=lambda row: escape(country_name(read(row))) if read(row) else formats.NOTHING)


def choice(path: str) -> Cell:
    """Return a cell with the words of a field of choices."""
    read = reader(path)

    def value(row: Any) -> str:
        return _words(row.__class__, path, get_language()).get(read(row), str(read(row)))

    return Cell(value=value, html=lambda row: escape(value(row)) if read(row) else formats.NOTHING)


def status(path: str, detail: str = "") -> Cell:
    """Return a cell with a status as dot and words; `detail` is a second field of choices: "stopped: funds short"."""
    read, read_detail = reader(path), reader(detail) if detail else None

    def words(row: Any) -> tuple[str, str]:
        language = get_language()
        label = _words(row.__class__, path, language).get(read(row), str(read(row)))
        more = read_detail(row) if read_detail else ""
        return label, _words(row.__class__, detail, language).get(more, str(more)) if more else ""

    def value(row: Any) -> str:
        label, more = words(row)
        return f"{label}: {more}" if more else label

    return Cell(value=value, html=lambda row: formats.status_html(read(row), *words(row)))


def computed(value: Callable[[Any], object], html: Callable[[Any], str] | None = None, *, end: bool = False) -> Cell:
    """Return a cell whose value is worked out from the row; `html` must escape what it takes from it."""

    def shown(row: Any) -> str:
        found = value(row)
        return escape(found) if found not in (None, "") else formats.NOTHING

    return Cell(value=value, html=html or shown, end=end)


@lru_cache(maxsize=1024)
def _words(model: Hashable, field: str, language: str | None) -> dict[object, str]:
    """Return the words of a field's choices in the language that is active: translated once and not for each row."""
    declared: Any = model
    return {value: str(label) for value, label in declared._meta.get_field(field).flatchoices}


@lru_cache(maxsize=64)
def _yes_and_no(language: str | None) -> tuple[str, str]:
    return _("yes"), _("no")


def reader(path: str) -> Callable[[Any], Any]:
    """Return what reads a field of a row; dots lead through related rows, and nothing stays nothing."""
    steps = path.split(".")
    if len(steps) == 1:
        return lambda row: getattr(row, path)

    def read(row: Any) -> Any:
        for step in steps:
            if row is None:
                return None
            row = getattr(row, step)
        return row

    return read


def _plain(value: object) -> object:
    """Return what a spreadsheet can hold: related rows become their names."""
    if value is None or isinstance(value, str | int | float | Decimal | date | datetime):
        return value
    return str(value)
