"""One process at a time does a piece of work, and a lock never outlives its process."""

import time
from uuid import UUID

import psycopg2
import pytest
from django.db import connection

from core.only_one import lock_number, only_one

LOCKS = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = %s AND datname = current_database()
"""


def other_session():
    facts = connection.get_connection_params()
    facts.pop("cursor_factory", None)
    return psycopg2.connect(**{key: value for key, value in facts.items() if key != "context"})


def ask(session) -> bool:
    cursor = session.cursor()
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock_number("files", 7)])
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
    end(other, lock_number("files", 7))  # as a killed worker's
    with only_one("files", 7) as ours:
        assert ours is True
        third = other_session()
        assert not ask(third)
        third.close()
    assert locks(lock_number("files", 7)) == 0


@pytest.mark.django_db
def test_the_lock_is_let_go_when_the_work_fails():
    with pytest.raises(ZeroDivisionError), only_one("files", 7):
        _ = 1 / 0
    other = other_session()
    assert ask(other)
    other.close()


def test_works_and_their_pieces_have_numbers_of_their_own():
    one, other = (UUID(int=number) for number in (1, 2))
    numbers = [lock_number(*of) for of in (("files",), ("files", 7), ("night", 7), ("files", one), ("files", other))]
    assert len(set(numbers)) == 5
    assert lock_number("files") == lock_number("files", 0)
    assert all(-(2**63) <= number < 2**63 for number in numbers)
