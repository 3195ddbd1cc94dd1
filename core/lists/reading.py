"""One page of a list: rows, numbers and chips put together from the declaration, the address and the person's choices."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.lists.chips import Chip, chip_of, parameters_of, said_number
from core.lists.columns import Column
from core.lists.listing import Asker, Listing
from core.lists.models import ListPreference
from core.lists.paging import Keys, Order, cursor_of, estimates, keys_of_page, position_of
from core.lists.state import AFTER, BEFORE, PAGE, QUICK, SORT, ListState, filters_of


@dataclass(frozen=True)
class Narrowed:
    """The rows that the address asks for, and what has to be said about the way there."""

    rows: QuerySet
    # Nearly every row of the table belongs to the list: its order alone finds a page.
    easy: bool
    mended: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row as HTML cells, and where it leads."""

    url: str
    cells: SafeString


@dataclass(frozen=True)
class QuickTab:
    """A quick filter with its number."""

    label: object
    count: str
    url: str
    active: bool


@dataclass(frozen=True)
class Heading:
    """A column's header: its sort and the link that sorts by it."""

    title: object
    end: bool
    url: str
    direction: str


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Everything that templates/lists/list.html shows."""

    headings: list[Heading]
    rows: list[Row]
    chips: list[Chip]
    hidden_chip: object
    quick: list[QuickTab]
    first: int
    last: int
    total: str
    next_url: str
    previous_url: str
    page: int
    last_page: int
    state: ListState
    mended: dict[str, str]
    errors: dict[str, list[str]]

    @property
    def narrowed(self) -> bool:
        """Whether search, filters or a quick filter hold rows back."""
        return bool(self.state.search or self.state.values or self.state.quick)


def narrow(listing: Listing, rows: QuerySet, state: ListState, asker: Asker, *, whole: bool) -> Narrowed:
    """Return the rows that the address asks for. `whole` says that the actor sees the whole table."""
    easy = whole
    if listing.hidden and not state.everything and not _named(listing, state):
        rows = rows.exclude(listing.hidden.condition)
    errors: dict[str, list[str]] = {}
    mended: dict[str, str] = {}
    if listing.filterset and state.values:
        used = listing.filterset(data=state.values, queryset=rows, request=asker)
        if used.form.is_valid():
            rows = used.filter_queryset(rows)
        else:
            errors = {name: [str(error) for error in found] for name, found in used.form.errors.items()}
            rows = rows.none()
        easy = False
    for quick in listing.quick:
        if quick.name == state.quick:
            rows, easy = rows.filter(quick.q(asker)), False
    if listing.search and state.search:
        found = listing.search.find(rows, state.search, asker.actor)
        rows, mended, easy = found.rows, found.mended, False
    return Narrowed(rows, easy, mended, errors)


def order_of(listing: Listing, state: ListState, rows: QuerySet) -> Order:
    """Return what the rows are ordered by."""
    return Order(listing.sort_expression(state.sort, rows), state.sort.startswith("-"))


def page_of(
    listing: Listing, visible: QuerySet, state: ListState, asker: Asker, preference: ListPreference, query: QueryDict
) -> ListPage:
    """Return one page of the list in a number of statements that does not depend on its rows."""
    whole = not visible.query.has_filters()
    narrowed = narrow(listing, visible, state, asker, whole=whole)
    order = order_of(listing, state, narrowed.rows)
    keys, page = _keys(narrowed, order, state)
    columns = listing.columns_for(preference.columns)
    rows = _rows(listing, visible, keys, columns)
    numbers = _numbers(listing, visible, narrowed, state, asker, keys, page)
    total, exact = numbers.total
    first = (page - 1) * state.size + 1 if rows else 0
    last = first + len(rows) - 1 if rows else 0
    total = max(total, last + (1 if keys.more else 0))
    if not keys.more and position_known(state, page):
        total, exact = last, True
    return ListPage(
        headings=_headings(listing, columns, state),
        rows=rows,
        chips=_chips(listing, state, preference, narrowed.errors, asker),
        hidden_chip=_hidden_chip(listing, state),
        quick=numbers.quick,
        first=first,
        last=last,
        total=said_number(total, exact),
        next_url=_step(state, AFTER, keys.pairs[-1], page + 1) if keys.pairs and _goes_on(keys, state) else "",
        previous_url=_step(state, BEFORE, keys.pairs[0], page - 1) if keys.pairs and page > 1 else "",
        page=page,
        last_page=max(-(-total // state.size), page),
        state=state,
        mended=narrowed.mended,
        errors=narrowed.errors,
    )


def position_known(state: ListState, page: int) -> bool:
    """Whether the number of the page is more than what a link of an older page believed."""
    return page == 1 or not (state.after or state.before)


def _goes_on(keys: Keys, state: ListState) -> bool:
    # Whoever came backwards came from a page that follows.
    return keys.more if not state.before else True


def _keys(narrowed: Narrowed, order: Order, state: ListState) -> tuple[Keys, int]:
    text, backwards = (state.before, True) if state.before else (state.after, False)
    position = position_of(text, narrowed.rows, order, backwards=backwards) if text else None
    page = state.page
    if position is not None and backwards and page <= 1:
        position, page = None, 1
    offset = 0 if position is not None else (page - 1) * state.size
    keys = keys_of_page(narrowed.rows, order, size=state.size, offset=offset, position=position, easy=narrowed.easy)
    return keys, page


def _rows(listing: Listing, visible: QuerySet, keys: Keys, columns: list[Column]) -> list[Row]:
    ids = [pk for _key, pk in keys.pairs]
    if not ids:
        return []
    wanted = visible.filter(pk__in=ids)
    if listing.related:
        wanted = wanted.select_related(*listing.related)
    if listing.without:
        wanted = wanted.defer(*listing.without)
    found = {row.pk: row for row in wanted}
    rows = [found[pk] for pk in ids if pk in found]
    if listing.enrich:
        listing.enrich(rows)
    link = listing.link_of_row
    return [
        Row(link(row) if link else "", mark_safe("".join(column.html(row) for column in columns)))  # noqa: S308 (cells escape)
        for row in rows
    ]


@dataclass(frozen=True)
class _Numbers:
    total: tuple[int, bool]
    quick: list[QuickTab]


def _numbers(
    listing: Listing, visible: QuerySet, narrowed: Narrowed, state: ListState, asker: Asker, keys: Keys, page: int
) -> _Numbers:
    """Return the number of rows of the list and of each quick filter: counted where few, estimated where many."""
    everything = visible
    if listing.hidden and not state.everything:
        everything = visible.exclude(listing.hidden.condition)
    queries = [narrowed.rows, everything, *(everything.filter(quick.q(asker)) for quick in listing.quick)]
    total, *counts = estimates(queries if listing.quick else queries[:1])
    if keys.total is not None:
        total = (keys.total, True)
    labels = [("", _("All")), *((quick.name, quick.label) for quick in listing.quick)]
    tabs = [
        QuickTab(label, said_number(*count), state.parameters(**{QUICK: name}), state.quick == name)
        for (name, label), count in zip(labels, counts, strict=True)
    ] if listing.quick else []  # fmt: skip
    return _Numbers(total, tabs)


def _headings(listing: Listing, columns: list[Column], state: ListState) -> list[Heading]:
    headings = []
    for column in columns:
        url, direction = "", ""
        if column.sort:
            if state.sort.removeprefix("-") == column.name:
                direction = "descending" if state.sort.startswith("-") else "ascending"
            url = state.parameters(**{SORT: f"-{column.name}" if direction == "ascending" else column.name})
        headings.append(Heading(column.title, column.content.end, url, direction))
    return headings


def _chips(
    listing: Listing, state: ListState, preference: ListPreference, errors: dict[str, list[str]], asker: Asker
) -> list[Chip]:
    filters = filters_of(listing)
    pinned = [name for name in preference.filters or listing.filters_shown if name in filters]
    used = [name for name, one in filters.items() if any(p in state.values for p in parameters_of(name, one))]
    return [
        chip_of(name, filters[name], state.values, errors.get(name, ()), asker)
        for name in dict.fromkeys([*pinned, *used, *state.extra])
    ]


def _named(listing: Listing, state: ListState) -> bool:
    """Return whether the filter that speaks about the hidden rows is used: then it alone decides."""
    return listing.hidden is not None and listing.hidden.unless in state.values


def _hidden_chip(listing: Listing, state: ListState) -> object:
    if listing.hidden is None or state.everything or _named(listing, state):
        return ""
    return listing.hidden.label


def _step(state: ListState, direction: str, pair: tuple[Any, int], page: int) -> str:
    return state.parameters(**{direction: cursor_of(pair), PAGE: page})
