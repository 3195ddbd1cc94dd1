"""Scopes of tokens, by table: each method of each kind of view, and every combination of scopes."""

from datetime import UTC, datetime
from itertools import combinations
from types import SimpleNamespace

import pytest
from django.test import Client
from rest_framework.settings import api_settings

from accounts.actors import actor_of
from accounts.api_tokens import create_api_token
from accounts.models import TokenScope
from api.permissions import ScopeMissing, TokenHasScope, scope_of
from api.urls import RESOURCES
from tests.factories import accounts as people

# A method of a view -> the scope that it needs; `moves` names the methods by which the view moves money.
TABLE = [
    ("GET", (), "read"),
    ("HEAD", (), "read"),
    ("OPTIONS", (), "read"),
    ("POST", (), "write"),
    ("PUT", (), "write"),
    ("PATCH", (), "write"),
    ("DELETE", (), "write"),
    ("POST", ("POST",), "money"),
    ("PATCH", ("POST",), "write"),
    ("GET", ("POST", "GET"), "read"),
]
SCOPES = [frozenset(some) for size in range(4) for some in combinations(TokenScope.values, size)]


@pytest.mark.parametrize(("method", "moves", "needed"), TABLE)
def test_a_method_is_allowed_by_its_scope_alone(method, moves, needed):
    view = SimpleNamespace(money_methods=moves, **{method.lower(): None})
    assert scope_of(method, view) == needed
    for scopes in SCOPES:
        request = SimpleNamespace(method=method, auth=SimpleNamespace(scopes=scopes))
        if needed in scopes:
            assert TokenHasScope().has_permission(request, view)
        else:
            with pytest.raises(ScopeMissing, match=needed):
                TokenHasScope().has_permission(request, view)


def test_every_view_asks_for_the_scope():
    assert TokenHasScope in api_settings.DEFAULT_PERMISSION_CLASSES
    for viewset in RESOURCES.values():
        assert TokenHasScope in viewset.permission_classes, f"{viewset} has permissions of its own without the scope"


@pytest.mark.django_db
def test_a_token_that_may_not_read_is_refused_with_the_scopes_name():
    mary = people.manager()
    address = f"/api/v3/resellers/{mary.reseller_id}/charges"
    answers = {}
    for scope in TokenScope.values:
        _row, token = create_api_token(actor=actor_of(mary), name=scope, scopes=[scope], now=datetime.now(UTC))
        answers[scope] = Client().get(address, headers={"X-Api-Token": token})
    assert {scope: answer.status_code for scope, answer in answers.items()} == {"read": 200, "write": 403, "money": 403}
    [error] = answers["write"].json()["errors"]
    assert (error["code"], "“read”" in error["detail"]) == ("scope_missing", True)


@pytest.mark.django_db
def test_a_call_is_remembered_with_its_address():
    mary = people.manager()
    row, token = create_api_token(actor=actor_of(mary), name="Shop", now=datetime.now(UTC))
    Client(REMOTE_ADDR="203.0.113.9").get(
        f"/api/v3/resellers/{mary.reseller_id}/charges", headers={"X-Api-Token": token}
    )
    row.refresh_from_db()
    assert row.last_used_address == "203.0.113.9"
    assert (datetime.now(UTC) - row.last_used_at).total_seconds() < 60
