"""Users of a customer and their licences."""

from typing import Any

import pytest

from tests.sandbox.microsoft.asking import E3, Asker

E3_PRODUCT = "6fd2c87f-b296-42f0-b197-1e91e994b900"


def user_body(name: str = "eva", **members: Any) -> dict[str, Any]:
    """Return the body that creates a user."""
    return {
        "usageLocation": "US",
        "userPrincipalName": f"{name}@acme.onmicrosoft.com",
        "firstName": "Eva",
        "lastName": "Ray",
        "displayName": "Eva Ray",
        "passwordProfile": {"password": "abCD123*", "forceChangePassword": True},
    } | members


def new_user(partner: Asker, customer: str, name: str = "eva") -> str:
    """Create a user and return its path."""
    made = partner.post(f"/customers/{customer}/users", user_body(name))
    assert made.status == 201, made.text
    return f"/customers/{customer}/users/{made.json['id']}"


def test_user_is_created_listed_and_deleted(partner: Asker) -> None:
    customer = partner.new_customer()
    path = new_user(partner, customer)
    listed = partner.get(f"/customers/{customer}/users").json["items"]
    assert [item["userPrincipalName"] for item in listed] == ["eva@acme.onmicrosoft.com"]
    assert partner.get(path).json == listed[0]
    assert "passwordProfile" not in listed[0]
    assert partner.ask("DELETE", path).status == 204
    assert partner.get(path).refused == (404, 1000)


@pytest.mark.parametrize(
    "change",
    [{"usageLocation": ""}, {"displayName": None}, {"userPrincipalName": "eva@other.example"}, {"passwordProfile": {}}],
)
def test_incomplete_user_is_refused(partner: Asker, change: dict[str, Any]) -> None:
    customer = partner.new_customer()
    assert partner.post(f"/customers/{customer}/users", user_body(**change)).refused == (400, 27002)


def test_principal_name_is_given_once(partner: Asker) -> None:
    customer = partner.new_customer()
    new_user(partner, customer)
    assert partner.post(f"/customers/{customer}/users", user_body("EVA")).refused == (400, 27002)


def test_licences_are_counted_as_they_are_given_and_taken(partner: Asker) -> None:
    customer = partner.new_customer()
    partner.subscription(customer, E3, 2)
    users = [new_user(partner, customer, name) for name in ("eva", "max", "zoe")]
    assigned = {"licensesToAssign": [{"excludedPlans": None, "skuId": E3_PRODUCT.upper()}]}
    answers = [partner.post(f"{path}/licenseupdates", assigned) for path in users]
    assert [answer.status for answer in answers] == [201, 201, 400]
    assert answers[2].json["code"] == 60012
    assert partner.post(f"{users[0]}/licenseupdates", assigned).status == 201
    sku = partner.get(f"/customers/{customer}/subscribedskus").json["items"][0]
    names = ("productSku", "activeUnits", "consumedUnits", "availableUnits", "totalUnits", "capabilityStatus")
    assert [sku[name] for name in names[1:]] == [2, 2, 0, 2, "Enabled"]
    assert sku["productSku"]["id"] == E3_PRODUCT
    held = partner.get(f"{users[0]}/licenses").json["items"]
    assert [item["productSku"]["skuPartNumber"] for item in held] == ["ENTERPRISEPACK"]
    taken = partner.post(f"{users[0]}/licenseupdates", {"licensesToRemove": [E3_PRODUCT]})
    assert taken.json["licensesToRemove"] == [E3_PRODUCT]
    assert partner.get(f"{users[0]}/licenses").json["items"] == []
    assert partner.get(f"/customers/{customer}/subscribedskus").json["items"][0]["consumedUnits"] == 1


def test_suspended_licences_are_not_available(partner: Asker) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer, E3, 2)
    partner.patch(f"/customers/{customer}/subscriptions/{subscription['id']}", subscription | {"status": "suspended"})
    sku = partner.get(f"/customers/{customer}/subscribedskus").json["items"][0]
    assert (sku["activeUnits"], sku["suspendedUnits"], sku["capabilityStatus"]) == (0, 2, "Suspended")


def test_licence_of_something_not_bought_is_refused(partner: Asker) -> None:
    customer = partner.new_customer()
    path = new_user(partner, customer)
    answer = partner.post(f"{path}/licenseupdates", {"licensesToAssign": [{"skuId": E3_PRODUCT}]})
    assert answer.refused == (400, 60012)
