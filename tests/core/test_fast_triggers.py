"""The cost of a row trigger does not grow with the rows of its transaction: no trigger opens a subtransaction."""

import pghistory
import pgtrigger
import pytest
from django.db import connection
from pghistory.models import Context

from accounts.models import Account
from core.fast_triggers import FUNCTIONS, make_fast
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db

CATCHING = r"""
    SELECT DISTINCT proc.proname FROM pg_proc proc JOIN pg_namespace space ON space.oid = proc.pronamespace
    WHERE space.nspname = 'public' AND proc.prosrc ~* 'exception\s+when'
"""
SOURCES = "SELECT prosrc FROM pg_proc WHERE proname = ANY(%s)"


def asked(statement: str, *parameters: object) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def test_no_function_of_the_database_catches_errors() -> None:
    """A block that catches is a subtransaction. Seen before, of 1,000, 2,000, 4,000, 8,000 rows of one statement, in
    processor seconds of PostgreSQL: accounts 0.13, 0.27, 0.91, 2.96; payments and postings 0.45, 1.13, 4.29, 16.2.
    """
    assert asked(CATCHING) == []


def test_the_packages_functions_are_mended_after_every_migrate_that_writes_them_again() -> None:
    Context.install_pgh_attach_context_func(using="default")
    pgtrigger.install("accounts.Account:touch_updated_at")
    assert sorted(asked(CATCHING)) == sorted(FUNCTIONS)
    make_fast(using="default")
    assert asked(CATCHING) == []
    assert len(asked(SOURCES, list(FUNCTIONS))) == 2


def test_a_trigger_is_passed_by_when_it_is_named_and_only_then() -> None:
    account = cast.account()
    before = Account.objects.get(pk=account.pk).updated_at
    with pgtrigger.ignore("accounts.Account:touch_updated_at"):
        Account.objects.filter(pk=account.pk).update(city="Mogilev")
    assert Account.objects.get(pk=account.pk).updated_at == before
    Account.objects.filter(pk=account.pk).update(city="Brest")
    assert Account.objects.get(pk=account.pk).updated_at > before


def test_a_row_of_history_knows_its_context_where_there_is_one() -> None:
    account = cast.account()
    with pghistory.context(user=17):
        Account.objects.filter(pk=account.pk).update(city="Mogilev")
    with pghistory.context(user=18):
        Account.objects.filter(pk=account.pk).update(city="Gomel")
        with pghistory.context(url="/again"):  # more is said of the same context
            Account.objects.filter(pk=account.pk).update(city="Grodno")
    Account.objects.filter(pk=account.pk).update(city="Brest")  # the setting is there, and empty, in this session
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
    Account.objects.filter(pk=account.pk).update(city="Vitebsk")
    kept = account.events.order_by("pgh_id").filter(pgh_label="update").select_related("pgh_context")
    said = [(event.city, event.pgh_context and event.pgh_context.metadata) for event in kept]
    assert said[0] == ("Mogilev", {"user": 17})
    assert said[1:3] == [("Gomel", {"user": 18, "url": "/again"}), ("Grodno", {"user": 18, "url": "/again"})]
    assert said[4] == ("Vitebsk", None)
