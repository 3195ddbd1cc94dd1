"""The own API tokens: shown once, listed with scopes and end, revoked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import actor_of
from accounts.api_tokens import TokenUnknown, actor_of_token, create_api_token
from accounts.models import ApiToken, User
from tests.browsing import form_of
from tests.factories import accounts as people
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_api_token_is_shown_once(client: Client, administrator: User) -> None:
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    last = timezone.localdate() + timedelta(days=30)
    entered = {"name": "Shop", "scopes": ["read", "write"], "expires_on": last.isoformat()}
    answer = client.post(page("profile_token_new"), entered)
    token = answer.context["token"]
    assert f">{token}<" in answer.content.decode()
    assert actor_of_token(token, now=timezone.now()).user == administrator
    assert timezone.localtime(ApiToken.objects.get().expires_at).date() == last + timedelta(days=1)
    profile = client.get(page("profile"))
    assert token not in profile.content.decode()
    assert "Shop" in text_of(profile)
    assert "read, write" in text_of(profile)
    assert answer.headers["Cache-Control"].count("no-store") == 1


def test_the_same_token_asked_for_twice_is_one_token(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    last = timezone.localdate() + timedelta(days=30)
    entered = {"name": "Shop", "scopes": ["read"], "expires_on": last.isoformat()}
    asked = form_of(client.get(page("profile_token_new")), holding="name")
    shown = asked.send(client, **entered).context["token"]
    again = asked.send(client, **entered)
    assert (again.status_code, again.url) == (302, page("profile"))
    assert shown not in client.get(again.url).content.decode()
    assert ApiToken.objects.count() == 1
    assert list(errors_of(asked.send(client, **{**entered, "name": "Other"}))) == ["__all__"]
    assert ApiToken.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    far = timezone.localdate() + timedelta(days=400)
    entered = {"name": "Shop", "scopes": ["read"], "expires_on": far.isoformat()}
    assert list(errors_of(client.post(page("profile_token_new"), entered))) == ["expires_on"]
    assert set(errors_of(client.post(page("profile_token_new"), {}))) == {"name", "scopes", "expires_on"}
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_after_a_question(client: Client, administrator: User) -> None:
    row, token = create_api_token(actor=actor_of(administrator), name="Shop", now=timezone.now())
    assert "Revoke the token “Shop”?" in text_of(client.get(page("profile_token_revoke", row.pk)))
    assert actor_of_token(token, now=timezone.now()).user == administrator
    client.post(page("profile_token_revoke", row.pk), {"confirmed": "1"})
    with pytest.raises(TokenUnknown):
        actor_of_token(token, now=timezone.now())


def test_nobody_revokes_anothers_token(client: Client) -> None:
    row, _token = create_api_token(actor=actor_of(people.manager()), name="Shop", now=timezone.now())
    assert client.post(page("profile_token_revoke", row.pk), {"confirmed": "1"}).status_code == 404
