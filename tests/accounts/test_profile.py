"""What people change about themselves; the API token is shown once and stored as a hash."""

import hashlib
import re
from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.actors import Forbidden, MayNotAct
from accounts.models import UserStatus
from accounts.profile import (
    ProfileRefused,
    TokenUnknown,
    actor_of_token,
    change_own_profile,
    choose_language_and_theme,
    regenerate_api_token,
)
from core.history import history_of
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_a_token_is_22_url_safe_characters_and_only_its_hash_is_stored():
    actor = make.manager_actor()
    token = regenerate_api_token(actor=actor, now=NOW)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    actor.user.refresh_from_db()
    assert actor.user.api_token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert actor.user.api_token_created_at == NOW
    with connection.cursor() as cursor:
        for table in ("accounts_user", "accounts_userevent"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 - a literal above
            assert token not in cursor.fetchone()[0]


def test_a_token_opens_the_api_for_its_manager():
    manager = make.manager_actor(reseller=make.reseller())
    actor = actor_of_token(regenerate_api_token(actor=manager, now=NOW))
    assert (actor.user, actor.reseller, actor.role, actor.via_api) == (manager.user, manager.reseller, "admin", True)


def test_regenerating_kills_the_old_token_at_once():
    manager = make.manager_actor()
    old = regenerate_api_token(actor=manager, now=NOW)
    new = regenerate_api_token(actor=manager, now=NOW)
    with pytest.raises(TokenUnknown):
        actor_of_token(old)
    assert actor_of_token(new).user == manager.user


@pytest.mark.parametrize("token", ["", "x" * 22, "é"])
def test_an_unknown_token_is_refused(token):
    make.manager()
    with pytest.raises(TokenUnknown):
        actor_of_token(token)


def test_a_blocked_managers_token_is_refused():
    manager = make.manager_actor()
    token = regenerate_api_token(actor=manager, now=NOW)
    manager.user.status = UserStatus.INACTIVE
    manager.user.save()
    with pytest.raises(MayNotAct):
        actor_of_token(token)


def test_customers_have_no_token():
    with pytest.raises(Forbidden):
        regenerate_api_token(actor=make.customer_actor(account=make.account()), now=NOW)


def test_a_renewed_token_shows_in_the_log_without_its_value():
    actor = make.manager_actor()
    token = regenerate_api_token(actor=actor, now=NOW)
    newest, _created = history_of(actor.user)
    assert newest.text == "API token: changed"
    assert token not in newest.text


def test_people_change_their_own_name_and_phone():
    actor = make.customer_actor(account=make.account())
    change_own_profile(actor=actor, values={"name": " Ann ", "phone": "+375290000000"})
    actor.user.refresh_from_db()
    assert (actor.user.name, actor.user.phone) == ("Ann", "+375290000000")
    with pytest.raises(ProfileRefused) as refusal:
        change_own_profile(actor=actor, values={"name": " "})
    assert refusal.value.field == "name"


@pytest.mark.parametrize("field", ["role", "status", "email", "reseller"])
def test_nobody_changes_the_own_role_status_or_login(field):
    with pytest.raises(ValueError, match=field):
        change_own_profile(actor=make.manager_actor(), values={field: "admin"})


def test_language_and_theme_are_kept_apart():
    user = make.manager()
    choose_language_and_theme(user=user, language="ru")
    choose_language_and_theme(user=user, theme="dark")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("ru", "dark")
    with pytest.raises(ProfileRefused) as refusal:
        choose_language_and_theme(user=user, language="tlh")
    assert refusal.value.field == "language"
    with pytest.raises(ProfileRefused) as refusal:
        choose_language_and_theme(user=user, theme="pink")
    assert refusal.value.field == "theme"
