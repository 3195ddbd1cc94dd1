"""Enhanced attestations: who signs, the link, and the agreement made of them."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker

ASKED = {
    "country": "US",
    "language": "en-US",
    "companyName": "Acme",
    "signatoryFirstName": "Ann",
    "signatoryLastName": "Lee",
    "signatoryEmail": "ann@acme.example",
    "signatoryPhoneNumber": "4255550100",
}
PATH = "/attestations/enhanced"


def test_signer_opens_the_link_and_the_agreement_is_made_of_it(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer(agreed=False)
    partner.sign_in_alone()
    made = partner.post(PATH, ASKED)
    assert (made.status, made.json["status"]) == (201, "Pending")
    identity, link = made.json["attestationId"], made.json["link"]
    agreement = {"attestationId": identity, "type": "MicrosoftCustomerAgreement"}
    agreements = f"/customers/{customer}/agreements"
    assert partner.post(agreements, agreement).refused == (400, 3000)
    assert urlsplit(link).netloc == urlsplit(partner.base_url).netloc
    assert "Ann Lee" in partner.http.get(link, timeout=10).text
    assert "The agreement is accepted" in partner.http.post(link, timeout=10).text
    assert partner.get(f"{PATH}/{identity}").json["status"] == "Accepted"
    kept = partner.post(agreements, agreement)
    assert (kept.status, kept.json["primaryContact"]["email"]) == (201, "ann@acme.example")
    assert partner.order(customer).status == 201
    partner.sign_in(microsoft)
    listed = partner.get(f"{agreements}?agreementType=MicrosoftCustomerAgreement").json["items"]
    assert [item["primaryContact"]["lastName"] for item in listed] == ["Lee"]


def test_users_are_refused(partner: Asker) -> None:
    customer = partner.new_customer(agreed=False)
    agreement = {"attestationId": "none", "type": "MicrosoftCustomerAgreement"}
    for answer in (partner.post(PATH, ASKED), partner.get(f"{PATH}/none")):
        assert answer.refused == (403, 2032)
    assert partner.post(f"/customers/{customer}/agreements", agreement).refused == (403, 2032)


@pytest.mark.parametrize("name", ["country", "language", "companyName", "signatoryLastName", "signatoryEmail"])
def test_incomplete_question_is_refused(partner: Asker, name: str) -> None:
    partner.sign_in_alone()
    answer = partner.post(PATH, ASKED | {name: None})
    assert (answer.refused, answer.json["data"][0]) == ((400, 27002), f"property_name:  {name}")
    assert partner.post(PATH, ASKED | {"country": "XX"}).refused == (400, 27002)


@pytest.mark.parametrize(
    ("same_signer_by", "other", "status"),
    [
        ("all", {}, 400),
        ("all", {"signatoryEmail": "ANN@acme.example"}, 400),
        ("all", {"signatoryPhoneNumber": "4255550101"}, 201),
        ("any", {"signatoryPhoneNumber": "4255550101"}, 400),
        ("any", {"signatoryFirstName": "Bob", "signatoryEmail": "bob@acme.example"}, 400),
        (
            "any",
            {"signatoryFirstName": "Bob", "signatoryEmail": "bob@acme.example", "signatoryPhoneNumber": None},
            201,
        ),
    ],
)
def test_same_signer_is_refused(
    partner: Asker, microsoft: Microsoft, same_signer_by: str, other: dict[str, Any], status: int
) -> None:
    microsoft.behave(same_signer_by=same_signer_by)
    partner.sign_in_alone()
    partner.post(PATH, ASKED)
    answer = partner.post(PATH, ASKED | other)
    assert answer.status == status
    assert status == 201 or answer.refused == (400, 600061)


def test_link_expires(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(attestation_link_days=3)
    partner.sign_in_alone()
    made = partner.post(PATH, ASKED).json
    microsoft.advance(days=3)
    partner.sign_in_alone()
    assert partner.get(f"{PATH}/{made['attestationId']}").json["status"] == "Expired"
    assert partner.http.get(made["link"], timeout=10).status_code == 410
    assert partner.http.post(made["link"], timeout=10).status_code == 410
    refused = partner.control(do="sign_attestation", attestation_id=made["attestationId"])
    assert refused.status == 400
    assert partner.get(f"{PATH}/none").refused == (404, 1000)
    assert partner.http.get(f"{made['link']}x", timeout=10).status_code == 404
