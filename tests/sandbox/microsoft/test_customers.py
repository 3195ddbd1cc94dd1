"""Customers: domains, creation, lists, profiles."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker, customer_body


def test_domain_check_is_inverted_and_has_no_body(partner: Asker) -> None:
    partner.new_customer("acme.onmicrosoft.com")
    taken = partner.ask("HEAD", "/domains/ACME.onmicrosoft.com")
    free = partner.ask("HEAD", "/domains/other.onmicrosoft.com")
    assert (taken.status, free.status) == (200, 404)
    assert (taken.headers["Content-Length"], free.headers["Content-Length"]) == ("0", "0")
    assert "MS-RequestId" in free.headers


def test_domain_check_without_token_is_no_answer(stranger: Asker) -> None:
    answer = stranger.ask("HEAD", "/domains/other.onmicrosoft.com")
    assert (answer.status, answer.headers["Content-Length"]) == (401, "0")


def test_new_customer_is_answered_with_credentials_once(partner: Asker) -> None:
    made = partner.post("/customers", customer_body())
    assert made.status == 201
    assert made.json["id"] == made.json["companyProfile"]["tenantId"]
    assert made.json["relationshipToPartner"] == "none"
    assert made.json["userCredentials"]["userName"] == "admin"
    assert len(made.json["userCredentials"]["password"]) == 12
    read = partner.get(f"/customers/{made.json['id']}").json
    assert "userCredentials" not in read
    assert read["relationshipToPartner"] == "reseller"
    assert read["allowDelegatedAccess"] is True
    assert read["companyProfile"]["email"] == "ann@acme.example"
    assert read["companyProfile"]["address"]["region"] == "WA"
    assert read["billingProfile"]["firstName"] == "Ann"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"country": "XX"}, (400, 20000)),
        ({"state": "ZZ"}, (400, 27002)),
        ({"region": "NA"}, (400, 27002)),
        ({"postalCode": "98"}, (400, 27002)),
        ({"firstName": ""}, (400, 27002)),
        ({"lastName": "x" * 51}, (400, 27002)),
        ({"addressLine1": None}, (400, 27002)),
        ({"city": None}, (400, 27002)),
    ],
)
def test_bad_address_is_refused(partner: Asker, change: dict[str, Any], refusal: tuple[int, int]) -> None:
    assert partner.post("/customers", customer_body(**change)).refused == refusal


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "nobody"), ("culture", ""), ("language", ""), ("companyName", ""), ("lastName", "x" * 51)],
)
def test_bad_billing_profile_is_refused(partner: Asker, name: str, value: str) -> None:
    body = customer_body()
    body["billingProfile"][name] = value
    answer = partner.post("/customers", body)
    assert answer.refused == (400, 27002)
    assert answer.json["data"][0] == f"property_name:  billingProfile.{name}"


@pytest.mark.parametrize("domain", ["acme.onmicrosoft.com", "contoso.onmicrosoft.com", "no domain", ""])
def test_domain_that_is_taken_or_none_is_refused(partner: Asker, domain: str) -> None:
    partner.new_customer("acme.onmicrosoft.com")
    assert partner.post("/customers", customer_body(domain)).refused == (400, 27002)


def russian(registration: str | None, phone: str | None) -> dict[str, Any]:
    """Return the body of a customer in Moscow."""
    body = customer_body("ooo.onmicrosoft.com", country="RU", state=None, postalCode="101000", phoneNumber=phone)
    body["companyProfile"]["organizationRegistrationNumber"] = registration
    return body


@pytest.mark.parametrize(
    ("registration", "phone", "code"),
    [(None, "+7 495 1234567", 600049), ("12", "+7 495 1234567", 600050), ("7707083893", None, 600051)],
)
def test_registration_number_and_phone_are_demanded_in_some_countries(
    partner: Asker, registration: str | None, phone: str | None, code: int
) -> None:
    assert partner.post("/customers", russian(registration, phone)).refused == (400, code)
    made = partner.post("/customers", russian("7707083893", "+7 495 1234567"))
    assert made.json["companyProfile"]["organizationRegistrationNumber"] == "7707083893"


def test_registration_number_is_refused_elsewhere(partner: Asker) -> None:
    body = customer_body()
    body["companyProfile"]["organizationRegistrationNumber"] = "7707083893"
    assert partner.post("/customers", body).refused == (400, 600002)


def test_unknown_indirect_reseller_is_refused(partner: Asker) -> None:
    assert partner.post("/customers", customer_body() | {"associatedPartnerId": "9999999"}).refused == (404, 800015)
    made = partner.post("/customers", customer_body() | {"associatedPartnerId": "4847383"})
    assert made.json["associatedPartnerId"] == "4847383"


def test_indirect_reseller_is_named_by_its_tenant(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(reseller_by_mpn=False)
    assert partner.post("/customers", customer_body() | {"associatedPartnerId": "4847383"}).refused == (400, 27002)
    stranger = {"associatedPartnerId": "2f1c2b7e-7e57-4c0d-8a11-00000000000f"}
    assert partner.post("/customers", customer_body() | stranger).refused == (400, 800016)
    resellers = partner.get("/relationships?relationship_type=IsIndirectCloudSolutionProviderOf").json["items"]
    assert [reseller["mpnId"] for reseller in resellers] == ["4847383", "5139005"]
    tenant = resellers[0]["id"]
    made = partner.post("/customers", customer_body() | {"associatedPartnerId": tenant.upper()})
    assert made.json["associatedPartnerId"].lower() == tenant
    assert partner.get("/relationships?relationship_type=Other").refused == (400, 3000)


def test_customer_limit_of_the_integration_sandbox(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(customer_limit=1)
    partner.new_customer("one.onmicrosoft.com")
    assert partner.post("/customers", customer_body("two.onmicrosoft.com")).refused == (400, 800018)


def test_unknown_and_foreign_customers(partner: Asker, microsoft: Microsoft) -> None:
    foreign = microsoft.add_foreign_customer(domain="theirs.onmicrosoft.com")["id"]
    assert partner.get("/customers/11111111-2222-3333-4444-555555555555").refused == (404, 1000)
    assert partner.get(f"/customers/{foreign}").refused == (403, 20002)
    assert partner.ask("HEAD", "/domains/theirs.onmicrosoft.com").status == 200
    assert partner.get("/customers").json["items"] == []


def test_list_turns_pages_by_token(partner: Asker) -> None:
    made = [partner.new_customer(f"c{number}.onmicrosoft.com", agreed=False) for number in range(5)]
    seen: list[str] = []
    page = partner.get("/customers?size=2").json
    while True:
        assert page["totalCount"] == len(page["items"])
        seen.extend(item["id"] for item in page["items"])
        following = page["links"].get("next")
        if following is None:
            break
        assert following["uri"] == "/v1/customers?size=2&seekOperation=Next"
        token = following["headers"][0]
        assert token["key"] == "MS-ContinuationToken"
        page = partner.get(following["uri"].removeprefix("/v1"), MS_ContinuationToken=token["value"]).json
    assert seen == made
    assert sorted(page["items"][0]) == ["attributes", "companyProfile", "id", "links", "relationshipToPartner"]


@pytest.mark.parametrize("token", ["", "rubbish", "e30="])
def test_page_without_its_token_is_refused(partner: Asker, token: str) -> None:
    assert partner.get("/customers?seekOperation=Next", MS_ContinuationToken=token).refused == (400, 800002)


@pytest.mark.parametrize(
    ("field", "value", "found"), [("CompanyName", "ac", 2), ("Domain", "B.", 1), ("Domain", "x", 0)]
)
def test_list_is_filtered_by_beginning(partner: Asker, field: str, value: str, found: int) -> None:
    for domain in ("a.onmicrosoft.com", "b.onmicrosoft.com"):
        partner.new_customer(domain, agreed=False)
    text = quote(json.dumps({"Field": field, "Value": value, "Operator": "starts_with"}))
    assert len(partner.get(f"/customers?size=0&filter={text}").json["items"]) == found


@pytest.mark.parametrize(("text", "code"), [("{", 800002), ('{"Field":"City","Operator":"starts_with"}', 3000)])
def test_bad_filter_is_refused(partner: Asker, text: str, code: int) -> None:
    assert partner.get(f"/customers?filter={quote(text)}").refused == (400, code)


def test_filter_holds_over_pages(partner: Asker) -> None:
    for number in range(3):
        partner.new_customer(f"a{number}.onmicrosoft.com", agreed=False)
    partner.new_customer("z.onmicrosoft.com", agreed=False)
    text = quote(json.dumps({"Field": "Domain", "Value": "a", "Operator": "starts_with"}))
    first = partner.get(f"/customers?size=2&filter={text}").json
    following = first["links"]["next"]
    second = partner.get(
        following["uri"].removeprefix("/v1"), MS_ContinuationToken=following["headers"][0]["value"]
    ).json
    domains = [item["companyProfile"]["domain"][:2] for item in first["items"] + second["items"]]
    assert domains == ["a0", "a1", "a2"]


def test_billing_profile_is_replaced_with_its_etag(partner: Asker) -> None:
    customer = partner.new_customer()
    path = f"/customers/{customer}/profiles/billing"
    profile = partner.get(path).json
    assert int(profile["attributes"]["etag"]) < 2**63
    etag = f'"{profile["attributes"]["etag"]}"'
    changed = profile | {"email": "new@acme.example"}
    assert partner.ask("PUT", path, changed).refused == (400, 3000)
    assert partner.ask("PUT", path, changed, If_Match='"1"').refused == (400, 2055)
    answer = partner.ask("PUT", path, changed, If_Match=etag)
    assert (answer.status, answer.json["email"]) == (200, "new@acme.example")
    assert partner.ask("PUT", path, changed, If_Match=etag).refused == (400, 2055)
    assert partner.get(f"/customers/{customer}/profiles/company").json["email"] == "new@acme.example"


def test_customer_with_active_subscriptions_is_not_deleted(partner: Asker) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    assert partner.ask("DELETE", f"/customers/{customer}").refused == (403, 600006)
    path = f"/customers/{customer}/subscriptions/{subscription['id']}"
    partner.patch(path, subscription | {"status": "suspended"})
    assert partner.ask("DELETE", f"/customers/{customer}").status == 204
    assert partner.ask("HEAD", "/domains/acme.onmicrosoft.com").status == 404
