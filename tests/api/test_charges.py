"""Charges over the API: the envelope, the scopes, paging, filters, sorting, includes, errors."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from api.serializers.charges import months_of
from billing.models import Charge
from core.period import Period
from tests.api.conftest import ORDERED, Caller, World
from tests.factories import subscriptions as catalogue

JSON_API = "application/vnd.api+json"


def ids(answer: object) -> list[str]:
    return [record["id"] for record in answer.json()["data"]]


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


def test_own_is_the_reseller_of_the_path_and_child_all_below(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    own = operator.get(f"/resellers/{world.operator.pk}/charges")
    below = operator.get(f"/resellers/{world.operator.pk}/child_reseller_charges")
    of_north = operator.get(f"/resellers/{world.north.pk}/child_reseller_charges")
    assert ids(own) == [str(world.charges["operator"].pk)]
    assert ids(below) == [str(world.charges[name].pk) for name in ("north", "north_east", "south")]
    assert ids(of_north) == [str(world.charges["north_east"].pk)]


@pytest.mark.parametrize("method", ["charges", "child_reseller_charges"])
def test_another_part_of_the_tree_is_not_found(world: World, caller: Callable[..., Caller], method: str) -> None:
    south = caller(world.south)
    for reseller in (world.operator, world.north, world.north_east):
        answer = south.get(f"/resellers/{reseller.pk}/{method}")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["status"] == "404"
    foreign = south.get(f"/resellers/{world.south.pk}/{method}/{world.charges['north'].pk}")
    missing = south.get(f"/resellers/{world.south.pk}/{method}/999999999")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert foreign.status_code == 404


def test_a_child_of_a_child_is_not_an_own_record(world: World, caller: Callable[..., Caller]) -> None:
    north = caller(world.north)
    charge = world.charges["north_east"].pk
    assert north.get(f"/resellers/{world.north.pk}/charges/{charge}").status_code == 404
    assert north.get(f"/resellers/{world.north.pk}/child_reseller_charges/{charge}").status_code == 200


def test_pages_follow_each_other_by_their_links(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    address = f"/resellers/{world.operator.pk}/child_reseller_charges?page[size]=1"
    seen, answer = [], operator.get(address)
    first = answer.json()
    assert first["meta"]["pagination"] == {"total": 3, "total_is_estimate": False, "page_size": 1}
    assert first["links"]["prev"] is None
    while True:
        seen += ids(answer)
        following = answer.json()["links"]["next"]
        if following is None:
            break
        answer = operator.get(following.partition("/api/v3")[2])
    assert seen == [str(world.charges[name].pk) for name in ("north", "north_east", "south")]
    back = operator.get(answer.json()["links"]["prev"].partition("/api/v3")[2])
    assert ids(back) == [str(world.charges["north_east"].pk)]
    assert ids(operator.get(f"{address}&page[number]=3")) == [str(world.charges["south"].pk)]
    assert ids(operator.get(f"{address}&page[number]=4")) == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter[status]=blocked", ["north", "north_east", "south"]),
        ("filter[status]=closed,new", []),
        ("filter[type]=recurring_fee", ["north", "north_east", "south"]),
        ("filter[type]=setup_fee", []),
        ("filter[close_date][lt]=2030-01-01", []),
        ("filter[created_at][lt]=2001-01-01T00:00:00%2B03:00", []),
        ("filter[created_at][gt]=2001-01-01T00:00:00%2B03:00", ["north", "north_east", "south"]),
        ("sort=-id", ["south", "north_east", "north"]),
        ("sort=created_at", ["north", "north_east", "south"]),
    ],
)
def test_filters_and_sorting(world: World, caller: Callable[..., Caller], query: str, names: list[str]) -> None:
    answer = caller(world.operator).get(f"/resellers/{world.operator.pk}/child_reseller_charges?{query}")
    assert answer.status_code == 200
    assert ids(answer) == [str(world.charges[name].pk) for name in names]


def test_several_ids_are_separated_by_commas(world: World, caller: Callable[..., Caller]) -> None:
    wanted = [world.charges["north"], world.charges["south"]]
    listed = ",".join(str(charge.subscription_id) for charge in wanted)
    answer = caller(world.operator).get(
        f"/resellers/{world.operator.pk}/child_reseller_charges?filter[subscription_id]={listed}"
    )
    assert ids(answer) == [str(charge.pk) for charge in wanted]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("filter[status]=paid", "filter[status]"),
        ("filter[colour]=red", "filter[colour]"),
        ("filter[amount][gt]=1", "filter[amount][gt]"),
        ("filter[created_at__gt]=2001-01-01", "filter[created_at__gt]"),
        ("filter[close_date][gt]=yesterday", "filter[close_date][gt]"),
        ("filter[subscription_id]=99999999999999999999999", "filter[subscription_id]"),
        ("filter[subscription_id]=", "filter[subscription_id]"),
        ("filter[status]=new&filter[status]=closed", "filter[status]"),
        ("page[size]=0", "page[size]"),
        ("page[size]=501", "page[size]"),
        ("page[number]=x", "page[number]"),
        ("page[after]=here", "page[after]"),
        ("sort=amount", "sort"),
        ("include=invoice", "include"),
        ("colour=red", "colour"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(
    world: World, caller: Callable[..., Caller], query: str, parameter: str
) -> None:
    answer = caller(world.operator).get(f"/resellers/{world.operator.pk}/charges?{query}")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["source"] == {"parameter": parameter}
    assert error["status"] == "400"
    assert error["detail"]


def test_included_records_come_with_own_charges_only(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    answer = operator.get(f"/resellers/{world.operator.pk}/charges?include=reseller,account,subscription,plan")
    kinds = {record["type"] for record in answer.json()["included"]}
    assert kinds == {"resellers", "accounts", "subscriptions", "plans"}
    refused = operator.get(f"/resellers/{world.operator.pk}/child_reseller_charges?include=account")
    assert refused.status_code == 400
    assert "included" not in operator.get(f"/resellers/{world.operator.pk}/charges").json()


def test_without_a_good_token_nobody_is_let_in(world: World, caller: Callable[..., Caller], client: object) -> None:
    address = f"/resellers/{world.operator.pk}/charges"
    good = caller(world.operator)
    assert client.get(f"/api/v3{address}").status_code == 401
    wrong = Caller(client, "x" * 22).get(address)
    assert wrong.status_code == 401
    assert wrong["WWW-Authenticate"].startswith("X-Api-Token")
    assert good.get(address).status_code == 200


def test_a_role_without_the_right_is_forbidden(world: World, caller: Callable[..., Caller]) -> None:
    answer = caller(world.north, Role.MARKETING).get(f"/resellers/{world.north.pk}/charges")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["status"] == "403"


@pytest.mark.parametrize(
    ("accept", "status", "content"),
    [
        (JSON_API, 200, JSON_API),
        ("application/json", 200, "application/json"),
        ("*/*", 200, JSON_API),
        ("text/csv", 406, JSON_API),
    ],
)
def test_the_accept_header_chooses_the_words(
    world: World, caller: Callable[..., Caller], accept: str, status: int, content: str
) -> None:
    answer = caller(world.operator).get(f"/resellers/{world.operator.pk}/charges", Accept=accept)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (status, content)


def test_other_methods_and_addresses_are_refused_in_json(world: World, caller: Callable[..., Caller]) -> None:
    good = caller(world.operator)
    posted = good.client.post(f"/api/v3/resellers/{world.operator.pk}/charges", {}, headers={"X-Api-Token": good.token})
    assert posted.status_code == 405
    assert posted.json()["errors"][0]["status"] == "405"
    nowhere = good.get("/nowhere")
    assert nowhere.status_code == 404
    assert nowhere.json()["errors"][0]["status"] == "404"


def test_a_list_takes_the_same_statements_however_long_it_is(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    address = f"/resellers/{world.operator.pk}/charges?include=account,plan"
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


@pytest.mark.parametrize(
    ("days", "months"),
    [(Period(ORDERED, ORDERED.replace(day=21)), "0.033"), (Period(ORDERED, ORDERED.replace(day=30)), "0.333")],
)
def test_the_duration_is_in_months_to_three_places(days: Period, months: str) -> None:
    """G-D9: one day is 0.033."""
    charge = Charge(operate_from=days.start, operate_to=days.end, period_from=ORDERED, period_to=ORDERED)
    assert str(months_of(charge)) == months
