"""What the address of a list says: search, filters, quick filter, sort, and which page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from core.lists.chips import parameters_of, values_of
from core.lists.listing import PAGE_SIZES, Listing

# Words of the address that are not filters.
SEARCH, SORT, QUICK, PAGE, SIZE, AFTER, BEFORE, SHOW, ALL, VIEW, OPEN = (
    "q", "sort", "quick", "page", "size", "after", "before", "show", "all", "view", "open",
)  # fmt: skip
PLACE = (PAGE, AFTER, BEFORE)
LONGEST_SEARCH = 200
# Beyond it nobody turns pages, and OFFSET would only heat the room.
LAST_PAGE = 100_000


@dataclass(frozen=True)
class ListState:
    """The address of a list, read and cleaned: whatever it does not know, it leaves out."""

    search: str
    sort: str
    quick: str
    page: int
    size: int
    after: str
    before: str
    # Filters shown for now, besides the person's own.
    extra: tuple[str, ...]
    # Rows that the list hides by itself are shown too.
    everything: bool
    values: dict[str, Any]
    # The view that the list was opened by (its number; 0 for none), and the filter that was added just now.
    view: int = 0
    opened: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether search, filters or a quick filter hold rows back."""
        return bool(self.search or self.values or self.quick)

    def parameters(self, **changes: Any) -> str:
        """Return the address's query with these changes; a change that is not about the place goes to page one."""
        held: dict[str, Any] = {
            SEARCH: self.search,
            QUICK: self.quick,
            SORT: self.sort,
            SIZE: self.size,
            SHOW: list(self.extra),
            ALL: "1" if self.everything else "",
            VIEW: str(self.view or ""),
            **self.values,
            **changes,
        }
        pairs = [(name, value) for name, value in held.items() if value not in ("", None, [], ())]
        return "?" + urlencode(pairs, doseq=True)


def state_of(listing: Listing, query: QueryDict, *, page_size: int) -> ListState:
    """Return what the address says; `page_size` is the person's own."""
    sort = query.get(SORT, "")
    quick = query.get(QUICK, "")
    filters = filters_of(listing)
    values = values_of(filters.items(), query)
    shown = [name for name in query.getlist(SHOW) if name in filters]
    used = [name for name, chosen in filters.items() if any(p in values for p in parameters_of(name, chosen))]
    return ListState(
        search=query.get(SEARCH, "").replace("\0", "").strip()[:LONGEST_SEARCH],
        sort=sort if listing.column_of_sort(sort) else listing.sort,
        quick=quick if any(one.name == quick for one in listing.quick) else "",
        page=min(max(_number(query.get(PAGE), 1), 1), LAST_PAGE),
        size=_size(query.get(SIZE), page_size),
        after=query.get(AFTER, ""),
        before=query.get(BEFORE, ""),
        extra=tuple(name for name in shown if name not in used),
        everything=query.get(ALL) == "1",
        values=values,
        view=_number(query.get(VIEW), 0),
        opened=query.get(OPEN, ""),
    )


def filters_of(listing: Listing) -> dict[str, Any]:
    """Return the filters that the list declares, by name."""
    return dict(listing.filterset.base_filters) if listing.filterset else {}


def _size(text: str | None, otherwise: int) -> int:
    size = _number(text, otherwise)
    return size if size in PAGE_SIZES else otherwise


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
