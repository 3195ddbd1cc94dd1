"""One piece of work is done by one process at a time: PostgreSQL's advisory locks, which end with their connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.utils import InterfaceError, OperationalError


@contextmanager
def only_one(work: str, number: int = 0) -> Iterator[bool]:
    """Yield whether this process may do the work, of which `number` names one piece; nobody else may meanwhile.

    Nobody waits: who comes second is told no. The lock belongs to the database session, not to a transaction, and so
    also ends with a killed process. In the same session it is granted again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [work, number])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            _let_go(work, number)


def _let_go(work: str, number: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [work, number])
    except (InterfaceError, OperationalError):
        connection.close()  # the session is gone or broken, and its locks go with it
