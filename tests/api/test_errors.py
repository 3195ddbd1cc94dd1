"""Every error in one shape."""

from collections.abc import Callable

from tests.api.conftest import Caller, World


def test_other_methods_and_addresses_are_refused_in_json(world: World, caller: Callable[..., Caller]) -> None:
    good = caller(world.operator)
    posted = good.client.post(f"/api/v3/resellers/{world.operator.pk}/charges", {}, headers={"X-Api-Token": good.token})
    assert posted.status_code == 405
    assert posted.json()["errors"][0]["status"] == "405"
    nowhere = good.get("/nowhere")
    assert nowhere.status_code == 404
    assert nowhere.json()["errors"][0]["status"] == "404"
