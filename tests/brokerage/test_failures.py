"""What nobody caught: busy and away are 503 with a sentence, in the API's own shape under its address."""

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client, RequestFactory

from accounts.models import Account
from brokerage import failures
from tests.core.test_only_one import other_session
from tests.factories import accounts as cast


def answered(path: str, error: Exception):
    try:
        raise error
    except Exception:  # noqa: BLE001 - as Django's own handler does
        return failures.server_error(RequestFactory().get(path))


@pytest.fixture
def locked(transactional_db):
    """A lock that somebody else holds, met by a session that does not wait for long."""
    account = cast.account()
    other = other_session()
    other.cursor().execute("SELECT 1 FROM accounts_account WHERE id = %s FOR UPDATE", [account.pk])
    yield account
    other.close()


@transaction.atomic
def _ask_for(account) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
    Account.objects.select_for_update().get(pk=account.pk)


@pytest.mark.parametrize("path", ["/operator/", "/api/v3/charges"])
def test_a_lock_that_is_not_to_be_had_is_busy_and_to_be_tried_again(locked, path):
    """Seen before: 500, and no limit at all."""
    with pytest.raises(OperationalError) as met:
        _ask_for(locked)
    answer = answered(path, met.value)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "try again in a moment" in answer.content.decode()
    assert answer["Content-Type"].startswith("application/vnd.api+json" if "/api/" in path else "text/html")


def test_a_database_that_is_away_is_said_so_in_both_shapes():
    for path, kind in (("/operator/", "text/html"), ("/api/v3/charges", "application/vnd.api+json")):
        answer = answered(path, OperationalError("could not connect"))
        assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (503, kind)


def test_anything_else_is_500_in_both_shapes():
    assert answered("/operator/", ValueError("x")).status_code == 500
    api = answered("/api/v3/charges", ValueError("secret"))
    assert (api.status_code, b"secret" in api.content, b'"errors"' in api.content) == (500, False, True)


@pytest.mark.django_db
def test_it_answers_for_an_error_in_the_middle_of_a_request(monkeypatch):
    def fail(*_: object, **__: object):
        raise OperationalError("gone")

    monkeypatch.setattr("accounts.middleware._actor", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.manager())
    assert client.get("/operator/").status_code == 503
