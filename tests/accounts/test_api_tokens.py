"""API tokens: scopes, expiry, names, one hash, one place that says what they open, and all that makes them useless."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from accounts.actors import Forbidden, MayNotAct
from accounts.api_tokens import (
    TokenRefused,
    TokenUnknown,
    actor_of_token,
    api_tokens_of,
    create_api_token,
    revoke_api_token,
    revoke_tokens_of,
)
from accounts.models import ApiToken, TokenScope, UserStatus
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def token_for(actor, **more) -> tuple[ApiToken, str]:
    return create_api_token(**{"actor": actor, "name": "Shop", "now": NOW, **more})


def test_a_token_is_22_url_safe_characters_and_only_its_hash_is_stored():
    row, token = token_for(make.manager_actor())
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    row.refresh_from_db()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    with connection.cursor() as cursor:
        for table in ("accounts_apitoken", "accounts_apitokenevent"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 - a literal above
            kept = cursor.fetchone()[0]
            assert token not in kept
            assert (row.token_hash in kept) == (table == "accounts_apitoken")


def test_a_token_opens_the_api_for_its_manager_within_its_scopes():
    manager = make.manager_actor(reseller=make.reseller())
    actor = actor_of_token(token_for(manager, scopes=["money", "read"])[1], now=NOW)
    assert (actor.user, actor.reseller, actor.role, actor.via_api) == (manager.user, manager.reseller, "admin", True)
    assert actor.scopes == {"read", "money"}
    assert (manager.scopes, manager.via_api) == (None, False)


def test_a_manager_has_several_tokens_by_name_and_revokes_one_of_them():
    manager = make.manager_actor()
    shop, first = token_for(manager)
    _books, second = token_for(manager, name="Books")
    revoke_api_token(actor=manager, token=shop, now=NOW)
    with pytest.raises(TokenUnknown):
        actor_of_token(first, now=NOW)
    assert actor_of_token(second, now=NOW).user == manager.user
    assert [row.name for row in api_tokens_of(manager)] == ["Books"]
    with pytest.raises(TokenRefused):
        revoke_api_token(actor=manager, token=shop, now=NOW)
    with pytest.raises(TokenRefused):
        revoke_api_token(actor=make.manager_actor(), token=_books, now=NOW)


def test_a_token_ends_by_itself():
    manager = make.manager_actor()
    _row, token = token_for(manager, expires_at=NOW + timedelta(days=10))
    assert actor_of_token(token, now=NOW + timedelta(days=10) - timedelta(seconds=1)).user == manager.user
    with pytest.raises(TokenUnknown, match="expired"):
        actor_of_token(token, now=NOW + timedelta(days=10))


def test_by_default_it_ends_when_the_longest_life_does(settings):
    settings.API_TOKEN_DAYS = 30
    assert token_for(make.manager_actor())[0].expires_at == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "everything"]}, "scopes"),
        ({"expires_at": NOW}, "expires_on"),
        ({"expires_at": NOW + timedelta(days=366)}, "expires_on"),
    ],
)
def test_what_is_refused_is_refused_at_its_field(given, field):
    with pytest.raises(TokenRefused) as refusal:
        token_for(make.manager_actor(), **given)
    assert refusal.value.field == field


def test_two_tokens_in_use_have_two_names():
    manager = make.manager_actor()
    row, _token = token_for(manager)
    with pytest.raises(TokenRefused):
        token_for(manager)
    revoke_api_token(actor=manager, token=row, now=NOW)
    token_for(manager)
    token_for(make.manager_actor())


@pytest.mark.parametrize("token", ["", "x" * 22, "é", "\udce9"])
def test_an_unknown_token_is_refused(token):
    make.manager()
    with pytest.raises(TokenUnknown):
        actor_of_token(token, now=NOW)


def test_a_blocked_managers_token_is_refused():
    manager = make.manager_actor()
    _row, token = token_for(manager)
    manager.user.status = UserStatus.INACTIVE
    manager.user.save()
    with pytest.raises(MayNotAct):
        actor_of_token(token, now=NOW)


def test_all_tokens_of_a_person_are_revoked_at_once():
    manager, other = make.manager_actor(), make.manager_actor()
    tokens = [token_for(manager, name=name)[1] for name in ("one", "two")]
    kept = token_for(other)[1]
    assert revoke_tokens_of(manager.user) == 2
    for token in tokens:
        with pytest.raises(TokenUnknown):
            actor_of_token(token, now=NOW)
    assert actor_of_token(kept, now=NOW).user == other.user


def test_customers_have_no_token():
    customer = make.customer_actor(account=make.account())
    with pytest.raises(Forbidden):
        token_for(customer)
    assert list(api_tokens_of(customer)) == []


def test_the_last_use_is_written_every_few_minutes_and_with_a_new_address_at_once(django_assert_num_queries):
    row, token = token_for(make.manager_actor(), scopes=list(TokenScope.values))

    def used(minutes: float, address: str) -> tuple[datetime, str]:
        actor_of_token(token, now=NOW + timedelta(minutes=minutes), address=address)
        row.refresh_from_db()
        return row.last_used_at, row.last_used_address

    assert used(0, "203.0.113.1") == (NOW, "203.0.113.1")
    with django_assert_num_queries(2):
        assert used(4, "203.0.113.1") == (NOW, "203.0.113.1")
    assert used(4, "203.0.113.2") == (NOW + timedelta(minutes=4), "203.0.113.2")
    assert used(10, "203.0.113.2") == (NOW + timedelta(minutes=10), "203.0.113.2")


def test_the_one_token_that_a_manager_had_is_carried_over():
    mary, ann = make.manager(), make.manager()
    migration = import_module("accounts.migrations.0004_api_tokens_are_rows").Migration
    carrying = migration.operations[-1]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_user ADD api_token_hash varchar(64), ADD api_token_created_at timestamptz")
        cursor.execute("UPDATE accounts_user SET api_token_hash = %s WHERE id = %s", ["a" * 64, mary.pk])
    with connection.schema_editor(atomic=False) as editor:
        carrying.database_forwards("accounts", editor, None, None)
    token = ApiToken.objects.get()
    assert (token.manager, token.token_hash, token.scopes) == (mary, "a" * 64, ["read"])
    assert timedelta(days=364) < token.expires_at - datetime.now(UTC) <= timedelta(days=365)
    assert not ann.api_tokens.exists()
