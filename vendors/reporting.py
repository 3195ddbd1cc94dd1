"""Reading what a vendor reports to have been used: window by window, page by page, kept as rows.

A window's lines count once all of it was read; the bookmark of its stream moves with them, in one transaction. Killed
at any line, the window is read again from its beginning: what was kept of it counts for nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from core.errors import Refused
from core.only_one import only_one
from vendors import budget
from vendors.access import opened
from vendors.base import Connection
from vendors.capabilities import ReportsUsage, UsageLine, UsageWindow
from vendors.errors import VendorError
from vendors.models import ReportedLine, ReportedWindow, UsageBookmark, VendorConnection
from vendors.registry import plugin_for


def reports_of(connection: VendorConnection) -> ReportsUsage:
    """Return the connection's plugin, which reports what was used. Raises TypeError for one that does not."""
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, ReportsUsage):
        raise TypeError(f"the plugin {connection.plugin} reports no usage")
    return plugin


def read_windows(
    connection: VendorConnection, *, services: Sequence[Mapping[str, str]], now: datetime
) -> list[VendorError | Refused]:
    """Read the windows that are to be read now; return what kept one from being read.

    After trouble with a window its stream waits for the next time, so that no bookmark passes what is missing; other
    streams go on. One process reads a connection at a time. Raises TypeError for a plugin that reports no usage.
    """
    plugin, stuck = reports_of(connection), set[str]()
    troubles: list[VendorError | Refused] = []
    with only_one("usage reports", connection.pk) as ours:
        if not ours:
            return []
        bookmarks = dict(UsageBookmark.objects.filter(connection=connection).values_list("stream", "bookmark"))
        access = opened(connection, now=now)
        try:
            with budget.readable():
                windows: Iterable[UsageWindow] = tuple(plugin.windows(access, services, bookmarks))
        except VendorError as trouble:
            return [trouble]
        for window in windows:
            if window.stream in stuck:
                continue
            try:
                _read(connection, plugin, access, window, now)
            except (VendorError, Refused) as trouble:  # refused: a line holds what fits into no row
                stuck.add(window.stream)
                troubles.append(trouble)
    return troubles


def _read(
    connection: VendorConnection, plugin: ReportsUsage, access: Connection, window: UsageWindow, now: datetime
) -> None:
    """Read a window to its end and let this reading count. Raises VendorError where it is not to be had whole."""
    row, _new = ReportedWindow.objects.get_or_create(connection=connection, stream=window.stream, key=window.key)
    reading = row.reading + 1
    row.lines.filter(reading__gte=reading).delete()  # of a worker that was killed
    with budget.readable():
        for page in plugin.pages(access, window):
            ReportedLine.objects.bulk_create([_line(row, reading, line) for line in page])
    with transaction.atomic():
        row.reading, row.read_at, row.told = reading, now, False
        row.save()
        if window.bookmark:
            UsageBookmark.objects.update_or_create(
                connection=connection,
                stream=window.stream,
                defaults={"bookmark": window.bookmark, "moved_at": now},
            )


def _line(window: ReportedWindow, reading: int, line: UsageLine) -> ReportedLine:
    return ReportedLine(
        window=window,
        reading=reading,
        service=line.service,
        meter=line.meter,
        key=line.key,
        quantity=line.quantity,
        day=line.day,
        cost=line.cost,
        currency=line.currency,
    )
