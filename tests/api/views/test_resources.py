"""What every resource does: includes, and parameters that a method does not take."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller, World


def test_included_records_come_with_own_charges_only(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    answer = operator.get(f"/resellers/{world.operator.pk}/charges?include=reseller,account,subscription,plan")
    kinds = {record["type"] for record in answer.json()["included"]}
    assert kinds == {"resellers", "accounts", "subscriptions", "plans"}
    refused = operator.get(f"/resellers/{world.operator.pk}/child_reseller_charges?include=account")
    assert refused.status_code == 400
    assert "included" not in operator.get(f"/resellers/{world.operator.pk}/charges").json()


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
