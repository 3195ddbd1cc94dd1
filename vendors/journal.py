"""The journal of exchanges as rows, written at once: also when the transaction around a question is rolled back."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from vendors.http import Exchange
from vendors.models import UNFINISHED, VendorExchange, VendorOperation

AT_ONCE = 1000


class RowJournal:
    """Writes exchanges as VendorExchange rows of a connection and an operation (either may be missing)."""

    def __init__(self, *, connection_id: int | None, operation_id: object = None) -> None:
        self.connection_id = connection_id
        self.operation_id = operation_id

    def write(self, exchange: Exchange) -> None:
        """Write the line, committed when this returns."""
        told = {name: _storable(value) for name, value in vars(exchange).items()}
        row = VendorExchange(connection_id=self.connection_id, operation_id=self.operation_id, **told)
        if connection.in_atomic_block and not settings.VENDOR_CALLS_INSIDE_TRANSACTIONS:
            _write_apart(row)
        else:
            row.save(force_insert=True)


def _storable(value: Any) -> Any:
    """Return what a vendor said as the database can keep it: a foreign byte is no reason to lose the line."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    return value


def forget_old_exchanges(*, now: datetime, days: int, at_once: int = AT_ONCE) -> int:
    """Remove the lines that are older than `days`, but those of operations that are not finished; return how many.

    Walks from the oldest line, `at_once` of them in a statement and a transaction of their own: killed anywhere, the
    next night goes on. Ends at the first window with nothing old in it, so that a young journal is never read through.
    """
    border, last, forgotten = now - timedelta(days=days), 0, 0
    unfinished = VendorOperation.objects.filter(pk=OuterRef("operation_id"), state__in=UNFINISHED)
    while True:
        window = list(VendorExchange.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "at")[:at_once])
        old = [pk for pk, at in window if at < border]
        if not old:
            return forgotten
        removed, _by_model = VendorExchange.objects.filter(~Exists(unfinished), pk__in=old).delete()
        forgotten += removed
        last = window[-1][0]


def _write_apart(row: VendorExchange) -> None:
    """Insert through a connection of its own, for a caller whose transaction may never be committed."""
    apart = connection.copy()
    try:
        fields = [
            field for field in VendorExchange._meta.concrete_fields if not field.primary_key and field.name != "at"
        ]
        columns = ", ".join(apart.ops.quote_name(field.column) for field in fields)
        values = [field.get_db_prep_save(getattr(row, field.attname), apart) for field in fields]
        places = ", ".join(["%s"] * len(fields))
        with apart.cursor() as cursor:
            cursor.execute(f"INSERT INTO {VendorExchange._meta.db_table} ({columns}) VALUES ({places})", values)  # noqa: S608  # names are ours
    finally:
        apart.close()
