"""One process at a time does a piece of work, and a lock never outlives its process."""

import time

import psycopg2
import pytest
from django.db import connection

from core.only_one import only_one

LOCKS = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND objid = %s AND datname = current_database()
"""


def other_session():
    facts = connection.get_connection_params()
    facts.pop("cursor_factory", None)
    return psycopg2.connect(**{key: value for key, value in facts.items() if key != "context"})


def ask(session) -> bool:
    cursor = session.cursor()
    cursor.execute("SELECT pg_try_advisory_lock(hashtext('files'), 7)")
    return cursor.fetchone()[0]


def locks(number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOCKS, [number])
        return cursor.fetchone()[0]


def end(session, number: int) -> None:
    """End the session, and wait until the server has seen it: it lets the lock go a moment later."""
    session.close()
    deadline = time.monotonic() + 10
    while locks(number) and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.django_db
def test_who_comes_second_is_told_no_and_what_died_lets_go():
    other = other_session()
    assert ask(other)
    with only_one("files", 7) as ours:
        assert ours is False
    end(other, 7)  # as a killed worker's
    with only_one("files", 7) as ours:
        assert ours is True
        third = other_session()
        assert not ask(third)
        third.close()
    assert locks(7) == 0


@pytest.mark.django_db
def test_the_lock_is_let_go_when_the_work_fails():
    with pytest.raises(ZeroDivisionError), only_one("files", 7):
        _ = 1 / 0
    other = other_session()
    assert ask(other)
    other.close()
