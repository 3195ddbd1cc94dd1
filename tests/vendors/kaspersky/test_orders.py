"""What is sent of an order, and what is refused of a template and of an order."""

from dataclasses import replace
from typing import Any

import pytest

from tests.vendors.kaspersky.bench import ACCOUNT, OPTIONS, SKU, KasperskyBench
from vendors.base import Party
from vendors.errors import LostAnswer
from vendors.kaspersky import orders

MADE = {
    "SubscriptionId": "1AFE1433-A38E-4C79-8503-8D5687B44EB1",
    "ActivationCode": "abcde-fghjk-lmnpq-rstuv",
    "LicenseId": "1A2B-261129-000001",
}


def test_the_body_has_the_published_members_and_our_mark_where_people_see_it(bench: KasperskyBench) -> None:
    order = bench.order(reference="order:1:provision", quantity=5, options={**OPTIONS, "approval_code": "APR-1"})
    assert orders.body_of(order, bench.connection(), order.reference) == {
        "BillingPlan": "Monthly",
        "Sku": SKU,
        "Quantity": 5,
        "Expiration": None,
        "Customer": {
            "Contacts": {
                "CompanyName": "Acme & Söhne",
                "Email": "tania@acme.example",
                "Phone": "+1 425 555 0100",
                "CustomerCode": "order:1:provision",
            },
            "Address": {
                "AddressLine1": "One Main Street",
                "City": "Redmond",
                "State": "WA",
                "Zip": "98052",
                "Country": "USA",
            },
        },
        "Distributor": {"Partner": "P-100"},
        "ApprovalCode": "APR-1",
        "Comment": "order:1:provision",
        "DeliveryEmail": "tania@acme.example",
    }
    bare = replace(order, account=Party("1", "Acme", "", country="de"), options={"sku": SKU})
    body = orders.body_of(bare, bench.opened(partner=""), "m")
    assert set(body) == {"BillingPlan", "Sku", "Quantity", "Expiration", "Customer", "Comment"}
    assert body["Customer"]["Address"] == {"Country": "DEU"}


@pytest.mark.parametrize(
    ("two", "three"),
    [("US", "USA"), ("GB", "GBR"), ("CD", "COD"), ("DE", "DEU"), ("TL", "TLS"), ("MM", "MMR"), ("RU", "RUS"), ("", "")],
)
def test_countries_have_three_letters(two: str, three: str) -> None:
    assert orders.country_of(two) == three


@pytest.mark.parametrize(
    ("options", "resources", "fields"),
    [
        (OPTIONS, 1, []),
        ({"sku": " kl4863xakfs "}, 1, []),
        ({"sku": "office"}, 1, ["sku"]),
        ({"sku": SKU, "least": "10", "most": "5"}, 1, ["most"]),
        ({}, 3, ["sku", ""]),
    ],
)
def test_what_is_wrong_with_a_template(options: dict[str, str], resources: int, fields: list[str]) -> None:
    assert [problem.field for problem in orders.problems_of_template(options, resources)] == fields


def test_a_number_lies_in_the_templates_range() -> None:
    tens = {"least": "10", "most": "14"}
    assert [wanted for wanted in range(8, 17) if orders.problem_of_quantity(tens, wanted) is None] == [*range(10, 15)]
    assert orders.problem_of_quantity({}, 1_000) is None
    assert "1 to ∞" in str(orders.problem_of_quantity({}, 0))


def test_company_and_country_have_to_be_known() -> None:
    assert orders.problems_of_account(ACCOUNT) == []
    missing = orders.problems_of_account(replace(ACCOUNT, company=" ", country=""))
    assert [problem.field for problem in missing] == ["primary_name", "country"]


@pytest.mark.parametrize(
    "wrong",
    [{}, {"SubscriptionId": "another-1"}, {"ActivationCode": ""}, {"ActivationCode": "another-abcde"}],
)
def test_an_answer_is_read_whole_or_not_at_all(wrong: dict[str, Any]) -> None:
    number, code, license_id = orders.made_of(MADE)
    assert (number, code) == ("1afe1433-a38e-4c79-8503-8d5687b44eb1", "ABCDE-FGHJK-LMNPQ-RSTUV")
    assert license_id == MADE["LicenseId"]
    with pytest.raises(LostAnswer):
        orders.made_of({**MADE, **wrong} if wrong else {})
