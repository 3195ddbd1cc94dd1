"""A list written to a file by a worker, with its progress kept in the row of the export."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone, translation

from core.errors import Refused
from core.lists.files import FileColumn, file_columns
from core.lists.listing import Asker, Listing, listing_named
from core.lists.models import ExportFormat, ExportState, ListExport
from core.lists.preferences import preference_of
from core.lists.reading import narrow, order_of
from core.lists.signals import export_finished
from core.lists.state import ListState, state_of
from core.only_one import only_one
from core.spreadsheet import csv_lines, write_xlsx

CHUNK = 2_000
KEPT = timedelta(days=7)
# An export shows progress every CHUNK rows; a worker that shows none for so long is asked after.
LEFT_AFTER = timedelta(seconds=60)
# An export that takes its worker along is rare; days on which workers and PostgreSQL die in rows are not: seen, five
# deaths of one small export within ten minutes of blows.
LAST_ATTEMPT = 10
ENDED = (ExportState.READY, ExportState.FAILED)
# Why an export was not written that its person could no longer have.
RIGHTS_CHANGED = "RightsChanged"


class NoLongerAllowed(Refused):
    """Who asked for the export could not ask for it now."""

    code = "export_no_longer_allowed"


def carry_out(*, export: ListExport, now: datetime) -> ListExport:
    """Write the file of an export that waits, or that a killed worker left; one that has ended stays as it is.

    One worker at a time writes it. Whatever goes wrong is written into the row and raised on, so that the person and
    the log both hear of it; an export whose workers have died LAST_ATTEMPT times is given up.
    """
    with only_one("list export", export.pk) as ours:
        export.refresh_from_db()
        if not ours or export.state in ENDED:
            return export
        if export.attempts >= LAST_ATTEMPT:
            return _finish(export, now, state=ExportState.FAILED, failure="WorkerLost")
        return _attempt(export, now)


def asked_by(actor: Any) -> dict[str, Any]:
    """Return the columns of an export that say who asked for it."""
    return {
        "user": actor.user, "acting_for": actor.acting_for, "impersonator": actor.impersonator, "sight": actor.sight,
    }  # fmt: skip


def still_allowed(export: ListExport, listing: Listing, actor: Any) -> bool:
    """Return whether the actor acts and sees as who asked for the export did, and has the rights for it."""
    rights = actor.may(listing.right) and actor.may(listing.export_right)
    return bool(rights and export.sight == actor.sight and actor.still_sees(export.accounts_seen))


def left_behind(*, now: datetime) -> list[int]:
    """Return the exports that have waited, or shown no progress, for LEFT_AFTER: handed out, or begun, in vain.

    They are noted as handed out now, so that the next look does not name them at once again.
    """
    left = ListExport.objects.exclude(state__in=ENDED).filter(updated_at__lt=now - LEFT_AFTER)
    ids = list(left.order_by("pk").values_list("pk", flat=True))
    ListExport.objects.filter(pk__in=ids).update(updated_at=now)
    return ids


def _attempt(export: ListExport, now: datetime) -> ListExport:
    ListExport.objects.filter(pk=export.pk).update(
        state=ExportState.RUNNING, rows_written=0, failure="", attempts=F("attempts") + 1
    )
    path = file_path(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each attempt: a task that was given out twice does not write into the other's file.
    half = path.with_name(f"{path.name}.{uuid4().hex}.half")
    try:
        with translation.override(export.language):
            written = _write(export, half, now)
        half.replace(path)
    except Refused:
        half.unlink(missing_ok=True)
        return _finish(export, now, state=ExportState.FAILED, failure=RIGHTS_CHANGED)
    except Exception as error:
        half.unlink(missing_ok=True)
        _finish(export, now, state=ExportState.FAILED, failure=type(error).__name__)
        raise
    return _finish(export, now, state=ExportState.READY, rows_written=written, file=path.name)


def forget_old_exports(*, now: datetime) -> int:
    """Delete the exports that are older than KEPT, with their files, and what killed workers left; return how many."""
    old = ListExport.objects.filter(created_at__lt=now - KEPT)
    files = [file_path(export) for export in old]
    folder = Path(settings.MEDIA_ROOT) / "exports"
    oldest = (now - KEPT).timestamp()
    files += [half for half in folder.glob("*.half") if half.stat().st_mtime < oldest]
    for file in files:
        file.unlink(missing_ok=True)
    deleted, _by_model = old.delete()
    return deleted


def file_path(export: ListExport) -> Path:
    """Return where the export's file lies; no address leads there."""
    return Path(settings.MEDIA_ROOT) / "exports" / f"{export.pk}.{export.format}"


