"""Agreement templates and confirmations."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import CLOUD_TEMPLATE, Asker, agreement_body

STATUS = "/customers/{}/directSignedMicrosoftCustomerAgreementStatus"
CUSTOMER_TEMPLATE = "117a77b0-9360-443b-8795-c6dedc750cf9"


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("", ["MicrosoftCloudAgreement"]),
        ("?agreementType=MicrosoftCustomerAgreement", ["MicrosoftCustomerAgreement"]),
        ("?agreementType=*", ["MicrosoftCloudAgreement", "MicrosoftCustomerAgreement"]),
    ],
)
def test_templates_are_those_of_the_type(partner: Asker, query: str, types: list[str]) -> None:
    items = partner.get(f"/agreements{query}").json["items"]
    assert [item["agreementType"] for item in items] == types


def test_unknown_type_is_refused(partner: Asker) -> None:
    assert partner.get("/agreements?agreementType=Other").refused == (400, 3000)


def test_confirmation_is_repeated_and_listed(partner: Asker) -> None:
    customer = partner.new_customer(agreed=False)
    path = f"/customers/{customer}/agreements"
    answer = partner.post(path, agreement_body())
    assert (answer.status, answer.json) == (201, agreement_body())
    partner.post(path, agreement_body(templateId=CUSTOMER_TEMPLATE, type="MicrosoftCustomerAgreement"))
    listed = partner.get(path).json
    assert listed["totalCount"] == 1
    assert listed["items"][0]["dateAgreed"] == "2018-06-14T00:00:00"
    assert len(partner.get(f"{path}?agreementType=*").json["items"]) == 2


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"templateId": CUSTOMER_TEMPLATE}, "templateId"),
        ({"type": "Other"}, "templateId"),
        ({"dateAgreed": "2100-01-01T00:00:00Z"}, "dateAgreed"),
        ({"dateAgreed": None}, "dateAgreed"),
        ({"dateAgreed": "soon"}, "dateAgreed"),
        ({"primaryContact": {"lastName": "Lee", "email": "a@b.example"}}, "primaryContact.firstName"),
        ({"primaryContact": {"firstName": "Ann", "email": "a@b.example"}}, "primaryContact.lastName"),
        ({"primaryContact": {"firstName": "Ann", "lastName": "Lee"}}, "primaryContact.email"),
    ],
)
def test_incomplete_confirmation_is_refused(partner: Asker, change: dict[str, Any], name: str) -> None:
    customer = partner.new_customer(agreed=False)
    answer = partner.post(f"/customers/{customer}/agreements", agreement_body(**change))
    assert answer.refused == (400, 27002)
    assert answer.json["data"][0] == f"property_name:  {name}"


def test_order_without_confirmation_is_refused(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer(agreed=False)
    assert partner.order(customer).refused == (403, 13605)
    microsoft.behave(agreement_required=False)
    assert partner.order(customer).status == 201


def test_document_and_signing_status(partner: Asker) -> None:
    customer = partner.new_customer()
    document = partner.get(f"/agreementtemplates/{CLOUD_TEMPLATE}/document?language=ru-RU&country=RU").json
    assert (document["language"], document["country"]) == ("ru-RU", "RU")
    assert partner.get("/agreementtemplates/none/document").refused == (404, 1000)
    assert partner.get(STATUS.format(customer)).json == {"isSigned": False}


def test_direct_acceptance_lifts_the_block_at_once(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer(agreed=False)
    assert partner.order(customer).refused == (403, 13605)
    microsoft.accept_agreement(domain="acme.onmicrosoft.com")
    assert partner.get(STATUS.format(customer)).json == {"isSigned": True}
    assert partner.get(f"/customers/{customer}/agreements?agreementType=*").json["items"] == []
    assert partner.order(customer).status == 201


def test_status_of_direct_acceptance_takes_a_user(partner: Asker) -> None:
    customer = partner.new_customer()
    partner.sign_in_alone()
    assert partner.get(STATUS.format(customer)).refused == (403, 900329)


def test_old_confirmation_is_refused_from_its_last_day_on(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer(agreed=False)
    path = f"/customers/{customer}/agreements"
    microsoft.behave(legacy_agreement_until="2026-01-05")
    microsoft.set_clock(at="2026-01-04T23:59:00", stopped=True)
    assert partner.sign_in(microsoft).post(path, agreement_body()).status == 201
    microsoft.advance(seconds=60)
    assert partner.post(path, agreement_body()).refused == (400, 900141)
    assert len(partner.get(path).json["items"]) == 1


def test_agreement_that_became_void_blocks_every_changing_call(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    microsoft.accept_agreement(domain="acme.onmicrosoft.com")
    bought = partner.subscription(customer)
    cart = partner.cart(customer, {"catalogItemId": bought["offerId"]})
    microsoft.void_agreements(domain="acme.onmicrosoft.com")
    subscription = f"/customers/{customer}/subscriptions/{bought['id']}"
    order = f"/customers/{customer}/orders/{bought['orderId']}"
    refused = [
        partner.order(customer),
        partner.post(f"{cart}/checkout"),
        partner.patch(order, {"billingCycle": "annual"}),
        *(partner.patch(subscription, bought | change) for change in ({"quantity": 9}, {"quantity": 1}, {})),
    ]
    assert [answer.refused for answer in refused] == [(403, 13605)] * 6
    assert partner.get(STATUS.format(customer)).json == {"isSigned": False}
    partner.post(f"/customers/{customer}/agreements", agreement_body())
    assert partner.patch(subscription, bought | {"quantity": 9}).status == 200


def test_agreements_of_before_a_day_do_not_count(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    microsoft.behave(agreements_valid_since="2023-04-01")
    assert partner.order(customer).refused == (403, 13605)
    partner.post(f"/customers/{customer}/agreements", agreement_body(dateAgreed="2023-04-01T00:00:00Z"))
    assert partner.order(customer).status == 201
