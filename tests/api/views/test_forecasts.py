"""Forecasts over the API: own and child, of no other part of the tree, and of one's own level alone."""

from collections.abc import Callable

import pytest

from accounts.models import Role
from subscriptions.told import forecast as told
from tests.api.conftest import Caller, World


def test_an_accounts_forecast_is_its_resellers_and_that_of_those_above(
    world: World, caller: Callable[..., Caller]
) -> None:
    north, own = caller(world.north), f"/resellers/{world.north.pk}"
    ids = {name: account.pk for name, account in world.accounts.items()}
    answer = north.get(f"{own}/account_forecasts/{ids['north']}?include=account,reseller")
    data = answer.json()["data"]
    assert (answer.status_code, data["type"], data["id"]) == (200, "account_forecasts", str(ids["north"]))
    assert len(data["attributes"]["months"]) == 13
    assert [(one["type"], one["id"]) for one in answer.json()["included"]] == [
        ("accounts", str(ids["north"])), ("resellers", str(world.north.pk)),
    ]  # fmt: skip
    below = f"{own}/child_reseller_account_forecasts"
    seen = {
        (address, name): north.get(f"{address}/{pk}").status_code
        for address in (f"{own}/account_forecasts", below)
        for name, pk in ids.items()
    }
    assert {place for place, status in seen.items() if status == 200} == {
        (f"{own}/account_forecasts", "north"), (below, "north_east"),
    }  # fmt: skip
    assert set(seen.values()) == {200, 404}
    assert caller(world.south).get(f"{own}/account_forecasts/{ids['north']}").status_code == 404


def test_a_resellers_forecast_is_its_own_alone(world: World, caller: Callable[..., Caller]) -> None:
    statuses = {
        (who, whose): caller(getattr(world, who))
        .get(f"/resellers/{getattr(world, whose).pk}/margin_forecast")
        .status_code
        for who in ("operator", "north", "north_east", "south")
        for whose in ("operator", "north", "north_east", "south")
    }
    assert statuses == {(who, whose): 200 if who == whose else 404 for who, whose in statuses}


def test_who_may_not_see_charges_or_margins_is_refused(world: World, caller: Callable[..., Caller]) -> None:
    own = f"/resellers/{world.north.pk}"
    assert caller(world.north, Role.SALES).get(f"{own}/margin_forecast").status_code == 403
    marketing = caller(world.north, Role.MARKETING)
    assert marketing.get(f"{own}/account_forecasts/{world.accounts['north'].pk}").status_code == 403


def test_parameters_that_are_not_there_and_too_many_subscriptions_are_named(
    world: World, caller: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    north, own = caller(world.north), f"/resellers/{world.north.pk}"
    address = f"{own}/account_forecasts/{world.accounts['north'].pk}"
    for query in ("?sort=id", "?page[size]=1", "?meta=true", "?include=plan"):
        assert north.get(f"{address}{query}").status_code == 400, query
    assert north.get(f"{own}/margin_forecast?include=reseller").status_code == 400
    monkeypatch.setattr(told, "AT_MOST", 0)
    answer = north.get(address)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_many_to_forecast")
