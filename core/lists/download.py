"""A list as a file for the browser: a small one at once, a large one through a worker."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.handover import hand_over
from core.lists.columns import Column
from core.lists.export import asked_by, cells_of, file_path, rows_to_write, still_allowed
from core.lists.files import file_columns
from core.lists.listing import LISTINGS, Asker, Listing
from core.lists.models import ExportFormat, ExportState, ListExport
from core.lists.paging import Sure, estimates
from core.lists.preferences import columns_shown
from core.lists.state import ListState
from core.lists.tasks import write_export
from core.panel.asking import PanelRequest
from core.panel.once import once
from core.spreadsheet import MIME_TYPES, csv_lines, write_xlsx

# Up to so many rows the browser waits for the file; more are written in the background.
AT_ONCE = 5_000


class NoExports(Refused):
    """The actor's role may see the list and not carry it away."""

    code = "no_exports"
    field = "format"


def answer_export(
    request: PanelRequest, listing: Listing, state: ListState, narrowed_to: dict[str, Any], *, today: date
) -> HttpResponseBase:
    """Answer with the file of the list as it stands in the address, or with the page that shows its progress."""
    wanted = request.POST.get("format", "")
    file_format = ExportFormat(wanted) if wanted in ExportFormat.values else ExportFormat.XLSX
    actor = request.actor
    if not actor.may(listing.export_right):
        raise NoExports(_("Your role may not export lists. Ask an administrator."))
    asker = Asker(actor=actor, today=today)
    rows = rows_to_write(listing, state, asker, narrowed_to)
    columns = listing.columns_for(columns_shown(actor, listing, state.view))
    (count,) = estimates([rows])
    if count.rows <= AT_ONCE and count.sure != Sure.AT_LEAST:
        return _at_once(listing, rows, columns, file_format, today)

    def started() -> str:
        export = start_export(
            actor=actor, listing=listing, query=state.parameters(), columns=columns, narrow=narrowed_to,
            file_format=file_format, rows_expected=count.rows,
        )  # fmt: skip
        return reverse("lists:export", args=[export.pk])

    return HttpResponseRedirect(once(request, started))


def start_export(
    *, actor: Any, listing: Listing, query: str, columns: Sequence[Column], narrow: dict[str, Any],
    file_format: ExportFormat, rows_expected: int,
) -> ListExport:  # fmt: skip
    """Ask a worker to write the list to a file and return the row that shows how far it is."""
    with transaction.atomic():
        export = ListExport.objects.create(
            **asked_by(actor),
            listing=listing.name,
            format=file_format,
            query=query,
            columns=[column.name for column in columns],
            narrow=narrow,
            language=translation.get_language() or settings.LANGUAGE_CODE,
            rows_expected=rows_expected,
        )
        hand_over(write_export, export_id=export.pk)
    return export


def exports_of(actor: Any) -> QuerySet[ListExport]:
    """Return the exports that the person asked for while acting as now: nobody else's can be seen or fetched."""
    own = ListExport.objects.filter(user=actor.user, impersonator=actor.impersonator)
    return own.filter(sight__startswith=f"{actor.standing}:")


def may_have(actor: Any, export: ListExport) -> bool:
    """Return whether the actor may still have the export: asked again with every look at it."""
    listing = LISTINGS.get(export.listing)  # none where the list went away meanwhile
    if listing is None or export.state == ExportState.FAILED:
        return True
    if not still_allowed(export, listing, actor):
        return False
    # An export of one object's rows goes with the sight of them.
    return not (export.narrow and export.rows_written) or listing.rows(actor).filter(**export.narrow).exists()


def answer_file(export: ListExport, listing: Listing) -> FileResponse:
    """Answer with the file of an export that is ready."""
    day = timezone.localtime(export.created_at).date()
    name = f"{_file_name(listing, day)}.{export.format}"
    return FileResponse(
        open(file_path(export), "rb"), as_attachment=True, filename=name, content_type=MIME_TYPES[export.format]
    )


def _at_once(
    listing: Listing, rows: QuerySet[Any], columns: Sequence[Column], file_format: ExportFormat, today: date
) -> HttpResponseBase:
    written = file_columns(rows, columns)
    titles = [column.title for column in written]
    values = cells_of(listing, rows, written)
    if file_format == ExportFormat.CSV:
        answer: HttpResponseBase = StreamingHttpResponse(csv_lines(titles, values))
    else:
        file = io.BytesIO()
        formats = [column.format for column in written]
        write_xlsx(file, titles, values, sheet=str(listing.title), formats=formats)
        answer = HttpResponse(file.getvalue())
    answer["Content-Type"] = MIME_TYPES[file_format]
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(listing, today)}.{file_format}"'
    return answer


def _file_name(listing: Listing, day: date) -> str:
    """Return what the file is called, so that two days' files lie side by side: payments-2026-11-28."""
    return f"{slugify(listing.name.rpartition('.')[2]) or 'list'}-{day:%Y-%m-%d}"
