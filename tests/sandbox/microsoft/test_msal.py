"""Microsoft's own library, whose ways were not made by us, signs in at the sandbox as it would at the real host."""

from typing import Any

import msal
import pytest
import requests

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import ADMIN_UPN, DEMO_CLIENT_ID, DEMO_SECRET, LOGIN_HOST, PARTNER_DOMAIN
from tests.sandbox.microsoft.asking import REDIRECT, Asker, read_form, sent_back
from tests.sandbox.microsoft.signing import certificate

PARTNER_CENTER = ["https://api.partnercenter.microsoft.com/user_impersonation"]


class Rewriting(requests.Session):
    """Sends to the sandbox what is meant for the real login host."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.trust_env = False
        self.base_url = base_url

    def request(self, method: Any, url: Any, *args: Any, **more: Any) -> requests.Response:
        """Send one request, its host rewritten."""
        return super().request(method, str(url).replace(LOGIN_HOST, f"{self.base_url}/login"), *args, **more)


def library(asker: Asker, secret: Any = DEMO_SECRET) -> msal.ConfidentialClientApplication:
    """Return a fresh application: msal remembers failures within one."""
    authority = f"{LOGIN_HOST}/{PARTNER_DOMAIN}"
    session = Rewriting(asker.base_url)
    return msal.ConfidentialClientApplication(DEMO_CLIENT_ID, secret, authority=authority, http_client=session)


def _credential(kind: str) -> Any:
    private, public, thumbprint = certificate()
    kinds = {
        "secret": DEMO_SECRET,
        "certificate": {"private_key": private, "public_certificate": public},
        "thumbprint": {"private_key": private, "thumbprint": thumbprint},
    }
    return kinds[kind]


@pytest.mark.parametrize("kind", ["secret", "certificate", "thumbprint"])
def test_whole_flow_with_proof_key_and_nonce(stranger: Asker, microsoft: Microsoft, kind: str) -> None:
    microsoft.register_app(client_id=DEMO_CLIENT_ID, secret=DEMO_SECRET, certificates=[certificate()[1]])
    credential = _credential(kind)
    app = library(stranger, credential)
    flow = app.initiate_auth_code_flow(PARTNER_CENTER, REDIRECT, prompt="consent")
    url = flow["auth_uri"].replace(LOGIN_HOST, f"{stranger.base_url}/login")
    fields = read_form(stranger.http.get(url).text)
    redirect = stranger.http.post(url.partition("?")[0], data=fields | {"decision": "accept"}, allow_redirects=False)
    result = app.acquire_token_by_auth_code_flow(flow, sent_back(redirect))
    assert result["id_token_claims"]["preferred_username"] == ADMIN_UPN
    renewed = library(stranger, credential).acquire_token_by_refresh_token(result["refresh_token"], PARTNER_CENTER)
    assert renewed["refresh_token"] != result["refresh_token"]
    stranger.token = renewed["access_token"]
    assert stranger.get("/profiles/mpn").status == 200
    alone = library(stranger, credential).acquire_token_for_client([f"{PARTNER_CENTER[0].rpartition('/')[0]}/.default"])
    stranger.token = alone["access_token"]
    assert stranger.get("/customers").status == 200


def test_flow_works_after_the_sandboxs_clock_moved(stranger: Asker, microsoft: Microsoft) -> None:
    microsoft.advance(days=80)
    token = microsoft.grant_consent()["refresh_token"]
    assert "access_token" in library(stranger).acquire_token_by_refresh_token(token, PARTNER_CENTER)


@pytest.mark.parametrize("code", [50076, 50079, 65001, 700082])
def test_refusals_come_through_with_their_class(stranger: Asker, microsoft: Microsoft, code: int) -> None:
    microsoft.fail("token_error", aadsts=code)
    result = library(stranger).acquire_token_by_refresh_token("any", PARTNER_CENTER)
    assert result["error_codes"] == [code]


def test_wrong_secret_is_named(stranger: Asker) -> None:
    result = library(stranger, "wrong").acquire_token_by_refresh_token("any", PARTNER_CENTER)
    assert (result["error"], result["error_codes"]) == ("invalid_client", [7000215])
