"""Sessions at rest: sealed, and under a hash of the key that the browser has."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as running
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.sessions import SessionStore, stored_key
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
SEED = "JBSWY3DPEHPK3PXP"


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row::text, ' ') FROM django_session row")
        return cursor.fetchone()[0]


def test_what_a_session_holds_comes_back_and_is_not_stored_in_clear() -> None:
    session = SessionStore()
    session["mfa.totp.secret"] = SEED
    session.create()
    assert SessionStore(session.session_key)["mfa.totp.secret"] == SEED
    assert SEED not in stored()
    assert session.session_key not in stored()
    assert Session.objects.get().session_key == stored_key(session.session_key)


def test_a_stored_hash_opens_no_session() -> None:
    session = SessionStore()
    session.create()
    assert SessionStore().exists(session.session_key)
    assert not SessionStore().exists(stored_key(session.session_key))
    thief = SessionStore(stored_key(session.session_key))
    assert thief.load() == {}
    assert thief.session_key is None


def test_a_session_under_a_key_that_is_gone_counts_as_signed_out(settings: Any) -> None:
    session = SessionStore()
    session["known"] = "yes"
    session.create()
    settings.SECRETS_KEYS = [f"next:{Fernet.generate_key().decode()}"]
    assert dict(SessionStore(session.session_key).items()) == {}


def test_a_person_signs_in_and_out(client: Client) -> None:
    person = cast.manager()
    client.post("/accounts/login/", {"login": person.email, "password": cast.PASSWORD})
    key = client.cookies[running.SESSION_COOKIE_NAME].value
    assert SessionStore(key)["_auth_user_id"] == str(person.pk)
    client.post("/accounts/logout/")
    assert not SessionStore().exists(key)


def test_nothing_is_stored_asynchronously() -> None:
    with pytest.raises(NotImplementedError):
        SessionStore().acreate_model_instance({}).send(None)
