"""One page of a list: rows, numbers and chips, from the declaration, the address and the person's choices."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.lists.chips import Chip, chip_of, parameters_of, said_number
from core.lists.columns import Column, carrying
from core.lists.listing import Asker, Listing
from core.lists.models import ListPreference
from core.lists.paging import Count, Keys, Order, Sure, Wanted, cursor_of, estimates, guess, keys_of_page, position_of
from core.lists.state import AFTER, BEFORE, PAGE, QUICK, SORT, ListState, filters_of
from core.panel.returning import behind

FEW = 10_000


@dataclass(frozen=True)
class Narrowed:
    """The rows that the address asks for, and what has to be said about the way there."""

    rows: QuerySet[Any]
    # The same without the quick filter: what the numbers of the quick filters are taken of.
    before_quick: QuerySet[Any]
    # Nearly every row of the table belongs to the list: its order alone finds a page.
    easy: bool
    mended: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request for a list: which rows may be seen, what the address says, who asks, and how they like it."""

    listing: Listing
    visible: QuerySet[Any]
    state: ListState
    asker: Asker
    preference: ListPreference
    # The path of the list's page, where rows of a narrowed list carry the way back to it.
    path: str = ""

    @property
    def behind(self) -> str:
        """What the links of the rows carry along: the list's address where it is narrowed."""
        state = self.state
        if not (self.path and state.narrowed):
            return ""
        page = {AFTER: state.after, BEFORE: state.before, PAGE: state.page if state.page > 1 else ""}
        return behind(self.path + state.parameters(**page))


@dataclass(frozen=True)
class Row:
    """One row as HTML cells, and where it leads."""

    url: str
    cells: SafeString
    # What the address carries along: the way back to a narrowed list.
    carried: str = ""

    @property
    def address(self) -> SafeString:
        """The row's page with the way back, for an attribute of HTML."""
        return format_html("{}", SafeString(carrying(escape(self.url), self.carried))) if self.url else SafeString()


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
    state: ListState
    mended: dict[str, str]
    errors: dict[str, list[str]]

    @property
    def chip_names(self) -> list[str]:
        """The filters that are shown."""
        return [chip.name for chip in self.chips]

    @property
    def narrowed(self) -> bool:
        """Whether search, filters or a quick filter hold rows back."""
        return self.state.narrowed


def narrow(listing: Listing, visible: QuerySet[Any], state: ListState, asker: Asker) -> Narrowed:
    """Return the rows that the address asks for."""
    # An actor who sees the whole table, in its order, with nothing asked for: an index alone serves.
    easy = not (visible.query.has_filters() or state.values or state.quick or state.search)
    rows = visible if _named(listing, state) else shown_at_all(listing, visible, state)
    errors: dict[str, list[str]] = {}
    if listing.filterset and state.values:
        used = listing.filterset(data=state.values, queryset=rows, request=asker)
        if used.form.is_valid():
            rows = used.filter_queryset(rows)
        else:
            errors = {name: [str(error) for error in found] for name, found in used.form.errors.items()}
            rows = rows.none()
    mended: dict[str, str] = {}
    if listing.search and state.search:
        found = listing.search.find(rows, state.search, asker.actor, few=_are_few(visible))
        rows, mended = found.rows, found.mended
    chosen = next((quick for quick in listing.quick if quick.name == state.quick), None)
    return Narrowed(rows.filter(chosen.q(asker)) if chosen else rows, rows, easy, mended, errors)


def _are_few(visible: QuerySet[Any]) -> bool:
    """Return whether the actor sees so little of the table that it is searched row by row. One statement, or none."""
    return bool(visible.query.has_filters()) and guess(visible) < FEW


def shown_at_all(listing: Listing, visible: QuerySet[Any], state: ListState) -> QuerySet[Any]:
    """Return the rows without those that the list hides by itself."""
    if listing.hidden is None or state.everything:
        return visible
    return visible.exclude(listing.hidden.condition)


def order_of(listing: Listing, state: ListState, rows: QuerySet[Any]) -> Order:
    """Return what the rows are ordered by."""
    return Order(listing.sort_expression(state.sort, rows), state.sort.startswith("-"))


