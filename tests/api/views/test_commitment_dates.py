"""The API's calendar is filtered by kind and subscription, and sorted by its moments."""

from collections.abc import Callable

from django.utils import timezone

from tests.api.conftest import Caller, World, ids
from tests.factories.commitments import commitment


def test_they_are_filtered_and_sorted_the_soonest_first(world: World, caller: Callable[..., Caller]) -> None:
    north, subscription = caller(world.north), world.charges["north"].subscription
    address = f"/resellers/{world.north.pk}/commitment_dates"
    commitment(subscription=subscription, now=timezone.now())
    assert len(ids(north.get(address))) == 3
    assert len(ids(north.get(f"{address}?filter[kind]=cancel"))) == 1
    assert len(ids(north.get(f"{address}?filter[subscription_id]={subscription.pk}&sort=at"))) == 3
    records = north.get(f"{address}?sort=at").json()["data"]
    assert records[-1]["attributes"]["kind"] == "renews"
    assert ids(north.get(f"{address}?filter[subscription_id]={subscription.pk + 10**6}")) == []
    assert north.get(f"{address}?filter[connection]=1").status_code == 400
