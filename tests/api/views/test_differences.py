"""The API's differences."""

from collections.abc import Callable

from tests.api.conftest import Caller, World, ids


def test_differences_are_filtered_by_kind_and_whether_they_are_open(
    world: World, caller: Callable[..., Caller]
) -> None:
    north, row = caller(world.north), world.accounts["north"].differences.get()
    address = f"/resellers/{world.north.pk}/differences"
    assert ids(north.get(f"{address}?filter[kind]=quantity&filter[open]=true")) == [str(row.pk)]
    assert ids(north.get(f"{address}?filter[kind]=ended")) == []
    assert ids(north.get(f"{address}?filter[open]=false")) == []
