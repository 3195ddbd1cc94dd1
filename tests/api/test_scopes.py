"""Own and child: what a token sees of the tree."""

from collections.abc import Callable

import pytest

from api.urls import RESOURCES
from tests.api.conftest import OF_A_HOUSE, Caller, World, ids


def test_every_resource_has_a_record_of_each_house() -> None:
    assert set(OF_A_HOUSE) == set(RESOURCES)


@pytest.mark.parametrize("kind", RESOURCES)
def test_own_is_the_reseller_of_the_path_and_child_all_below(
    world: World, caller: Callable[..., Caller], kind: str
) -> None:
    operator = caller(world.operator)
    own = operator.get(f"/resellers/{world.operator.pk}/{kind}")
    below = operator.get(f"/resellers/{world.operator.pk}/child_reseller_{kind}")
    of_north = operator.get(f"/resellers/{world.north.pk}/child_reseller_{kind}")
    assert ids(own) == [str(world.record(kind, "operator"))]
    # What North-East owes North is between the two.
    seen = ("north", "south") if kind == "reseller_charges" else ("north", "north_east", "south")
    assert ids(below) == [str(world.record(kind, name)) for name in seen]
    assert ids(of_north) == ([] if kind == "reseller_charges" else [str(world.record(kind, "north_east"))])


@pytest.mark.parametrize("kind", RESOURCES)
@pytest.mark.parametrize("scope", ["", "child_reseller_"])
def test_another_part_of_the_tree_is_not_found(
    world: World, caller: Callable[..., Caller], kind: str, scope: str
) -> None:
    method = f"{scope}{kind}"
    south = caller(world.south)
    for reseller in (world.operator, world.north, world.north_east):
        answer = south.get(f"/resellers/{reseller.pk}/{method}")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["status"] == "404"
    foreign = south.get(f"/resellers/{world.south.pk}/{method}/{world.record(kind, 'north')}")
    missing = south.get(f"/resellers/{world.south.pk}/{method}/999999999")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert foreign.status_code == 404


@pytest.mark.parametrize("kind", RESOURCES)
def test_a_child_of_a_child_is_not_an_own_record(world: World, caller: Callable[..., Caller], kind: str) -> None:
    north = caller(world.north)
    record = world.record(kind, "north_east")
    assert north.get(f"/resellers/{world.north.pk}/{kind}/{record}").status_code == 404
    assert north.get(f"/resellers/{world.north.pk}/child_reseller_{kind}/{record}").status_code == 200
