"""Who sees whose money."""

from collections.abc import Callable

import pytest

from accounts.actors import SYSTEM, Actor, Forbidden, actor_of
from accounts.models import AccessLevel, Role
from billing.queries import charges_visible_to, payments_visible_to, require_sight, transactions_visible_to
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as people
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
QUERIES: list[Callable[[Actor], object]] = [charges_visible_to, payments_visible_to, transactions_visible_to]


@pytest.fixture
def cast() -> people.Cast:
    """Acme of North has bought seats, and so has a customer of South."""
    everybody = people.cast()
    south = people.account(reseller=everybody.south, name="Southern")
    for account in (everybody.acme, south):
        plan = make.plan(reseller=account.reseller)
        make.subscription(account=account, plan=plan, today=ORDERED_ON)
    return everybody


def _seen(query: Callable[[Actor], object], actor: Actor) -> list[str]:
    return sorted(query(actor).values_list("account__name", flat=True))


@pytest.mark.parametrize("query", QUERIES)
def test_the_tree_bounds_what_managers_see(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    assert _seen(query, people.manager_actor(reseller=cast.operator)) == ["Acme", "Southern"]
    assert _seen(query, people.manager_actor(reseller=cast.north)) == ["Acme"]
    assert _seen(query, people.manager_actor(reseller=cast.north_east)) == []
    assert _seen(query, people.manager_actor(reseller=cast.south)) == ["Southern"]
    assert _seen(query, SYSTEM) == ["Acme", "Southern"]


@pytest.mark.parametrize("query", QUERIES)
def test_roles_without_the_right_see_nothing(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    assert _seen(query, people.manager_actor(reseller=cast.operator, role=Role.MARKETING)) == []
    assert _seen(query, people.customer_actor(account=cast.acme, access_level=AccessLevel.USER)) == []


@pytest.mark.parametrize("query", QUERIES)
def test_customers_see_their_own(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    assert _seen(query, people.customer_actor(account=cast.acme)) == ["Acme"]


@pytest.mark.parametrize("query", QUERIES)
def test_sales_people_see_their_accounts(cast: people.Cast, query: Callable[[Actor], object]) -> None:
    seller = people.manager(reseller=cast.north, role=Role.SALES)
    assert _seen(query, actor_of(seller)) == []
    cast.acme.manager = seller
    cast.acme.save(update_fields=["manager"])
    assert _seen(query, actor_of(seller)) == ["Acme"]


def test_sight_is_required(cast: people.Cast) -> None:
    require_sight(people.manager_actor(reseller=cast.north), cast.acme.pk)
    with pytest.raises(Forbidden):
        require_sight(people.manager_actor(reseller=cast.south), cast.acme.pk)
