"""The journal of exchanges as rows, written at once: also when the transaction around a question is rolled back."""

from django.conf import settings
from django.db import connection

from vendors.http import Exchange
from vendors.models import VendorExchange


class RowJournal:
    """Writes exchanges as VendorExchange rows of a connection and an operation (either may be missing)."""

    def __init__(self, *, connection_id: int | None, operation_id: object = None) -> None:
        self.connection_id = connection_id
        self.operation_id = operation_id

    def write(self, exchange: Exchange) -> None:
        """Write the line, committed when this returns."""
        row = VendorExchange(connection_id=self.connection_id, operation_id=self.operation_id, **vars(exchange))
        if connection.in_atomic_block and not settings.VENDOR_CALLS_INSIDE_TRANSACTIONS:
            _write_apart(row)
        else:
            row.save(force_insert=True)


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
