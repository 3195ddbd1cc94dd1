"""Apps at the token endpoint: what of an assertion is checked."""

import time
from typing import Any

import jwt
import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.certificates import read_certificate
from sandbox.microsoft.clients import BEARER
from sandbox.microsoft.world import DEMO_CLIENT_ID, LOGIN_HOST, PARTNER_DOMAIN
from tests.sandbox.microsoft.asking import Asker
from tests.sandbox.microsoft.signing import certificate

ENDPOINT = f"{LOGIN_HOST}/{PARTNER_DOMAIN}/oauth2/v2.0/token"


@pytest.fixture
def certified(stranger: Asker, microsoft: Microsoft) -> Asker:
    """A caller whose app has a certificate and no secret."""
    microsoft.register_app(client_id=DEMO_CLIENT_ID, secret="unknown", certificates=[certificate()[1]])
    return stranger


def assertion(key: str = "app", headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return an assertion of the app, signed."""
    private, pem, _ = certificate(key)
    now = time.time()
    said = {"iss": DEMO_CLIENT_ID, "sub": DEMO_CLIENT_ID, "aud": ENDPOINT, "nbf": now, "exp": now + 600, "jti": "1"}
    named = {"x5t#S256": read_certificate(pem).sha256} if headers is None else headers
    return jwt.encode(said | claims, private, algorithm="PS256", headers=named)


def codes(asker: Asker, text: str, kind: str = BEARER) -> list[int]:
    """Return the classes with which an assertion is refused; none where it buys a token."""
    scope = "https://api.partnercenter.microsoft.com/.default"
    form = {"client_secret": "", "client_assertion": text, "client_assertion_type": kind, "scope": scope}
    return list(asker.tokens(grant_type="client_credentials", **form).json.get("error_codes", []))


def test_assertion_of_its_certificate_opens(certified: Asker) -> None:
    assert codes(certified, assertion()) == []
    assert codes(certified, assertion(aud=f"{LOGIN_HOST}/{PARTNER_DOMAIN}/v2.0")) == []


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "another"}, 700021),
        ({"sub": "another"}, 700021),
        ({"aud": f"{LOGIN_HOST}/elsewhere.example/oauth2/v2.0/token"}, 700023),
        ({"aud": f"https://login.example/{PARTNER_DOMAIN}/oauth2/v2.0/token"}, 700023),
        ({"exp": 1}, 700024),
        ({"nbf": 4e9, "exp": 4.1e9}, 700024),
    ],
)
def test_assertion_that_says_something_else_is_refused(certified: Asker, claims: dict[str, Any], code: int) -> None:
    assert codes(certified, assertion(**claims)) == [code]


def test_assertion_of_another_key_is_refused(certified: Asker, microsoft: Microsoft) -> None:
    ours = {"x5t#S256": read_certificate(certificate()[1]).sha256}
    assert codes(certified, assertion("another")) == [700027]
    assert codes(certified, assertion("another", ours)) == [700027]
    assert codes(certified, assertion(headers={})) == [700027]
    assert codes(certified, "rubbish") == [50027]
    assert codes(certified, assertion(), "secret") == [90014]
    microsoft.register_app(client_id=DEMO_CLIENT_ID, secret="s", certificates=[certificate("old", days=-1)[1]])
    old = {"x5t#S256": read_certificate(certificate("old", days=-1)[1]).sha256}
    private = certificate("old", days=-1)[0]
    now = time.time()
    said = {"iss": DEMO_CLIENT_ID, "sub": DEMO_CLIENT_ID, "aud": ENDPOINT, "nbf": now, "exp": now + 600}
    assert codes(certified, jwt.encode(said, private, algorithm="RS256", headers=old)) == [700027]
    with pytest.raises(ValueError, match="PEM"):
        microsoft.register_app(client_id="x", secret="s", certificates=["none"])
