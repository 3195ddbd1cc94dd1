"""The token endpoint: whom it lets in, and with which words it lets nobody in."""

import time

import pytest

from sandbox.google import Google
from sandbox.google.world import DEMO_ACCOUNT, SCOPES
from tests.sandbox.google.asking import RESELLER, Asker
from tests.sandbox.google.signing import KEY_ID, assertion, public

LISTED = f"{RESELLER}/subscriptions"


def test_a_signed_assertion_brings_a_token_for_an_hour(asker: Asker, google: Google) -> None:
    told = asker.sign_in().json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3599)
    assert told["access_token"].startswith("ya29.")
    assert asker.told("GET", LISTED)["subscriptions"] == []
    google.advance(seconds=3601)
    assert asker.refused("GET", LISTED) == (401, "authError")


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "status", "error"),
    [
        ({"iss": "nobody@x.iam.gserviceaccount.com"}, 400, "invalid_grant"),
        ({"name": "another"}, 400, "invalid_grant"),
        ({"header": {"kid": "unknown"}}, 400, "invalid_grant"),
        ({"iat": NOW, "exp": NOW + 7200}, 400, "invalid_grant"),
        ({"iat": NOW - 7200, "exp": NOW - 3600}, 400, "invalid_grant"),
        ({"exp": None}, 400, "invalid_grant"),
        ({"aud": "http://127.0.0.1/token"}, 400, "invalid_grant"),
        ({"sub": None}, 400, "invalid_grant"),
        ({"sub": "stranger@example.com"}, 400, "invalid_grant"),
        ({"scope": "openid"}, 400, "invalid_scope"),
        ({"scope": SCOPES + "drive"}, 401, "unauthorized_client"),
    ],
)
def test_what_is_not_right_is_refused_in_two_fields(asker: Asker, claims: dict, status: int, error: str) -> None:
    answer = asker.sign_in(**claims)
    assert answer.status_code == status
    assert answer.json().keys() == {"error", "error_description"}
    assert answer.json()["error"] == error


def test_other_grants_and_texts_are_refused(asker: Asker) -> None:
    assert asker.exchange(assertion(), grant="password").json()["error"] == "unsupported_grant_type"
    assert asker.exchange("no JWT").json()["error"] == "invalid_grant"


def test_a_token_opens_the_apis_of_its_scopes_and_is_taken_back(asker: Asker, google: Google) -> None:
    google.register_account(email=DEMO_ACCOUNT, key_id=KEY_ID, key=public(), scopes=["apps.order.readonly"])
    asker.token = asker.sign_in(scope=SCOPES + "apps.order.readonly").json()["access_token"]
    assert asker.told("GET", LISTED)["kind"] == "reseller#subscriptions"
    assert asker.refused("POST", f"{RESELLER}/customers", {}) == (403, "insufficientPermissions")
    assert asker.refused("GET", "/admin/directory/v1/users", domain="example.com") == (403, "insufficientPermissions")
    google.revoke_tokens()
    assert asker.refused("GET", LISTED) == (401, "authError")
