"""The envelope: token, byte order mark, headers, replay."""

from contextlib import suppress
from uuid import uuid4

import pytest
import requests

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import PARTNER_TENANT
from tests.sandbox.microsoft.asking import BOM, Asker, agreement_body, customer_body


def test_every_body_begins_with_a_byte_order_mark(partner: Asker) -> None:
    for path, status in (("/profiles/mpn", 200), ("/customers/none", 404), ("/nothing", 404)):
        answer = partner.get(path)
        assert answer.status == status
        assert answer.content.startswith(BOM + b"{")
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_headers_are_echoed(partner: Asker) -> None:
    answer = partner.get("/profiles/mpn", MS_RequestId="r-1", MS_CorrelationId="c-1", X_Locale="ru-RU")
    names = ("MS-RequestId", "MS-CorrelationId", "X-Locale", "MS-ServerId")
    assert [answer.headers[name] for name in names] == ["r-1", "c-1", "ru-RU", "0000112E"]
    assert answer.headers["MS-CV"].endswith(".0")
    assert "ETag" not in answer.headers


def test_modern_catalogue_doubles_what_it_echoes(partner: Asker) -> None:
    answer = partner.get("/products?country=US&targetView=OnlineServices", MS_RequestId="r-1")
    assert answer.headers["MS-RequestId"] == "r-1,r-1"


def test_missing_token_is_401(stranger: Asker) -> None:
    answer = stranger.get("/profiles/mpn")
    assert answer.refused == (401, 800001)
    assert answer.headers["WWW-Authenticate"] == f"OAuth realm=urn:cpsvc:cpid:{PARTNER_TENANT}"


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "a.e30.x"])
def test_foreign_token_is_401(stranger: Asker, token: str) -> None:
    stranger.token = token
    assert stranger.get("/profiles/mpn").status == 401


def test_token_for_another_resource_is_401(stranger: Asker, microsoft: Microsoft) -> None:
    refresh = microsoft.grant_consent()["refresh_token"]
    stranger.token = stranger.refresh(refresh, scope="https://graph.microsoft.com/.default").json["access_token"]
    assert stranger.get("/profiles/mpn").status == 401


def test_token_for_the_old_graph_is_named(stranger: Asker, microsoft: Microsoft) -> None:
    refresh = microsoft.grant_consent()["refresh_token"]
    old = {"version": "", "scope": "", "resource": "https://graph.windows.net"}
    stranger.token = stranger.refresh(refresh, **old).json["access_token"]
    assert stranger.get("/profiles/mpn").refused == (401, 900420)


