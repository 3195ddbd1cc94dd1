"""Who sees which connection, operation and journal line; and which connections templates may use."""

from datetime import datetime

from accounts.actors import actor_of
from accounts.models import Reseller, Role
from tests.factories import accounts as cast
from vendors import operations
from vendors.models import ConnectionState, VendorConnection, VendorExchange
from vendors.queries import (
    connections_visible_to,
    exchanges_visible_to,
    operations_of,
    operations_visible_to,
    usable_connections,
)


def connection(reseller: Reseller, name: str, state: str = ConnectionState.NEW) -> VendorConnection:
    return VendorConnection.objects.create(reseller=reseller, plugin="office365", name=name, state=state)


def test_connections_operations_and_journal_are_seen_up_the_tree_only(db: None, now: datetime) -> None:
    north = cast.reseller(name="North")
    north_east = cast.reseller(parent=north, name="North-East")
    south = cast.reseller(name="South")
    rows = {place.name: connection(place, place.name) for place in (north, north_east, south)}
    for row in rows.values():
        operations.plan(row, action="provision", key=row.name, subject="order:1", payload={}, now=now)
        VendorExchange.objects.create(connection=row, method="GET", url=row.name, milliseconds=1)
    seen_by = {
        cast.operator(): ["North", "North-East", "South"],
        north: ["North", "North-East"],
        north_east: ["North-East"],
        south: ["South"],
    }
    for place, expected in seen_by.items():
        actor = actor_of(cast.manager(reseller=place))
        assert sorted(row.name for row in connections_visible_to(actor)) == expected
        assert sorted(row.key for row in operations_visible_to(actor)) == expected
        assert sorted(row.url for row in exchanges_visible_to(actor)) == expected


def test_connections_are_hidden_from_roles_without_the_right_and_from_customers(db: None) -> None:
    connection(cast.operator(), "Ours")
    sales = actor_of(cast.manager(role=Role.SALES))
    customer = actor_of(cast.customer_user(account=cast.account()))
    for actor in (sales, customer):
        assert not actor.may("vendor_connections.view")
        assert list(connections_visible_to(actor)) == []
        assert list(operations_visible_to(actor)) == []


def test_templates_may_use_granted_connections_of_their_own_reseller(db: None) -> None:
    for state in ConnectionState:
        connection(cast.operator(), state.value, state)
    connection(cast.reseller(), "another's", ConnectionState.GRANTED)
    assert [row.name for row in usable_connections(cast.operator())] == ["granted"]
    assert [row.usable for row in VendorConnection.objects.filter(name="granted")] == [True]


def test_operations_of_subjects_are_found(db: None, now: datetime) -> None:
    for number in (1, 2, 3):
        operations.plan(None, action="provision", key=str(number), subject=f"order:{number}", payload={}, now=now)
    assert sorted(row.key for row in operations_of(["order:1", "order:3"])) == ["1", "3"]
