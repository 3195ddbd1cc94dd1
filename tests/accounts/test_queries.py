"""Who sees which part of the tree."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM, actor_of
from accounts.models import AccessLevel, Role
from accounts.queries import (
    account_classes_visible_to,
    account_types_for,
    account_types_visible_to,
    account_users_visible_to,
    accounts_visible_to,
    managers_visible_to,
    memberships_visible_to,
    resellers_above,
    resellers_below,
    resellers_visible_to,
)
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def names(rows) -> list[str]:
    return sorted(row.name for row in rows)


def test_resellers_below_finds_every_depth_in_one_statement(django_assert_num_queries):
    cast = make.cast()
    make.reseller(parent=cast.north_east, name="North-East-Harbour")
    with django_assert_num_queries(1):
        assert names(resellers_below(cast.north)) == ["North-East", "North-East-Harbour"]


def test_resellers_above_are_the_reseller_and_its_providers():
    cast = make.cast()
    assert names(resellers_above(cast.north_east)) == ["North", "North-East", "Operator"]


@pytest.mark.parametrize(
    ("whose", "seen"),
    [
        ("operator", ["North", "North-East", "Operator", "South"]),
        ("north", ["North", "North-East"]),
        ("north_east", ["North-East"]),
        ("south", ["South"]),
    ],
)
def test_a_manager_sees_the_own_reseller_and_all_below(whose, seen):
    cast = make.cast()
    actor = make.manager_actor(reseller=getattr(cast, whose))
    assert names(resellers_visible_to(actor)) == seen


def test_the_platform_itself_sees_every_reseller():
    make.cast()
    assert names(resellers_visible_to(SYSTEM)) == ["North", "North-East", "Operator", "South"]


@pytest.mark.parametrize(
    ("whose", "seen"),
    [
        ("operator", ["Acme", "Bolt", "Core", "Dune"]),
        ("north", ["Acme", "Bolt"]),
        ("north_east", ["Bolt"]),
        ("south", ["Core"]),
    ],
)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_accounts_are_those_of_the_managers_part_of_the_tree(whose, seen, role):
    cast = make.cast()
    make.account(reseller=cast.north_east, name="Bolt")
    make.account(reseller=cast.south, name="Core")
    make.account(reseller=cast.operator, name="Dune")
    actor = make.manager_actor(reseller=getattr(cast, whose), role=role)
    assert names(accounts_visible_to(actor)) == seen


def test_marketing_sees_no_accounts():
    cast = make.cast()
    assert names(accounts_visible_to(make.manager_actor(reseller=cast.north, role=Role.MARKETING))) == []


def test_a_sales_person_sees_own_accounts_and_those_of_subordinates_at_any_depth():
    cast = make.cast()
    boss, clerk, trainee, stranger = (make.manager(reseller=cast.north, role=Role.SALES) for _ in range(4))
    make.supervise(supervisor=boss, subordinate=clerk)
    make.supervise(supervisor=clerk, subordinate=trainee)
    for owner, name in ((boss, "Of boss"), (clerk, "Of clerk"), (trainee, "Of trainee"), (stranger, "Of stranger")):
        make.account(reseller=cast.north, manager=owner, name=name)
    assert names(accounts_visible_to(actor_of(boss))) == ["Of boss", "Of clerk", "Of trainee"]
    assert names(accounts_visible_to(actor_of(clerk))) == ["Of clerk", "Of trainee"]
    assert names(accounts_visible_to(actor_of(trainee))) == ["Of trainee"]


def test_supervision_in_a_circle_ends():
    cast = make.cast()
    left, right = (make.manager(reseller=cast.north, role=Role.SALES) for _ in range(2))
    make.supervise(supervisor=left, subordinate=right)
    make.supervise(supervisor=right, subordinate=left)
    assert actor_of(left).account_manager_ids == frozenset({left.pk, right.pk})


def test_a_sales_person_never_leaves_the_own_part_of_the_tree():
    cast = make.cast()
    seller = make.manager(reseller=cast.north, role=Role.SALES)
    make.account(reseller=cast.south, manager=seller, name="Moved to South")
    assert names(accounts_visible_to(actor_of(seller))) == []


@pytest.mark.parametrize("level", AccessLevel.values)
def test_a_customer_sees_only_the_account_acted_for(level):
    cast = make.cast()
    make.account(reseller=cast.north, name="Neighbour")
    actor = make.customer_actor(account=cast.acme, access_level=level)
    assert names(accounts_visible_to(actor)) == ["Acme"]
    assert names(resellers_visible_to(actor)) == ["North"]
    assert names(managers_visible_to(actor)) == []


def test_managers_are_those_of_the_own_reseller_and_below():
    cast = make.cast()
    for place in (cast.operator, cast.north, cast.north_east, cast.south):
        make.manager(reseller=place, name=f"Of {place}")
    actor = actor_of(make.manager(reseller=cast.north, name="Asking"))
    assert names(managers_visible_to(actor)) == ["Asking", "Of North", "Of North-East"]


def test_account_users_are_those_of_visible_accounts_once_each():
    cast = make.cast()
    second = make.account(reseller=cast.north, name="Second")
    ann = make.customer_user(account=cast.acme, name="Ann")
    make.member(account=second, user=ann)
    make.customer_user(account=make.account(reseller=cast.south), name="Stranger")
    north = make.manager_actor(reseller=cast.north)
    assert names(account_users_visible_to(north)) == ["Ann"]
    assert memberships_visible_to(north).count() == 2
    assert names(account_users_visible_to(make.manager_actor(reseller=cast.north_east))) == []


def test_a_plain_user_sees_no_other_users():
    cast = make.cast()
    make.customer_user(account=cast.acme)
    actor = make.customer_actor(account=cast.acme, access_level=AccessLevel.USER)
    assert list(account_users_visible_to(actor)) == []


def test_account_types_are_inherited_from_above_and_classes_are_not():
    cast = make.cast()
    for place in (cast.operator, cast.north, cast.north_east, cast.south):
        make.account_type(reseller=place, name=f"Type of {place}")
        make.account_class(reseller=place, name=f"Class of {place}")
    actor = make.manager_actor(reseller=cast.north)
    own = {cast.acme.account_type.name}
    assert {row.name for row in account_types_visible_to(actor)} - own == {
        "Type of Operator",
        "Type of North",
        "Type of North-East",
    }
    assert {row.name for row in account_types_for(cast.north_east)} - own == {
        "Type of Operator",
        "Type of North",
        "Type of North-East",
    }
    assert {row.name for row in account_classes_visible_to(actor)} - {cast.acme.account_class.name} == {
        "Class of North",
        "Class of North-East",
    }


def test_the_operators_lists_carry_no_condition_on_the_tree():
    actor = make.manager_actor()
    with CaptureQueriesContext(connection) as statements:
        list(accounts_visible_to(actor))
    assert "lineage" not in statements[0]["sql"]
