"""Subscriptions over the API: the documented members, additional attributes where they are asked for, no secret."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from core.secrets import encrypt
from subscriptions.models import SubscriptionSecret
from tests.api.conftest import Caller, World


def test_a_subscription_has_the_documented_members(world: World, caller: Callable[..., Caller]) -> None:
    row = world.charges["north"].subscription
    data = caller(world.north).get(f"/resellers/{world.north.pk}/subscriptions/{row.pk}").json()["data"]
    assert (data["type"], data["id"], "meta" in data) == ("subscriptions", str(row.pk), False)
    expected = {
        "plan_id": row.plan_id,
        "account_id": row.account_id,
        "name": row.name,
        "trial": False,
        "status": "active",
        "start_date": "2018-08-20",
        "expiration_date": None,
        "at_end": None,
        "ends_on": None,
        "lowers_on": None,
    }
    assert {name: data["attributes"][name] for name in expected} == expected


def test_a_subscription_says_what_is_arranged_for_the_end_of_the_vendors_term(
    world: World, caller: Callable[..., Caller]
) -> None:
    row = world.charges["north"].subscription
    row.at_end, row.ends_on, row.lowers_on = "ends", date(2019, 8, 20), date(2019, 8, 21)
    row.save(update_fields=["at_end", "ends_on", "lowers_on"])
    data = caller(world.north).get(f"/resellers/{world.north.pk}/subscriptions/{row.pk}").json()["data"]
    told = {name: data["attributes"][name] for name in ("at_end", "ends_on", "lowers_on")}
    assert told == {"at_end": "ends", "ends_on": "2019-08-20", "lowers_on": "2019-08-21"}


@pytest.mark.parametrize("method", ["subscriptions", "child_reseller_subscriptions"])
def test_meta_brings_the_additional_attributes_own_and_child(
    world: World, caller: Callable[..., Caller], method: str
) -> None:
    """CR-447; CR-582 adds G Suite's subscription and customer ids."""
    row = world.charges["operator" if method == "subscriptions" else "north"].subscription
    row.vendor_ids = {"customer_id": "C123", "subscription_id": "S456"}
    row.attributes = {"activation_code": {"label": "Activation code", "value": "AAAA-BBBB"}}
    row.save()
    SubscriptionSecret.objects.create(subscription=row, key="password", value=encrypt({"password": "kept-secret"}))
    operator = caller(world.operator)
    address = f"/resellers/{world.operator.pk}/{method}"
    by_id = operator.get(f"{address}/{row.pk}?meta=true").json()["data"]
    listed = operator.get(f"{address}?meta=true&filter[id]={row.pk}").json()["data"]
    told = {"activation_code": "AAAA-BBBB", "customer_id": "C123", "subscription_id": "S456"}
    assert by_id["meta"] == {"additional_attributes": told}
    assert listed == [by_id]
    assert "password" not in json.dumps(listed)
    assert "meta" not in operator.get(f"{address}/{row.pk}?meta=false").json()["data"]
    refused = operator.get(f"{address}?meta=yes")
    assert (refused.status_code, refused.json()["errors"][0]["source"]) == (400, {"parameter": "meta"})
