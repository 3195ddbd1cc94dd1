"""Codes, refresh tokens and their lives."""

import base64
import json
from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import ADMIN_ID, DEMO_CLIENT_ID, PARTNER_TENANT
from tests.sandbox.microsoft.asking import SCOPE, Asker


def claims_of(token: str) -> Any:
    """Return the claims of a JWT."""
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_code_buys_tokens_once(stranger: Asker) -> None:
    code = stranger.code()
    answer = stranger.redeem(code, client_info="1")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store, no-cache"
    body = answer.json
    assert (body["token_type"], body["expires_in"], body["ext_expires_in"]) == ("Bearer", 3599, 3599)
    names = "access_token client_info expires_in ext_expires_in id_token refresh_token scope token_type"
    assert sorted(body) == names.split()
    again = stranger.redeem(code)
    assert (again.status, again.json["error"], again.json["error_codes"]) == (400, "invalid_grant", [54005])


def test_access_token_says_who_and_how(stranger: Asker) -> None:
    claims = claims_of(stranger.redeem(stranger.code()).json["access_token"])
    assert claims["tid"] == PARTNER_TENANT
    assert claims["amr"] == ["pwd", "mfa"]
    assert claims["scp"] == "user_impersonation"
    assert claims["aud"] == "https://api.partnercenter.microsoft.com"
    assert (claims["oid"], claims["appid"]) == (ADMIN_ID, DEMO_CLIENT_ID)
    assert claims["exp"] - claims["iat"] == 3599


def test_access_token_without_second_factor_says_so(stranger: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(admin_uses_mfa=False)
    assert claims_of(stranger.redeem(stranger.code()).json["access_token"])["amr"] == ["pwd"]
    forced = stranger.redeem(stranger.code(amr_values="mfa"))
    assert claims_of(forced.json["access_token"])["amr"] == ["pwd", "mfa"]


def test_old_endpoint_answers_numbers_as_strings(stranger: Asker) -> None:
    resource = "https://api.partnercenter.microsoft.com"
    body = stranger.redeem(stranger.code(), version="", resource=resource, scope="openid").json
    assert (body["expires_in"], body["resource"]) == ("3599", resource)
    assert int(body["expires_on"]) - int(body["not_before"]) == 3599 + 300


def test_each_refresh_gives_a_new_token_and_the_old_one_stays_valid(stranger: Asker) -> None:
    first = stranger.redeem(stranger.code()).json["refresh_token"]
    second = stranger.refresh(first).json["refresh_token"]
    third = stranger.refresh(first).json["refresh_token"]
    assert len({first, second, third}) == 3
    assert stranger.refresh(second).status == 200


def test_refresh_token_dies_90_days_after_its_own_issue(stranger: Asker, microsoft: Microsoft) -> None:
    first = stranger.redeem(stranger.code()).json["refresh_token"]
    microsoft.advance(days=60)
    second = stranger.refresh(first).json["refresh_token"]
    microsoft.advance(days=31)
    dead = stranger.refresh(first)
    assert (dead.status, dead.json["error"], dead.json["error_codes"]) == (400, "invalid_grant", [700082])
    assert "was inactive for 90.00:00:00" in dead.json["error_description"]
    assert stranger.refresh(second).status == 200


def test_access_token_dies_after_an_hour_but_its_claims_carry_the_machines_time(
    partner: Asker, microsoft: Microsoft
) -> None:
    before = claims_of(partner.token)
    microsoft.advance(seconds=3500)
    assert partner.get("/profiles/mpn").status == 200
    microsoft.advance(seconds=100)
    assert partner.get("/profiles/mpn").status == 401
    partner.sign_in(microsoft)
    assert claims_of(partner.token)["exp"] - before["exp"] < 60


def test_code_dies_after_ten_minutes(stranger: Asker, microsoft: Microsoft) -> None:
    code = stranger.code()
    microsoft.advance(seconds=601)
    assert stranger.redeem(code).json["error_codes"] == [70008]


def test_refresh_token_is_not_bound_to_a_resource(stranger: Asker) -> None:
    token = stranger.redeem(stranger.code()).json["refresh_token"]
    graph = stranger.refresh(token, scope="https://graph.microsoft.com/.default offline_access").json
    assert claims_of(graph["access_token"])["aud"] == "https://graph.microsoft.com"


def test_refresh_token_opens_a_customers_tenant(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    token = microsoft.grant_consent()["refresh_token"]
    assert claims_of(partner.refresh(token, tenant=customer).json["access_token"])["tid"] == customer
    assert partner.refresh(token, tenant="acme.onmicrosoft.com").status == 200


def test_app_only_token_has_neither_user_nor_refresh_token(stranger: Asker) -> None:
    answer = stranger.tokens(grant_type="client_credentials", scope="https://api.partnercenter.microsoft.com/.default")
    assert "refresh_token" not in answer.json
    assert "oid" not in claims_of(answer.json["access_token"])


def test_secret_may_come_in_the_authorization_header(stranger: Asker) -> None:
    token = stranger.redeem(stranger.code()).json["refresh_token"]
    url = f"{stranger.base_url}/login/common/oauth2/v2.0/token"
    form = {"grant_type": "refresh_token", "refresh_token": token, "scope": SCOPE}
    assert stranger.http.post(url, data=form, auth=(DEMO_CLIENT_ID, "sandbox-secret")).status_code == 200


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({"tenant": "nobody.example"}, (400, "invalid_request", [90002])),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, (400, "unauthorized_client", [700016])),
        ({"client_secret": "wrong"}, (401, "invalid_client", [7000215])),
        ({"client_secret": ""}, (401, "invalid_client", [7000218])),
        ({"grant_type": "magic"}, (400, "unsupported_grant_type", [70003])),
        ({"grant_type": "password", "username": "a", "password": "b"}, (400, "invalid_grant", [70002, 50126])),
        ({"refresh_token": "rubbish"}, (400, "invalid_grant", [70000])),
        ({"scope": "https://elsewhere.example/x"}, (400, "invalid_scope", [70011])),
        ({"grant_type": "authorization_code", "code": ""}, (400, "invalid_request", [90014])),
        ({"grant_type": "authorization_code", "code": "rubbish"}, (400, "invalid_grant", [70000])),
    ],
)
def test_refused_token_requests(
    stranger: Asker, microsoft: Microsoft, form: dict[str, str], refusal: tuple[int, str, list[int]]
) -> None:
    granted = {"grant_type": "refresh_token", "refresh_token": microsoft.grant_consent()["refresh_token"]}
    answer = stranger.tokens(**(granted | form))
    assert (answer.status, answer.json["error"], answer.json["error_codes"]) == refusal


