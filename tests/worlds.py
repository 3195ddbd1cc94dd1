"""Rows that are made once for a file of tests and rolled back after it; what a test does to them ends with the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests import remembering


@contextmanager
def kept(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep what is written in a with block for the tests that run inside it: each of them is a savepoint of its own.

    For fixtures of a wider scope than a test, which ask for django_db_setup. What they yield is seen by every test:
    a fixture of the test's own hands out a deep copy where tests change the objects.
    """
    with blocker.unblock(), transaction.atomic(), remembering.another_base():
        yield
        transaction.set_rollback(True)
