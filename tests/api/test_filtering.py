"""Filters in the query string."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller, World, ids


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter[status]=blocked", ["north", "north_east", "south"]),
        ("filter[status]=closed,new", []),
        ("filter[type]=recurring_fee", ["north", "north_east", "south"]),
        ("filter[type]=setup_fee", []),
        ("filter[close_date][lt]=2030-01-01", []),
        ("filter[created_at][lt]=2001-01-01T00:00:00%2B03:00", []),
        ("filter[created_at][gt]=2001-01-01T00:00:00%2B03:00", ["north", "north_east", "south"]),
        ("sort=-id", ["south", "north_east", "north"]),
        ("sort=created_at", ["north", "north_east", "south"]),
    ],
)
def test_filters_and_sorting(world: World, caller: Callable[..., Caller], query: str, names: list[str]) -> None:
    answer = caller(world.operator).get(f"/resellers/{world.operator.pk}/child_reseller_charges?{query}")
    assert answer.status_code == 200
    assert ids(answer) == [str(world.charges[name].pk) for name in names]


def test_several_ids_are_separated_by_commas(world: World, caller: Callable[..., Caller]) -> None:
    wanted = [world.charges["north"], world.charges["south"]]
    listed = ",".join(str(charge.subscription_id) for charge in wanted)
    answer = caller(world.operator).get(
        f"/resellers/{world.operator.pk}/child_reseller_charges?filter[subscription_id]={listed}"
    )
    assert ids(answer) == [str(charge.pk) for charge in wanted]
