"""South's token never meets North: over every address of the API, its filters and includes."""

import pytest
from django.http import HttpResponseBase

from api.filtering import parameter_name
from tests.security.addresses import Route, named, reversible
from tests.security.sweeps.test_isolation import body, foreign_addresses, ids_of, leaked, without_echo
from tests.security.world import World

pytestmark = pytest.mark.django_db

API = [route for route in named("api") if reversible(route)]


def api_answer(token: str, address: str, world: World) -> HttpResponseBase:
    """Ask the API with a token."""
    return world.nobody.client.get(address, headers={"X-Api-Token": token} if token else {})


@pytest.mark.parametrize("route", [route for route in API if route.parameters], ids=str)
def test_api_does_not_know_others(world: World, route: Route) -> None:
    """South's token finds nothing below North, nor North's records below South; without a token there is nothing."""
    for house in (world.north, world.north_east):
        for address in foreign_addresses(route, house, world):
            answer = api_answer(world.south.api_token, address, world)
            assert (answer.status_code, house.tenant.seen_in(body(answer))) == (404, set()), address
            assert api_answer("", address, world).status_code == 401
            assert api_answer("wrong", address, world).status_code == 401
    own = [api_answer(world.south.api_token, address, world) for address in route.addresses(world.south.objects)]
    assert {answer.status_code for answer in own} <= (
        {404} if "child" in route.name and "pk" in route.parameters else {200}
    )
    assert not any(leaked(world, world.south, body(answer)) for answer in own)


@pytest.mark.parametrize("route", [route for route in API if route.name.endswith("_list")], ids=str)
def test_api_filters_find_nothing_of_others(world: World, route: Route) -> None:
    """Each filter and include of a list, asked with North's names and ids, brings no word of North's."""
    (address,) = route.addresses(world.south.objects)
    viewset = route.view.cls
    ids = ids_of(world.north)
    queries = [f"include={name}" for name in viewset.shape.relations] + [f"sort={name}" for name in viewset.sorts]
    queries += ["meta=true"]
    for name in viewset.filterset.base_filters:
        parameter = parameter_name(name)
        queries += [f"{parameter}={value}" for value in (world.north.tenant.word, ids[0], ",".join(ids))]
    for query in queries:
        answer = api_answer(world.south.api_token, f"{address}?{query}", world)
        assert answer.status_code in (200, 400), query
        assert leaked(world, world.south, without_echo(body(answer), query)) == set(), query