def test_app_alone_needs_no_second_factor(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(mfa_required=True)
    assert partner.sign_in_alone().get("/customers").status == 200


def test_token_of_a_customers_tenant_is_403(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    refresh = microsoft.grant_consent()["refresh_token"]
    partner.token = partner.refresh(refresh, tenant=customer).json["access_token"]
    assert partner.get("/profiles/mpn").refused == (403, 2032)


def test_app_only_token_may_order_and_not_confirm(partner: Asker) -> None:
    customer = partner.new_customer()
    partner.sign_in_alone()
    assert partner.get(f"/customers/{customer}").status == 200
    assert partner.post(f"/customers/{customer}/agreements", agreement_body()).refused == (403, 900329)
    ordered = partner.order(customer).json
    assert partner.get(f"/customers/{customer}/orders").json["items"] == [ordered]
    cart = partner.cart(customer, {"catalogItemId": ordered["lineItems"][0]["offerId"]})
    assert partner.post(f"{cart}/checkout").status == 201


@pytest.mark.parametrize(("mfa", "compliant"), [(True, "true"), (False, "false")])
def test_validate_mfa_is_answered(stranger: Asker, microsoft: Microsoft, mfa: bool, compliant: str) -> None:
    stranger.sign_in(microsoft, mfa=mfa)
    assert stranger.get("/profiles/mpn", ValidateMfa="true").headers["isMfaCompliant"] == compliant
    assert "isMfaCompliant" not in stranger.get("/profiles/mpn").headers


def test_required_second_factor_is_401(stranger: Asker, microsoft: Microsoft) -> None:
    stranger.sign_in(microsoft, mfa=False)
    microsoft.behave(mfa_required=True)
    answer = stranger.get("/profiles/mpn", ValidateMfa="true")
    assert answer.refused == (401, 900421)
    assert answer.json["description"] == "Unauthorized - MFA required"
    assert answer.headers["isMfaCompliant"] == "false"


def test_same_request_id_is_answered_again_without_acting(partner: Asker, microsoft: Microsoft) -> None:
    identity = str(uuid4())
    first = partner.post("/customers", customer_body(), MS_RequestId=identity)
    second = partner.post("/customers", customer_body(), MS_RequestId=identity.upper())
    assert (first.status, second.status) == (201, 201)
    assert first.content == second.content
    assert microsoft.counts()["customers"] == 1
    assert [entry["replayed"] for entry in microsoft.requests_seen(method="POST", path="/customers")] == [False, True]


def test_refusal_is_answered_again_too(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer(agreed=False)
    identity = str(uuid4())
    body = {"billingCycle": "monthly", "lineItems": [{"lineItemNumber": 0, "offerId": "x", "quantity": 1}]}
    assert partner.post(f"/customers/{customer}/orders", body, MS_RequestId=identity).refused == (403, 13605)
    partner.post(f"/customers/{customer}/agreements", agreement_body())
    assert partner.post(f"/customers/{customer}/orders", body, MS_RequestId=identity).refused == (403, 13605)
    assert partner.post(f"/customers/{customer}/orders", body).refused == (400, 800004)


def test_request_without_id_acts_each_time(partner: Asker) -> None:
    assert partner.post("/customers", customer_body(), MS_RequestId="").status == 201
    assert partner.post("/customers", customer_body(), MS_RequestId="").status == 400


@pytest.mark.parametrize("kind", ["error_after", "drop_after"])
def test_lost_answer_is_found_by_the_same_request_id(partner: Asker, microsoft: Microsoft, kind: str) -> None:
    identity = str(uuid4())
    microsoft.fail(kind, method="POST", path="/customers$")
    with suppress(requests.ConnectionError):
        assert partner.post("/customers", customer_body(), MS_RequestId=identity).status == 500
    assert microsoft.counts()["customers"] == 1
    again = partner.post("/customers", customer_body(), MS_RequestId=identity)
    assert again.status == 201
    assert "password" in again.json["userCredentials"]
    assert microsoft.counts()["customers"] == 1


def test_body_that_is_no_json_is_refused(partner: Asker) -> None:
    url = f"{partner.base_url}/partnercenter/v1/customers"
    headers = {"Authorization": f"Bearer {partner.token}"}
    answer = partner.http.post(url, data=b"{", headers=headers)
    assert (answer.status_code, b"800002" in answer.content) == (400, True)


def test_body_may_begin_with_a_byte_order_mark_and_come_in_any_case(partner: Asker) -> None:
    body = {
        "COMPANYPROFILE": {"Domain": "any.onmicrosoft.com"},
        "billingprofile": {
            name.upper(): value for name, value in customer_body()["billingProfile"].items() if name != "defaultAddress"
        }
        | {"DefaultAddress": {n.lower(): v for n, v in customer_body()["billingProfile"]["defaultAddress"].items()}},
    }
    made = partner.post("/customers", body)
    assert made.status == 201
    assert made.json["companyProfile"]["domain"] == "any.onmicrosoft.com"
    assert made.json["billingProfile"]["defaultAddress"]["addressLine1"] == "1 Main Street"


def test_path_and_ids_are_read_in_any_case(partner: Asker) -> None:
    customer = partner.new_customer()
    assert partner.get(f"/Customers/{customer.upper()}").json["id"] == customer


def test_path_without_version_is_404(partner: Asker) -> None:
    url = f"{partner.base_url}/partnercenter/profiles/mpn"
    assert partner.http.get(url, headers={"Authorization": f"Bearer {partner.token}"}).status_code == 404


def test_quota_is_answered_with_429_and_seconds(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(requests_per_minute=2)
    assert [partner.get("/profiles/mpn").status for _ in range(3)] == [200, 200, 429]
    answer = partner.get("/profiles/mpn")
    assert sorted(answer.json) == ["message", "statusCode"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    microsoft.advance(seconds=61)
    assert partner.get("/profiles/mpn").status == 200
