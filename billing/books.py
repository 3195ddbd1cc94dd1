"""The books have a day (decision 31): nothing is done on an account on a day before the last one that was carried out.

The clock is read at the edge, before the account is locked. What the lock reveals may be of a later day: a night, or a
request that was read after midnight, came first. Whoever acts then acts on that later day.
"""

from collections.abc import Collection
from datetime import date

from django.db import connection

from billing.models import BooksDay
from core.prepared import Asked, Prepared

OPEN = """
    INSERT INTO billing_booksday AS books (account_id, day)
    SELECT account_id, %s::date FROM unnest(%s::bigint[]) AS account(account_id) ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET day = GREATEST(books.day, EXCLUDED.day)
    RETURNING account_id, day
"""


def open_days(account_ids: Collection[int], today: date) -> dict[int, date]:
    """Open `today` in the books of the accounts; return, by account, the day to act on: `today`, or a later one.

    The accounts are locked by the caller. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [today, list(account_ids)])
        return dict(cursor.fetchall())


def day_of(account_id: int, today: date) -> date:
    """Return the day to act on for an account, without opening it: `today`, or the later one of its books."""
    return max([today, *_OPENED(account=account_id)])


_OPENED = Prepared(lambda: BooksDay.objects.filter(account=Asked("account")).values_list("day", flat=True))
