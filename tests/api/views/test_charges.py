"""Charges over the API: the documented members, and one number of statements."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import JSON_API, ORDERED, Caller, World
from tests.factories import subscriptions as catalogue


def test_a_charge_by_id_has_the_documented_members(world: World, caller: Callable[..., Caller]) -> None:
    charge = world.charges["north"]
    answer = caller(world.north).get(f"/resellers/{world.north.pk}/charges/{charge.pk}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == JSON_API
    data = answer.json()["data"]
    assert (data["type"], data["id"]) == ("charges", str(charge.pk))
    attributes = data["attributes"]
    assert list(attributes)[:2] == ["created_at", "updated_at"]
    expected = {
        "subscription_id": charge.subscription_id,
        "subscription_resource_id": charge.subscription_resource_id,
        "subscription_resource_name": "Seats",
        "quantity": 5,
        "operate_from": "2018-08-20",
        "operate_to": "2018-09-01",
        "duration": 0.4,
        "unit_price": "10.000000",
        "amount": "19.35",
        "currency": charge.currency,
        "status": "blocked",
        "charge_type": "recurring_fee",
        "source": "purchase",
        "close_date": None,
        "period_from": "2018-08-01",
        "period_to": "2018-09-01",
        "account_id": world.accounts["north"].pk,
        "reseller_id": world.north.pk,
    }
    assert {name: attributes[name] for name in expected} == expected


def test_a_list_takes_the_same_statements_however_long_it_is(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    address = f"/resellers/{world.operator.pk}/charges?include=account,plan"
    operator.get(address)  # the first call of a token writes that it is used
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert operator.get(address).status_code == 200
        counts.append(len(statements))
        plan = world.charges["operator"].subscription.plan
        for _more in range(2):
            catalogue.subscription(account=world.accounts["operator"], plan=plan, today=ORDERED)
    assert counts[0] == counts[1]
