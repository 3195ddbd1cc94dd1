"""A date of the calendar as the API shows it: with what the vendor told of its commitment."""

from collections.abc import Callable

from django.utils import timezone

from tests.api.conftest import Caller, World


def test_a_window_tells_of_what_it_is_and_when_it_closes(world: World, caller: Callable[..., Caller]) -> None:
    subscription = world.charges["north"].subscription
    held = subscription.commitments.get()
    pk = world.record("commitment_dates", "north")
    answer = caller(world.north).get(f"/resellers/{world.north.pk}/commitment_dates/{pk}?include=subscription")
    record = answer.json()["data"]["attributes"]
    assert record["at"] == timezone.localtime(held.cancel_until).isoformat(timespec="milliseconds")
    assert record["day"] == timezone.localtime(held.cancel_until).date().isoformat()
    assert {name: record[name] for name in ("kind", "units", "resource", "item", "state", "quantity", "term")} == {
        "kind": "cancel", "units": 5, "resource": "seats", "item": held.item, "state": "active", "quantity": 5,
        "term": "P1M",
    }  # fmt: skip
    assert (record["subscription_id"], record["is_trial"]) == (subscription.pk, False)
    assert answer.json()["included"][0]["id"] == str(subscription.pk)
