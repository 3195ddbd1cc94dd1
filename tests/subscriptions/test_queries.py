"""Who sees which subscriptions, orders and plans."""

from collections.abc import Callable

import pytest

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.models import AccessLevel, Role
from subscriptions import queries
from subscriptions.catalogue.delegation import deactivate_plan
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> people.Cast:
    """Acme of North has bought seats, and so has a customer of South."""
    everybody = people.cast()
    south = people.account(reseller=everybody.south, name="Southern")
    for account in (everybody.acme, south):
        plan = make.plan(reseller=account.reseller, name=f"Plan of {account.name}")
        make.subscription(account=account, plan=plan, today=ORDERED_ON)
    return everybody


OF_ACCOUNTS = [queries.subscriptions_visible_to, queries.orders_visible_to]
OF_RESELLERS = [queries.plans_visible_to, queries.templates_visible_to]


def _accounts(query: Callable[[Actor], object], actor: Actor) -> list[str]:
    return sorted(query(actor).values_list("account__name", flat=True))


def _resellers(query: Callable[[Actor], object], actor: Actor) -> list[str]:
    return sorted(query(actor).values_list("reseller__name", flat=True))


@pytest.mark.parametrize("query", OF_ACCOUNTS)
def test_subscriptions_and_orders_follow_the_tree(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    assert _accounts(query, people.manager_actor(reseller=cast.operator)) == ["Acme", "Southern"]
    assert _accounts(query, people.manager_actor(reseller=cast.north)) == ["Acme"]
    assert _accounts(query, people.manager_actor(reseller=cast.north_east)) == []
    assert _accounts(query, people.customer_actor(account=cast.acme)) == ["Acme"]
    assert _accounts(query, people.manager_actor(reseller=cast.north, role=Role.MARKETING)) == []
    assert _accounts(query, SYSTEM) == ["Acme", "Southern"]


def test_a_mere_user_sees_subscriptions_and_no_orders(cast: people.Cast) -> None:
    user = people.customer_actor(account=cast.acme, access_level=AccessLevel.USER)
    assert _accounts(queries.subscriptions_visible_to, user) == ["Acme"]
    assert _accounts(queries.orders_visible_to, user) == []


@pytest.mark.parametrize("query", OF_ACCOUNTS)
def test_sales_people_see_their_accounts(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    seller = people.manager(reseller=cast.north, role=Role.SALES)
    assert _accounts(query, actor_of(seller)) == []
    cast.acme.manager = seller
    cast.acme.save(update_fields=["manager"])
    assert _accounts(query, actor_of(seller)) == ["Acme"]


@pytest.mark.parametrize("query", OF_RESELLERS)
def test_the_catalogue_follows_the_tree(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    assert _resellers(query, people.manager_actor(reseller=cast.operator)) == ["North", "South"]
    assert _resellers(query, people.manager_actor(reseller=cast.north)) == ["North"]
    assert _resellers(query, people.manager_actor(reseller=cast.north_east)) == []


def test_customers_see_active_public_plans_of_their_reseller(cast: people.Cast) -> None:
    customer = people.customer_actor(account=cast.acme)
    make.plan(reseller=cast.north, name="Hidden", public=False)
    gone = make.plan(reseller=cast.north, name="Gone")
    assert _names(queries.plans_visible_to(customer)) == ["Gone", "Plan of Acme"]
    deactivate_plan(actor=SYSTEM, plan=gone)
    assert _names(queries.plans_visible_to(customer)) == ["Plan of Acme"]
    assert queries.plan_resources_visible_to(customer).count() == 1
    assert queries.plan_periods_visible_to(customer).count() == 1
    assert queries.prices_visible_to(customer).count() == 0
    assert queries.templates_visible_to(customer).count() == 0


def test_plans_are_open_to_account_types(cast: people.Cast) -> None:
    plan = make.plan(reseller=cast.north, name="Business only")
    business = people.account_type(reseller=cast.operator)
    plan.service_term.account_types.add(business, people.account_type(reseller=cast.operator))
    assert _names(queries.plans_for(cast.acme)) == ["Plan of Acme"]
    cast.acme.account_type = business
    assert _names(queries.plans_for(cast.acme)) == ["Business only", "Plan of Acme"]


def test_service_terms_are_inherited_from_above(cast: people.Cast) -> None:
    make.plan(reseller=cast.operator)
    east = people.manager_actor(reseller=cast.north_east)
    assert _resellers(queries.service_terms_visible_to, east) == ["North", "Operator"]
    south = people.manager_actor(reseller=cast.south)
    assert _resellers(queries.service_terms_visible_to, south) == ["Operator", "South"]


def _names(plans: object) -> list[str]:
    return sorted(plan.name for plan in plans)
