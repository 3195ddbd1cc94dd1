"""Discovery, the consent page and the ways back from it."""

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import ADMIN_UPN, DEMO_CLIENT_ID, PARTNER_DOMAIN, PARTNER_TENANT
from sandbox.wsgi import serve
from tests.sandbox.microsoft.asking import REDIRECT, Asker, read_form, sent_back


@pytest.mark.parametrize("tenant", [PARTNER_DOMAIN, PARTNER_TENANT, "common", "organizations"])
def test_discovery_advertises_the_real_host(stranger: Asker, tenant: str) -> None:
    url = f"{stranger.base_url}/login/{tenant}/v2.0/.well-known/openid-configuration"
    document = stranger.http.get(url).json()
    assert document["authorization_endpoint"] == f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize"
    assert document["token_endpoint"] == f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"


def test_discovery_advertises_the_base_it_was_given() -> None:
    with serve(Microsoft(advertised_login="https://login.test/x/")) as running:
        asker = Asker(running.base_url)
        url = f"{running.base_url}/login/common/.well-known/openid-configuration"
        assert asker.http.get(url).json()["token_endpoint"] == "https://login.test/x/common/oauth2/token"


def test_discovery_of_an_unknown_tenant_is_refused(stranger: Asker) -> None:
    answer = stranger.http.get(f"{stranger.base_url}/login/nobody.example/v2.0/.well-known/openid-configuration")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])


def test_instance_discovery_names_the_advertised_host(stranger: Asker) -> None:
    answer = stranger.http.get(f"{stranger.base_url}/login/common/discovery/instance?api-version=1.1").json()
    assert answer["metadata"][0]["aliases"] == ["login.microsoftonline.com"]


def test_consent_page_shows_app_permissions_and_admin(stranger: Asker) -> None:
    page = stranger.http.get(stranger.authorize_url()).text
    assert f"<code>{DEMO_CLIENT_ID}</code>" in page
    assert ADMIN_UPN in page
    assert "<li>Access Partner Center as you" in page
    assert page.count("<button") == 2
    assert read_form(page)["state"] == "a-state"


def test_consent_page_escapes_what_it_repeats(stranger: Asker) -> None:
    page = stranger.http.get(stranger.authorize_url(state='"><script>x</script>', scope="<b>")).text
    assert "<script>" not in page
    assert "<b>" not in page


def test_accept_sends_the_browser_back_with_a_code(stranger: Asker) -> None:
    redirect = stranger.consent(client_info="1")
    assert redirect.headers["Location"].startswith(f"{REDIRECT}?")
    fields = sent_back(redirect)
    assert sorted(fields) == ["client_info", "code", "session_state", "state"]
    assert fields["state"] == "a-state"


def test_cancel_sends_the_browser_back_with_access_denied(stranger: Asker) -> None:
    fields = sent_back(stranger.consent("cancel"))
    assert (fields["error"], fields["state"]) == ("access_denied", "a-state")
    assert fields["error_description"].startswith("AADSTS65004:")


def test_form_post_carries_the_answer_in_a_form(stranger: Asker) -> None:
    page = stranger.consent(response_mode="form_post")
    assert page.status_code == 200
    assert f'<form method="post" action="{REDIRECT}"' in page.text
    assert sorted(read_form(page.text)) == ["code", "session_state", "state"]


def test_old_endpoint_answers_code_and_id_token(stranger: Asker) -> None:
    page = stranger.consent(
        version="",
        tenant="common",
        response_type="code id_token",
        response_mode="form_post",
        nonce="n-1",
        scope="openid",
    )
    payload = read_form(page.text)["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert (claims["nonce"], claims["tid"], claims["aud"]) == ("n-1", PARTNER_TENANT, DEMO_CLIENT_ID)


@pytest.mark.parametrize(
    ("tenant", "question", "number"),
    [
        ("nobody.example", {}, "AADSTS90002"),
        (PARTNER_DOMAIN, {"client_id": "11111111-2222-3333-4444-555555555555"}, "AADSTS700016"),
        (PARTNER_DOMAIN, {"redirect_uri": "https://evil.example/"}, "AADSTS50011"),
    ],
)
def test_question_that_must_not_be_answered_by_a_redirect_shows_a_page(
    stranger: Asker, tenant: str, question: dict[str, str], number: str
) -> None:
    page = stranger.http.get(stranger.authorize_url(tenant, **question), allow_redirects=False)
    assert page.status_code == 400
    assert number in page.text


def test_registered_redirect_is_open(stranger: Asker, microsoft: Microsoft) -> None:
    microsoft.register_app(client_id="app-2", secret="s", redirect_uris=["https://shop.example/back"])
    fields = sent_back(stranger.consent(client_id="app-2", redirect_uri="https://shop.example/back"))
    assert "code" in fields


def test_silent_question_is_answered_only_after_consent(stranger: Asker) -> None:
    url = stranger.authorize_url(prompt="none")
    assert sent_back(stranger.http.get(url, allow_redirects=False))["error"] == "interaction_required"
    stranger.consent()
    assert "code" in sent_back(stranger.http.get(url, allow_redirects=False))


def test_redirect_keeps_the_query_of_the_app(stranger: Asker) -> None:
    location = stranger.consent(redirect_uri=f"{REDIRECT}?tab=2").headers["Location"]
    assert parse_qs(urlsplit(location).query)["tab"] == ["2"]


def test_code_is_bound_to_its_challenge(stranger: Asker) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"right").digest()).rstrip(b"=").decode()
    code = stranger.code(code_challenge=challenge, code_challenge_method="S256")
    assert stranger.redeem(code, code_verifier="wrong").json["error_codes"] == [501481]
    assert stranger.redeem(code).json["error_codes"] == [501481]
    assert stranger.redeem(code, code_verifier="right").status == 200


def test_unknown_page_is_404(stranger: Asker) -> None:
    assert stranger.http.get(f"{stranger.base_url}/login/nothing/here").status_code == 404