def _write(export: ListExport, path: Path, now: datetime) -> int:
    listing = listing_named(export.listing)
    actor = listing.actor_of(export.user, impersonator=export.impersonator, **export.acting_for)
    if not still_allowed(export, listing, actor):
        raise NoLongerAllowed(RIGHTS_CHANGED)
    export.accounts_seen = actor.accounts_seen()
    ListExport.objects.filter(pk=export.pk).update(accounts_seen=export.accounts_seen)
    asker = Asker(actor=actor, today=timezone.localtime(now).date())
    query = QueryDict(export.query.removeprefix("?"))
    state = state_of(listing, query, page_size=preference_of(export.user, listing).page_size)
    rows = rows_to_write(listing, state, asker, export.narrow)
    columns = listing.columns_for(export.columns)
    written = file_columns(rows, columns)
    values = cells_of(listing, rows, written, progress=lambda count: _tell(export, count))
    titles = [column.title for column in written]
    if export.format == ExportFormat.CSV:
        counted = _Counted(values)
        with open(path, "wb") as file:
            file.writelines(csv_lines(titles, counted))
        return counted.count
    return write_xlsx(
        path, titles, values, sheet=str(listing.title), formats=[column.format for column in written],
        expected=export.rows_expected or 0,
    )  # fmt: skip


class _Counted:
    """Counts the rows that pass."""

    def __init__(self, rows: Iterator[Sequence[object]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Sequence[object]]:
        for row in self.rows:
            self.count += 1
            yield row


def rows_to_write(listing: Listing, state: ListState, asker: Asker, narrowed_to: dict[str, Any]) -> QuerySet[Any]:
    """Return what the person sees in the list, in its order: through the same query as the list itself."""
    visible = listing.rows(asker.actor).filter(**narrowed_to) if narrowed_to else listing.rows(asker.actor)
    rows = narrow(listing, visible, state, asker).rows
    return order_of(listing, state, rows).of(rows)


def cells_of(
    listing: Listing,
    rows: QuerySet[Any],
    columns: Sequence[FileColumn],
    *,
    progress: Callable[[int], None] | None = None,
) -> Iterator[list[object]]:
    """Yield the cells of each row, read through a cursor on the server some thousand rows at a time."""
    if listing.related:
        rows = rows.select_related(*listing.related)
    if listing.without:
        rows = rows.defer(*listing.without)
    read = [column.value for column in columns]
    chunk: list[Any] = []
    done = 0
    # Closing the cursor also when the reader of this generator stops early.
    reader: Any = rows.iterator(chunk_size=CHUNK)
    with contextlib.closing(reader) as found:
        for row in found:
            chunk.append(row)
            if len(chunk) == CHUNK:
                yield from _cells(listing, chunk, read)
                done += len(chunk)
                chunk = []
                if progress:
                    progress(done)
        yield from _cells(listing, chunk, read)


def _cells(listing: Listing, rows: list[Any], read: list[Callable[[Any], object]]) -> Iterator[list[object]]:
    if listing.enrich:
        listing.enrich(rows)
    for row in rows:
        yield [value(row) for value in read]


def _tell(export: ListExport, count: int) -> None:
    ListExport.objects.filter(pk=export.pk).update(rows_written=count)


def _finish(export: ListExport, now: datetime, **fields: object) -> ListExport:
    with transaction.atomic():
        ListExport.objects.filter(pk=export.pk).update(finished_at=now, **fields)
        export.refresh_from_db()
        export_finished.send(sender=ListExport, export=export)
    return export
