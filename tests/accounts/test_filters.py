"""What the lists of people are filtered by, and that no choice shows another part of the tree."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from accounts.actors import Actor
from accounts.filters import AccountFilter, AccountUserFilter, ManagerFilter, ResellerFilter
from accounts.models import AccessLevel, AccountStatus, Role, UserStatus
from accounts.queries import (
    account_users_visible_to,
    accounts_visible_to,
    managers_visible_to,
    resellers_visible_to,
)
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def found(filterset, rows, actor: Actor, **data: str) -> list[str]:
    query = QueryDict(urlencode(data))
    filters = filterset(query, queryset=rows(actor), request=SimpleNamespace(actor=actor))
    assert filters.is_valid(), filters.errors
    return sorted(row.name for row in filters.qs)


@pytest.fixture
def cast():
    return make.cast()


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({}, ["Acme", "Bolt"]),
        ({"name": "OLT"}, ["Bolt"]),
        ({"email": "bolt@"}, ["Bolt"]),
        ({"city": "bre"}, ["Bolt"]),
        ({"country": "PL"}, ["Bolt"]),
        ({"phone": "777"}, ["Bolt"]),
        ({"owner": "olga"}, ["Bolt"]),
        ({"owner": "BOSS@"}, ["Bolt"]),
        ({"trial": "true"}, ["Bolt"]),
        ({"status": "deleted"}, ["Core"]),
        ({"status": "deleted,active"}, ["Acme", "Bolt", "Core"]),
        ({"credit_limit_min": "100", "credit_limit_max": "500"}, ["Bolt"]),
        ({"created_at_after": "2100-01-01"}, []),
    ],
)
def test_accounts_are_filtered_by_every_column(cast, data, names):
    bolt = make.account(
        reseller=cast.north, name="Bolt", email="bolt@example.com", city="Brest", country="PL", phone="+48777",
        trial=True, credit_limit_override=500,
    )  # fmt: skip
    make.customer_user(account=bolt, name="Olga", email="boss@example.com")
    make.customer_user(account=cast.acme, name="Olga's friend", access_level=AccessLevel.ADMIN)
    make.account(reseller=cast.north, name="Core", status=AccountStatus.DELETED)
    assert found(AccountFilter, accounts_visible_to, make.manager_actor(reseller=cast.north), **data) == names


def test_accounts_are_filtered_by_what_they_refer_to(cast):
    seller = make.manager(reseller=cast.north)
    bolt = make.account(reseller=cast.north_east, name="Bolt", manager=seller)
    actor = make.manager_actor(reseller=cast.north)
    for data in (
        {"manager": seller.pk},
        {"reseller": cast.north_east.pk},
        {"account_type": bolt.account_type_id},
        {"account_class": bolt.account_class_id},
        {"id": bolt.pk},
    ):
        assert found(AccountFilter, accounts_visible_to, actor, **data) == ["Bolt"]


@pytest.mark.parametrize("name", ["account_type", "account_class", "manager", "reseller"])
def test_choices_are_limited_to_what_the_asker_sees(cast, name):
    foreign = {
        "account_type": make.account_type(reseller=cast.south),
        "account_class": make.account_class(reseller=cast.south),
        "manager": make.manager(reseller=cast.south),
        "reseller": cast.south,
    }[name]
    actor = make.manager_actor(reseller=cast.north)
    filters = AccountFilter(
        QueryDict(f"{name}={foreign.pk}"), queryset=accounts_visible_to(actor), request=SimpleNamespace(actor=actor)
    )
    assert not filters.is_valid()
    assert foreign not in filters.form.fields[name].queryset


def test_resellers_are_filtered(cast):
    actor = make.manager_actor()
    assert found(ResellerFilter, resellers_visible_to, actor, name="north") == ["North", "North-East"]
    assert found(ResellerFilter, resellers_visible_to, actor, parent=cast.north.pk) == ["North-East"]
    assert found(ResellerFilter, resellers_visible_to, actor, email="SOUTH") == ["South"]
    assert found(ResellerFilter, resellers_visible_to, actor, status="inactive") == []


def test_managers_are_filtered(cast):
    make.manager(reseller=cast.north, name="Sam", role=Role.SALES)
    make.manager(reseller=cast.north, name="Old Sam", role=Role.SALES, status=UserStatus.INACTIVE)
    actor = make.manager_actor(reseller=cast.north)
    assert found(ManagerFilter, managers_visible_to, actor, name="sam") == ["Old Sam", "Sam"]
    assert found(ManagerFilter, managers_visible_to, actor, role="sales", status="active") == ["Sam"]
    assert found(ManagerFilter, managers_visible_to, actor, role="sales,marketing") == ["Old Sam", "Sam"]
    assert found(ManagerFilter, managers_visible_to, actor, reseller=cast.north_east.pk) == []


def test_users_are_filtered_by_the_access_level_in_visible_accounts_only(cast):
    ann = make.customer_user(account=cast.acme, name="Ann", access_level=AccessLevel.USER)
    make.member(account=make.account(reseller=cast.south), user=ann, access_level=AccessLevel.OWNER)
    north = make.manager_actor(reseller=cast.north)
    assert found(AccountUserFilter, account_users_visible_to, north, access_level="user") == ["Ann"]
    assert found(AccountUserFilter, account_users_visible_to, north, access_level="owner") == []