def page_of(asked: Asked) -> ListPage:
    """Return one page of the list in a number of statements that does not depend on its rows."""
    listing, state = asked.listing, asked.state
    narrowed = narrow(listing, asked.visible, state, asked.asker)
    order = order_of(listing, state, narrowed.rows)
    keys, page = _keys(narrowed, order, state)
    columns = listing.columns_for(asked.preference.columns)
    rows = _rows(asked, keys, columns)
    total, quick = _numbers(asked, narrowed, keys)
    first = (page - 1) * state.size + 1 if rows else 0
    last = first + len(rows) - 1 if rows else 0
    if not keys.more and (page == 1 or not (state.after or state.before)):
        total = Count(last)
    elif total.rows <= last:
        total = Count(last, Sure.AT_LEAST)
    # Whoever came backwards came from a page that follows.
    follows = keys.more or (bool(state.before))
    return ListPage(
        headings=_headings(listing, columns, state),
        rows=rows,
        chips=_chips(asked, narrowed.errors),
        hidden_chip="" if _named(listing, state) or state.everything or not listing.hidden else listing.hidden.label,
        quick=quick,
        first=first,
        last=last,
        total=said_number(total),
        next_url=_step(state, AFTER, keys.pairs[-1], page + 1) if keys.pairs and follows else "",
        previous_url=_step(state, BEFORE, keys.pairs[0], page - 1) if keys.pairs and page > 1 else "",
        page=page,
        state=state,
        mended=narrowed.mended,
        errors=narrowed.errors,
    )


def _keys(narrowed: Narrowed, order: Order, state: ListState) -> tuple[Keys, int]:
    text, backwards = (state.before, True) if state.before else (state.after, False)
    position = position_of(text, narrowed.rows, order, backwards=backwards) if text else None
    if position is not None and backwards and state.page <= 1:
        position = None  # back on the first page, which begins where the list begins now
    page = Wanted(state.size, 0 if position is not None else (state.page - 1) * state.size, position)
    return keys_of_page(narrowed.rows, order, page, easy=narrowed.easy), state.page


def _rows(asked: Asked, keys: Keys, columns: list[Column]) -> list[Row]:
    listing = asked.listing
    ids = [pk for _key, pk in keys.pairs]
    if not ids:
        return []
    wanted = asked.visible.filter(pk__in=ids)
    if listing.related:
        wanted = wanted.select_related(*listing.related)
    if listing.without:
        wanted = wanted.defer(*listing.without)
    found = {row.pk: row for row in wanted}
    rows = [found[pk] for pk in ids if pk in found]
    if listing.enrich:
        listing.enrich(rows)
    link, carried = listing.link_of_row, asked.behind
    # The columns' cells escape what they show.
    cells = [mark_safe("".join(column.html(row, carried) for column in columns)) for row in rows]  # noqa: S308 (see above)
    urls = [link(row) if link else "" for row in rows]
    return [Row(url, shown, carried) for url, shown in zip(urls, cells, strict=True)]


def _numbers(asked: Asked, narrowed: Narrowed, keys: Keys) -> tuple[Count, list[QuickTab]]:
    """Return how many rows the list and each quick filter have: counted where few, estimated where many.

    Search and filters narrow the quick filters too: each number is that of the rows which its tab would show.
    """
    listing, state = asked.listing, asked.state
    queries = [narrowed.before_quick.filter(quick.q(asked.asker)) for quick in listing.quick]
    if queries:
        queries.insert(0, narrowed.before_quick)
    # Where the rows were found by their filters they are counted; where a page was found soon, they are guessed.
    if keys.total is not None and keys.total.sure == Sure.EXACT:
        counts, total = estimates(queries), keys.total
    elif keys.total is not None:
        *counts, total = estimates([*queries, narrowed.rows], guess_only=narrowed.rows)
        total = total if total.rows > keys.total.rows else keys.total
    else:
        *counts, total = estimates([*queries, narrowed.rows])
    labels = [("", _("All")), *((quick.name, quick.label) for quick in listing.quick)]
    tabs = [
        QuickTab(label, said_number(count), state.parameters(**{QUICK: name}), state.quick == name)
        for (name, label), count in zip(labels, counts, strict=False)
    ]
    return total, tabs


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


def _chips(asked: Asked, errors: dict[str, list[str]]) -> list[Chip]:
    listing, state = asked.listing, asked.state
    filters = filters_of(listing)
    pinned = [name for name in asked.preference.filters or listing.filters_shown if name in filters]
    used = [name for name, one in filters.items() if any(p in state.values for p in parameters_of(name, one))]
    return [
        chip_of(name, filters[name], state.values, errors.get(name, ()), asked.asker)
        for name in dict.fromkeys([*pinned, *used, *state.extra])
    ]


def _named(listing: Listing, state: ListState) -> bool:
    """Return whether the filter that speaks about the hidden rows is used: then it alone decides."""
    return listing.hidden is not None and listing.hidden.unless in state.values


def _step(state: ListState, direction: str, pair: tuple[Any, int], page: int) -> str:
    return state.parameters(**{direction: cursor_of(pair), PAGE: page})
