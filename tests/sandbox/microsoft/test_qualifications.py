"""What a customer is, and what it may buy for that."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker

DOMAIN = "acme.onmicrosoft.com"


def test_school_is_vetted_before_it_may_buy(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(vetting_seconds=3600)
    customer = partner.new_customer()
    path = f"/customers/{customer}/qualifications"
    assert partner.get(path).json == []
    made = partner.post(path, {"qualification": "education", "educationSegment": "K12"})
    assert (made.status, made.json["qualification"], made.json["vettingStatus"]) == (201, "Education", "InReview")
    line = {"catalogItemId": partner.item("CFQ7TTC0LH0J", "0001", segment="education"), "termDuration": "P1Y"}
    carts = f"/customers/{customer}/carts"
    body = {"lineItems": [line | {"id": 0, "quantity": 1, "billingCycle": "annual"}]}
    assert partner.post(carts, body).json["lineItems"][0]["error"]["errorCode"] == "800020"
    microsoft.advance(seconds=3599)
    partner.sign_in(microsoft)
    assert partner.get(path).json[0]["vettingStatus"] == "InReview"
    microsoft.advance(seconds=1)
    assert [item["vettingStatus"] for item in partner.get(path).json] == ["Approved"]
    assert "error" not in partner.post(carts, body).json["lineItems"][0]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"qualification": "Nonprofit"}, "qualification"),
        ({"qualification": "Education"}, "educationSegment"),
        ({"qualification": "GovernmentCommunityCloud", "validationCode": "x"}, "validationCode"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(partner: Asker, body: dict[str, Any], name: str) -> None:
    answer = partner.post(f"/customers/{partner.new_customer()}/qualifications", body)
    assert (answer.refused, answer.json["data"][0]) == ((400, 27002), f"property_name:  {name}")


def test_asking_takes_a_user(partner: Asker) -> None:
    path = f"/customers/{partner.new_customer()}/qualifications"
    government = {"qualification": "GovernmentCommunityCloud", "validationCode": "GCC-SANDBOX"}
    assert partner.post(path, government).status == 201
    partner.sign_in_alone()
    assert partner.post(path, government).refused == (403, 900329)
    assert [item["qualification"] for item in partner.get(path).json] == ["GovernmentCommunityCloud"]


def test_vetting_is_decided_by_hand(partner: Asker, microsoft: Microsoft) -> None:
    path = f"/customers/{partner.new_customer()}/qualifications"
    microsoft.qualify(domain=DOMAIN, qualification="nonprofit", status="Denied", reason="NoEvidence")
    assert partner.get(path).json[0] | {"vettingCreatedDate": ""} == {
        "qualification": "Nonprofit",
        "vettingStatus": "Denied",
        "vettingReason": "NoEvidence",
        "vettingCreatedDate": "",
    }
    with pytest.raises(ValueError, match="a qualification of"):
        microsoft.qualify(domain=DOMAIN, qualification="Pirate")
