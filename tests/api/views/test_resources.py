"""What every resource does: includes, and parameters that a method does not take."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.urls import RESOURCES
from tests.api.conftest import Caller, World, ids
from tests.factories import accounts as people


def test_included_records_come_with_own_charges_only(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    answer = operator.get(f"/resellers/{world.operator.pk}/charges?include=reseller,account,subscription,plan")
    kinds = {record["type"] for record in answer.json()["included"]}
    assert kinds == {"resellers", "accounts", "subscriptions", "plans"}
    refused = operator.get(f"/resellers/{world.operator.pk}/child_reseller_charges?include=account")
    assert refused.status_code == 400
    assert "included" not in operator.get(f"/resellers/{world.operator.pk}/charges").json()


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_relation_is_included_and_linked_to(world: World, caller: Callable[..., Caller], kind: str) -> None:
    """A record of each, by id and in the list: what `include` brings is what the record points at."""
    relations = RESOURCES[kind].shape.relations
    address = f"/resellers/{world.north.pk}/{kind}"
    for where in (address, f"{address}/{world.record(kind, 'north')}"):
        answer = caller(world.north).get(f"{where}?include={','.join(relations)}").json()
        [record] = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
        pointed = [link["data"] for link in record["relationships"].values() if link["data"]]
        assert sorted((one["type"], one["id"]) for one in answer["included"]) == sorted(
            {(one["type"], one["id"]) for one in pointed}
        )


@pytest.mark.urls("tests.api.second_resource")
def test_a_resource_with_an_empty_relation_groups_and_meta(world: World, caller: Callable[..., Caller]) -> None:
    """Seen before: the id "None", an error page for `include`, and no way to write groups or meta."""
    mary = people.manager(reseller=world.operator, name="Mary", email="mary@example.com")
    people.account(reseller=world.operator, name="Hers", manager=mary)
    operator = caller(world.operator)
    address = f"/resellers/{world.operator.pk}/accounts?include=manager,above,reseller&meta=true"
    operator.get(address)  # the first call of a token writes that it is used
    with CaptureQueriesContext(connection) as few:
        answer = operator.get(address).json()
    without, hers = answer["data"]
    assert without["relationships"]["manager"] == {"data": None}
    assert without["relationships"]["above"] == {"data": None}
    assert without["attributes"]["seller"] == {"name": world.operator.name, "manager": {"name": None}}
    assert hers["relationships"]["manager"] == {"data": {"type": "people", "id": str(mary.pk)}}
    assert hers["attributes"]["seller"]["manager"] == {"name": "Mary"}
    assert hers["meta"] == {"email_of_manager": "mary@example.com"}
    assert [(one["type"], one["id"]) for one in answer["included"]] == [
        ("people", str(mary.pk)), ("resellers", str(world.operator.pk)),
    ]  # fmt: skip
    people.account(reseller=world.operator, name="Hers too", manager=people.manager(reseller=world.operator))
    with CaptureQueriesContext(connection) as many:
        assert len(ids(operator.get(address))) == 3
    assert len(many) == len(few)


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
        ("meta=true", "meta"),
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
