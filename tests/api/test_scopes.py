"""Own and child: what a token sees of the tree."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller, World, ids


def test_own_is_the_reseller_of_the_path_and_child_all_below(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    own = operator.get(f"/resellers/{world.operator.pk}/charges")
    below = operator.get(f"/resellers/{world.operator.pk}/child_reseller_charges")
    of_north = operator.get(f"/resellers/{world.north.pk}/child_reseller_charges")
    assert ids(own) == [str(world.charges["operator"].pk)]
    assert ids(below) == [str(world.charges[name].pk) for name in ("north", "north_east", "south")]
    assert ids(of_north) == [str(world.charges["north_east"].pk)]


@pytest.mark.parametrize("method", ["charges", "child_reseller_charges"])
def test_another_part_of_the_tree_is_not_found(world: World, caller: Callable[..., Caller], method: str) -> None:
    south = caller(world.south)
    for reseller in (world.operator, world.north, world.north_east):
        answer = south.get(f"/resellers/{reseller.pk}/{method}")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["status"] == "404"
    foreign = south.get(f"/resellers/{world.south.pk}/{method}/{world.charges['north'].pk}")
    missing = south.get(f"/resellers/{world.south.pk}/{method}/999999999")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert foreign.status_code == 404


def test_a_child_of_a_child_is_not_an_own_record(world: World, caller: Callable[..., Caller]) -> None:
    north = caller(world.north)
    charge = world.charges["north_east"].pk
    assert north.get(f"/resellers/{world.north.pk}/charges/{charge}").status_code == 404
    assert north.get(f"/resellers/{world.north.pk}/child_reseller_charges/{charge}").status_code == 200
