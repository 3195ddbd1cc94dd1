"""The pages of lists: show_list() for a list anywhere, list_view() for a list with an address of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import Refused
from core.lists import preferences
from core.lists.download import answer_export, answer_file, exports_of, may_have
from core.lists.listing import LISTINGS, PAGE_SIZES, Asker, Listing, listing_named, narrowed_by
from core.lists.models import ExportState, ListExport, ListPreference, SavedView
from core.lists.reading import Asked, page_of
from core.lists.state import OPEN, SIZE, VIEW, ListState, filters_of, state_of
from core.panel.asking import PanelRequest
from core.panel.page import Button, Page

Answer = Callable[..., HttpResponseBase]


def list_view(
    listing: Listing,
    *,
    buttons: Callable[[PanelRequest], tuple[Button, ...]] | None = None,
    template: str = "lists/page.html",
    context: Callable[[PanelRequest], Mapping[str, Any]] | None = None,
) -> Answer:
    """Return a view that shows the list under its own title, to who has its right."""

    def view(request: PanelRequest) -> HttpResponseBase:
        page = Page(title=listing.title, buttons=buttons(request) if buttons else ())
        return show_list(request, listing, page=page, template=template, context=context(request) if context else {})

    return view


def show_list(
    request: PanelRequest,
    listing: Listing,
    *,
    page: Page,
    narrow: Mapping[str, Any] | None = None,
    template: str = "lists/page.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Answer with the list inside the page; `narrow` keeps it to the rows of one object (fields and plain values).

    Everything that the list can do (choices of columns, views, exports) is posted to the same address.
    """
    actor = request.actor
    if actor is None or not actor.may(listing.right):
        raise PermissionDenied
    narrowed_to = narrowed_by(narrow)
    preference = preferences.preference_of(actor.user, listing)
    state = state_of(listing, request.GET, page_size=preference.page_size)
    if request.method == "POST":
        return _post(request, listing, state, narrowed_to)
    if SIZE in request.GET and state.size != preference.page_size and actor.impersonator is None:
        preference = preferences.choose_page_size(actor=actor, listing=listing, page_size=state.size)
    asker = Asker(actor=actor, today=timezone.localdate())
    visible = listing.rows(actor).filter(**narrowed_to) if narrowed_to else listing.rows(actor)
    views = list(preferences.views_of(actor.user, listing))
    view = preferences.view_numbered(views, state.view)
    asked = Asked(listing, visible, state, asker, preferences.shown_in(preference, view), path=request.path)
    values = {**_around(request, asked, views, view), "page": page, **(context or {})}
    answer = render(request, "lists/list.html" if _only_the_list(request) else template, values)
    patch_vary_headers(answer, ["HX-Request", "HX-Target"])
    return answer


def _around(request: PanelRequest, asked: Asked, views: list[SavedView], view: SavedView | None) -> dict[str, Any]:
    """Return what templates/lists/list.html shows: the page of the list and what may be chosen around it."""
    listing, shown = asked.listing, page_of(asked)
    return {
        "listing": listing,
        "list": shown,
        "state": asked.state,
        "sizes": PAGE_SIZES,
        "views": views,
        "view": view,
        **_choices(listing, asked.preference, {chip.name for chip in shown.chips}),
        "may_export": request.actor.may(listing.export_right),
        "address": request.get_full_path(),
    }


def _choices(listing: Listing, preference: ListPreference, on_page: set[str]) -> dict[str, Any]:
    """Return what the person may choose of: filters that are not on the page, filters kept, columns."""
    filters = filters_of(listing)
    chosen = [column.name for column in listing.columns_for(preference.columns)]
    columns = {column.name: column for column in listing.columns}
    kept = list(preference.filters or listing.filters_shown)
    return {
        "more_filters": [(name, one.label) for name, one in filters.items() if name not in on_page],
        "pinned_filters": _ticked(kept, filters, lambda one: one.label),
        "column_choices": _ticked(chosen, columns, lambda one: one.title),
    }