def test_code_of_another_redirect_is_refused(stranger: Asker) -> None:
    answer = stranger.redeem(stranger.code(), redirect_uri="http://localhost:1/other")
    assert answer.json["error_codes"] == [500112]


def test_code_of_another_app_is_refused(stranger: Asker, microsoft: Microsoft) -> None:
    microsoft.register_app(client_id="app-2", secret="second")
    answer = stranger.redeem(stranger.code(), client_id="app-2", client_secret="second")
    assert answer.json["error_codes"] == [70000]


def test_withdrawn_consent_needs_consent_and_works_again_afterwards(stranger: Asker, microsoft: Microsoft) -> None:
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.withdraw_consent()
    refused = stranger.refresh(token).json
    assert (refused["error_codes"], refused["suberror"]) == ([65001], "consent_required")
    assert stranger.redeem(stranger.code()).status == 200


def test_revoked_tokens_are_dead_and_new_ones_alive(stranger: Asker, microsoft: Microsoft) -> None:
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.revoke_consent()
    assert stranger.refresh(token).json["error_codes"] == [50173]
    assert stranger.refresh(microsoft.grant_consent()["refresh_token"]).status == 200
    assert stranger.refresh(token).json["error_codes"] == [50173]


def test_required_second_factor_refuses_tokens_without_it(stranger: Asker, microsoft: Microsoft) -> None:
    without, with_it = (microsoft.grant_consent(mfa=mfa)["refresh_token"] for mfa in (False, True))
    microsoft.behave(mfa_required=True)
    refused = stranger.refresh(without).json
    assert (refused["error"], refused["error_codes"], refused["suberror"]) == ("invalid_grant", [50076], "basic_action")
    assert stranger.refresh(with_it).status == 200


def test_expired_secret_is_refused(stranger: Asker, microsoft: Microsoft) -> None:
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.behave(secret_expired=True)
    assert stranger.refresh(token).json["error_codes"] == [7000222]


def test_members_of_a_token_answer_may_be_odd_or_absent(stranger: Asker, microsoft: Microsoft) -> None:
    stranger.sign_in(microsoft)
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.fail("odd_token", members={"expires_in": "3599"}, without=["scope"])
    answer = stranger.refresh(token)
    assert (answer.json["expires_in"], "scope" in answer.json) == ("3599", False)
