"""Each role and access level holds exactly what the table ticks, and the table keeps to the written rules."""

import pytest

from accounts.actors import SYSTEM, Actor, ActorKind, Forbidden
from accounts.models import AccessLevel, Role
from accounts.roles import ALL_RIGHTS, CUSTOMER_COLUMNS, CUSTOMER_RIGHTS, MANAGER_COLUMNS, MANAGER_RIGHTS, RIGHTS

COLUMNS = [*MANAGER_COLUMNS, *CUSTOMER_COLUMNS]


@pytest.mark.parametrize("right", sorted(RIGHTS))
def test_every_line_of_the_table_ticks_or_leaves_every_column(right):
    assert len(RIGHTS[right]) == len(COLUMNS)
    assert {type(tick) for tick in RIGHTS[right]} == {bool}


@pytest.mark.parametrize("right", sorted(RIGHTS))
@pytest.mark.parametrize("at", range(len(MANAGER_COLUMNS)))
def test_a_managers_role_holds_exactly_what_the_table_ticks(right, at):
    actor = Actor(kind=ActorKind.MANAGER, role=str(MANAGER_COLUMNS[at]))
    assert_holds(actor, right, RIGHTS[right][at])


@pytest.mark.parametrize("right", sorted(RIGHTS))
@pytest.mark.parametrize("at", range(len(CUSTOMER_COLUMNS)))
def test_an_access_level_holds_exactly_what_the_table_ticks(right, at):
    actor = Actor(kind=ActorKind.CUSTOMER, access_level=str(CUSTOMER_COLUMNS[at]))
    assert_holds(actor, right, RIGHTS[right][len(MANAGER_COLUMNS) + at])


def assert_holds(actor: Actor, right: str, ticked: bool) -> None:
    assert actor.may(right) is ticked
    if ticked:
        actor.require(right)
    else:
        with pytest.raises(Forbidden):
            actor.require(right)


def test_the_platform_itself_may_everything():
    assert SYSTEM.rights == ALL_RIGHTS
    assert SYSTEM.sees_everything


def test_the_administrator_may_everything():
    assert MANAGER_RIGHTS[Role.ADMIN] == ALL_RIGHTS


def test_sales_people_change_no_settings():
    settings = ("plans", "products", "service_terms", "application_templates", "vendor_connections", "account_classes")
    changed = {right for right in MANAGER_RIGHTS[Role.SALES] if right.split(".")[0] in settings}
    assert changed == {"plans.view", "products.view", "service_terms.view", "account_classes.view"}


def test_the_product_owner_only_reads_operations_and_finance():
    objects = ("subscriptions", "orders", "payments", "charges", "transactions", "accounts", "account_users")
    rights = {right for right in MANAGER_RIGHTS[Role.OWNER] if right.split(".")[0] in objects}
    assert rights == {f"{name}.view" for name in objects}


def test_a_plain_user_of_a_customer_sees_no_money():
    assert CUSTOMER_RIGHTS[AccessLevel.USER] == {"subscriptions.view", "accounts.view"}


def test_no_customer_holds_a_managers_right():
    managers_only = {"orders.retry", "payments.approve", "sign_in_as.use", "api.use", "log.view", "accounts.hold"}
    for level in AccessLevel.values:
        assert CUSTOMER_RIGHTS[level] & managers_only == frozenset()


def test_a_right_that_the_table_lacks_is_a_programming_fault():
    with pytest.raises(ValueError, match=r"subscriptions\.fly"):
        SYSTEM.may("subscriptions.fly")
