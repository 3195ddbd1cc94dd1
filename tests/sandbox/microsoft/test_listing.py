"""Lists that are behind."""

from sandbox.microsoft import Microsoft
from sandbox.microsoft.listing import keep, lag, listed
from tests.sandbox.microsoft.asking import Asker


def test_change_is_there_by_id_at_once_and_in_the_list_later(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(list_lag_seconds=900)
    customer = partner.new_customer()
    bought = partner.subscription(customer, quantity=5)
    microsoft.advance(seconds=901)
    path = f"/customers/{customer}/subscriptions"
    changed = partner.patch(f"{path}/{bought['id']}", bought | {"quantity": 6}).json
    microsoft.advance(seconds=600)
    partner.patch(f"{path}/{bought['id']}", changed | {"quantity": 7})
    assert partner.get(f"{path}/{bought['id']}").json["quantity"] == 7
    seen = []
    for seconds in (0, 299, 2, 600):
        microsoft.advance(seconds=seconds)
        seen.append(partner.get(path).json["items"][0]["quantity"])
    assert seen == [5, 5, 6, 7]


def test_each_thing_may_have_a_lag_of_its_own(microsoft: Microsoft) -> None:
    world = microsoft.world
    microsoft.set_clock(at="2026-06-01T00:00:00", stopped=True)
    microsoft.behave(list_lag_seconds=900, list_lag_varies=True)
    names = [f"order-{number}" for number in range(50)]
    lags = [lag(world, name) for name in names]
    assert all(0 <= own <= 900 for own in lags)
    assert len(set(lags)) > 40
    for name in names:
        keep(world, "order:x", {"id": name, "created": world.now()})
    counts = []
    for _ in range(4):
        counts.append(len(listed(world, "order:x")))
        microsoft.advance(seconds=300)
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2] < counts[3] == 50
    assert lags == [lag(world, name) for name in names]


def test_without_a_lag_nothing_of_the_past_is_kept(microsoft: Microsoft) -> None:
    for version in (1, 2):
        keep(microsoft.world, "order:x", {"id": "A", "created": 0.0, "version": version})
    assert listed(microsoft.world, "order:x") == [{"id": "A", "created": 0.0, "version": 2, "past": []}]
