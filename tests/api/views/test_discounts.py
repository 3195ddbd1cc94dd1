"""The API's discounts."""

from collections.abc import Callable

from tests.api.conftest import Caller, World, ids


def test_discounts_are_filtered_by_type(world: World, caller: Callable[..., Caller]) -> None:
    north, discount = caller(world.north), world.north.discounts.get()
    address = f"/resellers/{world.north.pk}/discounts"
    assert ids(north.get(f"{address}?filter[type]=promo_code")) == [str(discount.pk)]
    assert ids(north.get(f"{address}?filter[type]=account")) == []