@require_safe
def export(request: PanelRequest, pk: int) -> HttpResponse:
    """Show how far an export of the person is; the page asks again by itself until it is ready."""
    row = _export(request, pk)
    listing = LISTINGS.get(row.listing)  # none where the list went away meanwhile: then the export says that it failed
    fragment = bool(request.htmx) and not request.htmx.history_restore_request
    template = "lists/export_progress.html" if fragment else "lists/export.html"
    waits = row.state in (ExportState.WAITING, ExportState.RUNNING)
    share = min(100 * row.rows_written // row.rows_expected, 99) if row.rows_expected else 0
    context = {"page": Page(title=_("Export")), "export": row, "listing": listing, "waits": waits, "share": share}
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
def export_file(request: PanelRequest, pk: int) -> HttpResponseBase:
    """Answer with the file of an export of the person."""
    row = _export(request, pk, state=ExportState.READY)
    try:
        return answer_file(row, listing_named(row.listing))
    except FileNotFoundError:
        raise Http404 from None


def _export(request: PanelRequest, pk: int, **states: str) -> ListExport:
    if request.actor is None:
        raise PermissionDenied
    row: ListExport = get_object_or_404(exports_of(request.actor), pk=pk, **states)
    if not may_have(request.actor, row):
        raise Http404
    return row


def _ticked(chosen: list[str], offered: Mapping[str, Any], label: Callable[[Any], object]) -> list[dict[str, Any]]:
    """Return the chosen ones in their order, ticked, then the others."""
    names = [name for name in chosen if name in offered]
    names += [name for name in offered if name not in names]
    return [{"name": name, "label": label(offered[name]), "chosen": name in chosen} for name in names]


def _only_the_list(request: PanelRequest) -> bool:
    htmx = request.htmx
    return bool(htmx) and htmx.target == "list" and not htmx.history_restore_request


def _post(request: PanelRequest, listing: Listing, state: ListState, narrow: dict[str, Any]) -> HttpResponseBase:
    do = request.POST.get("do", "")
    try:
        if do == "export":
            return answer_export(request, listing, state, narrow, today=timezone.localdate())
        if request.actor.impersonator is not None:
            raise OwnChoices(
                _("Columns, filters and views are the person's own: they stay as they are while you are signed in.")
            )
        _DEEDS[do](request, listing, state)
    except KeyError:
        messages.error(request, _("This list cannot do that. Reload the page and try again."))
    except Refused as no:
        messages.error(request, str(no))
    return HttpResponseRedirect(_where_it_stood(request, do))


def _where_it_stood(request: PanelRequest, do: str) -> str:
    """Return the list's address after a choice: as it was, but for what the choice itself took away or made."""
    address = request.GET.copy()
    address.pop(OPEN, None)
    if do == "restore":
        address.pop(VIEW, None)
    return f"{request.path}?{address.urlencode()}" if address else request.path


class OwnChoices(Refused):
    """A manager who is signed in as somebody changes none of that person's choices."""

    code = "own_choices"


def _columns(request: PanelRequest, listing: Listing, state: ListState) -> None:
    names = _moved(request.POST.getlist("order"), request.POST.get("move", ""))
    ticked = set(request.POST.getlist("columns"))
    columns = [name for name in names if name in ticked]
    preferences.choose_columns(actor=request.actor, listing=listing, columns=columns, view=state.view)


def _filters(request: PanelRequest, listing: Listing, state: ListState) -> None:
    names = _moved(request.POST.getlist("order"), request.POST.get("move", ""))
    ticked = set(request.POST.getlist("filters"))
    preferences.choose_filters(actor=request.actor, listing=listing, filters=[name for name in names if name in ticked])


def _restore(request: PanelRequest, listing: Listing, state: ListState) -> None:
    preferences.restore_defaults(actor=request.actor, listing=listing)


def _save_view(request: PanelRequest, listing: Listing, state: ListState) -> None:
    name, query = request.POST.get("name", ""), state.parameters(**{VIEW: ""})
    shown = preferences.columns_shown(request.actor, listing, state.view)
    view = preferences.save_view(actor=request.actor, listing=listing, name=name, query=query, columns=shown)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})


def _delete_view(request: PanelRequest, listing: Listing, state: ListState) -> None:
    preferences.delete_view(actor=request.actor, listing=listing, name=request.POST.get("name", ""))


_DEEDS = {
    "columns": _columns,
    "filters": _filters,
    "restore": _restore,
    "save_view": _save_view,
    "delete_view": _delete_view,
}


def _moved(names: list[str], move: str) -> list[str]:
    """Return the names with one of them a place up or down: the buttons of a browser without scripts."""
    name, _colon, direction = move.partition(":")
    if name not in names:
        return names
    at = names.index(name)
    to = at - 1 if direction == "up" else at + 1
    if 0 <= to < len(names):
        names[at], names[to] = names[to], names[at]
    return names
