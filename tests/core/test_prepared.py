"""A prepared query gives what its queryset would give, for whatever it is asked with."""

from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from core.among import Among
from core.prepared import Asked, Prepared
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db

BY_NAME = Prepared(lambda: Account.objects.filter(name=Asked("name"), status="active").select_related("account_class"))
AMONG = Prepared(lambda: Account.objects.filter(Among("pk", Asked("ids"))).order_by("pk").values_list("pk", "name"))
LOCKED = Prepared(lambda: Account.objects.filter(pk=Asked("pk")).select_for_update())


def test_it_gives_the_rows_of_its_queryset_each_time() -> None:
    rose, lily = cast.account(name="Rose"), cast.account(name="Lily")
    for account in (rose, lily, rose):
        (found,) = BY_NAME(name=account.name)
        assert (found, found.account_class) == (account, account.account_class)
        assert (
            found.__dict__.keys() == Account.objects.select_related("account_class").get(pk=account.pk).__dict__.keys()
        )
    assert BY_NAME(name="Nobody") == []
    assert AMONG(ids=[lily.pk, rose.pk]) == [(rose.pk, "Rose"), (lily.pk, "Lily")]
    assert AMONG(ids=[]) == []


def test_it_is_one_statement_of_the_values_told() -> None:
    account = cast.account(name="it's; --")
    with CaptureQueriesContext(connection) as captured:
        assert BY_NAME(name=account.name) == [account]
    assert len(captured) == 1
    assert "it''s; --" in captured[0]["sql"]


def test_rows_change_and_are_read_anew() -> None:
    account = cast.account(name="Rose")
    assert AMONG(ids=[account.pk]) == [(account.pk, "Rose")]
    Account.objects.filter(pk=account.pk).update(name="Lily")
    assert AMONG(ids=[account.pk]) == [(account.pk, "Lily")]


def test_a_value_that_is_not_told_is_an_error() -> None:
    with pytest.raises(KeyError):
        BY_NAME()


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    account = cast.account()
    with transaction.atomic():
        assert LOCKED(pk=account.pk) == [account]
    with pytest.raises(TransactionManagementError):
        LOCKED(pk=account.pk)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_a_connection_of_its_own() -> None:
    account, found = cast.account(name="Rose"), list[Any]()

    def ask() -> None:
        found.extend(AMONG(ids=[account.pk]))
        connection.close()

    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(account.pk, "Rose")] * 3


def test_another_connection_of_the_thread_is_followed() -> None:
    """Where a loop of events runs (Playwright's, in tests), Django has another connection in the same thread."""
    account = cast.account(name="Rose")
    assert AMONG(ids=[account.pk]) == [(account.pk, "Rose")]
    first, other = connections["default"], connections.create_connection("default")
    connections["default"] = other
    try:
        assert AMONG(ids=[account.pk]) == [], "the row is not committed"
    finally:
        other.close()
        connections["default"] = first
    assert AMONG(ids=[account.pk]) == [(account.pk, "Rose")]
