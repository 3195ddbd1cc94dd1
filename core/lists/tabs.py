"""A tab of an object that lists what hangs on it: one declaration; the tab, its right and its view follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase

from core.lists.listing import Listing
from core.lists.views import show_list
from core.panel.access import View
from core.panel.asking import PanelRequest
from core.panel.page import Page

# The URL name of a tab's page, its label, and the right that it needs.
Offered = tuple[str, object, str]


@dataclass(frozen=True)
class ListTab:
    """The tab `name` (a URL name): the rows of the list for which `by` is the object's id ("account_id").

    `right` is that of the page where the list's own does not open the object; the list asks for its own besides.
    """

    name: str
    listing: Listing
    by: str
    right: str = ""

    @property
    def offered(self) -> Offered:
        """What a plain tab would say of itself."""
        return self.name, self.listing.title, self.right or self.listing.right


def offered_of(tabs: Iterable[ListTab | Offered]) -> list[Offered]:
    """Return URL name, label and right of each tab, in their order."""
    return [tab.offered if isinstance(tab, ListTab) else tab for tab in tabs]


def list_views(
    tabs: Iterable[ListTab | Offered],
    *,
    requires: Callable[[str], Callable[[View], View]],
    one: Callable[[Any, int], Any],
    page_of: Callable[[Any, Any, str], Page],
) -> tuple[View, ...]:
    """Return the views of the tabs that are lists, each called as its tab.

    `requires` is the panel's door. `one` finds the object of the address for who asks and raises Http404; `page_of`
    returns what stands around each of its pages, given the actor, the object and the tab's name.
    """
    return tuple(_view(tab, requires, one, page_of) for tab in tabs if isinstance(tab, ListTab))


def _view(
    tab: ListTab,
    requires: Callable[[str], Callable[[View], View]],
    one: Callable[[Any, int], Any],
    page_of: Callable[[Any, Any, str], Page],
) -> View:
    def view(request: PanelRequest, pk: int) -> HttpResponseBase:
        page = page_of(request.actor, one(request, pk), tab.name)
        return show_list(request, tab.listing, page=page, narrow={tab.by: pk})

    view.__name__ = view.__qualname__ = tab.name
    view.listing = tab.listing  # type: ignore[attr-defined]  # read by tests of all tabs
    view.__doc__ = f"List what is kept in {tab.listing.name} of one object."
    return requires(tab.right or tab.listing.right)(view)
