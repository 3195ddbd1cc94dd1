"""One piece of work is done by one process at a time: PostgreSQL's advisory locks, which end with their connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from uuid import UUID

from django.db import connection
from django.db.utils import InterfaceError, OperationalError


@contextmanager
def only_one(work: str, piece: int | UUID = 0) -> Iterator[bool]:
    """Yield whether this process may do the work, of which `piece` names one; nobody else may meanwhile.

    Nobody waits: who comes second is told no. The lock belongs to the database session, not to a transaction, and so
    also ends with a killed process. In the same session it is granted again.
    """
    number = lock_number(work, piece)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            _let_go(number)


def lock_number(work: str, piece: int | UUID = 0) -> int:
    """Return the number of the advisory lock: 64 bits of the work's name and its piece."""
    return int.from_bytes(blake2b(f"{work}:{piece}".encode(), digest_size=8).digest(), "big", signed=True)


def _let_go(number: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    except (InterfaceError, OperationalError):
        connection.close()  # the session is gone or broken, and its locks go with it
