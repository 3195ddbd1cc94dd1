"""Every error in one shape."""

from collections.abc import Callable

import pytest

from api.errors import handle
from core.errors import Refusals, Refused
from tests.api.conftest import Caller, World


def test_other_methods_and_addresses_are_refused_in_json(world: World, caller: Callable[..., Caller]) -> None:
    good = caller(world.operator)
    posted = good.client.post(f"/api/v3/resellers/{world.operator.pk}/charges", {}, headers={"X-Api-Token": good.token})
    assert posted.status_code == 405
    assert posted.json()["errors"][0]["status"] == "405"
    nowhere = good.get("/nowhere")
    assert nowhere.status_code == 404
    assert nowhere.json()["errors"][0]["status"] == "404"


def test_a_refusal_of_several_fields_is_an_error_object_each() -> None:
    refusals = Refusals()
    refusals.add(Refused("Fill in the city.", code="city_missing", field="city"))
    refusals.add(Refused("At least 2.", code="quantity_not_allowed", field="quantities.seats"))
    with pytest.raises(Refused) as refusal:
        refusals.raise_any()
    answer = handle(refusal.value, {})
    assert answer is not None
    errors = [(one["code"], one["detail"], one["source"]["pointer"]) for one in answer.data["errors"]]
    assert errors == [
        ("city_missing", "Fill in the city.", "/data/attributes/city"),
        ("quantity_not_allowed", "At least 2.", "/data/attributes/quantities.seats"),
    ]
