"""The API's reseller charges are narrowed by what has an index."""

from collections.abc import Callable

from tests.api.conftest import Caller, World, ids


def test_they_are_filtered_by_subscription_and_day(world: World, caller: Callable[..., Caller]) -> None:
    north, owed = caller(world.north), world.charges["north"].reseller_charges.get()
    address = f"/resellers/{world.north.pk}/reseller_charges"
    assert ids(north.get(f"{address}?filter[subscription_id]={owed.subscription_id}")) == [str(owed.pk)]
    assert ids(north.get(f"{address}?filter[created_on][gt]={owed.created_on}")) == []
    assert north.get(f"{address}?filter[creditor_id]=1").status_code == 400
