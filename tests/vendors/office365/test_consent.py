"""Secure Application Model on the wire: the consent address, PKCE, tokens, their renewal and their failures."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.office365.world import DEMO_CLIENT_ID, PARTNER_TENANT
from tests.vendors.memory import MemorySecrets
from tests.vendors.office365.bench import REDIRECT_URI, Office365Bench, answered
from vendors.errors import ConsentNeeded, Misconfigured, Transient
from vendors.office365 import consent
from vendors.office365.errors import ANOTHER_BROWSER, CODE_REDEEMED, LOGIN_TROUBLE, NOT_GRANTED, UNKNOWN_TENANT


def token_calls(bench: Office365Bench) -> int:
    return len(bench.microsoft.requests_seen(method="POST", path="/oauth2/v2.0/token"))


def test_consent_address_asks_for_what_is_needed(bench: Office365Bench) -> None:
    request = consent.begin(bench.connection(), redirect_uri=REDIRECT_URI)
    assert request.url.startswith(f"{bench.base_url}/login/sandboxpartner.onmicrosoft.com/oauth2/v2.0/authorize?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
    assert asked["client_id"] == DEMO_CLIENT_ID
    assert asked["redirect_uri"] == REDIRECT_URI
    assert asked["prompt"] == "consent"
    assert asked["amr_values"] == "mfa"
    assert asked["code_challenge_method"] == "S256"
    assert asked["state"] == request.state
    assert sorted(asked["scope"].split()) == [
        "https://api.partnercenter.microsoft.com/user_impersonation",
        "offline_access",
        "openid",
        "profile",
    ]


def test_browser_may_reach_the_sign_in_server_under_another_name(bench: Office365Bench) -> None:
    connection = bench.opened(bench.secrets, login_browser_url="https://login.example")
    request = consent.begin(connection, redirect_uri=REDIRECT_URI)
    assert request.url.startswith("https://login.example/sandboxpartner.onmicrosoft.com/oauth2/v2.0/authorize?")


def test_grant_brings_tokens_and_their_life(bench: Office365Bench) -> None:
    request = consent.begin(bench.connection(), redirect_uri=REDIRECT_URI)
    grant = consent.complete(bench.connection(), flow=request.flow, answer=answered(request.url))
    assert sorted(grant.secrets) == ["access_expires_at", "access_token", "refresh_token"]
    assert (grant.issued_at, grant.expires_on) == (bench.now, bench.now + timedelta(days=90))
    assert consent.claims_of(grant.secrets["access_token"])["tid"] == PARTNER_TENANT
    assert grant.secrets["refresh_token"] not in repr(grant)


def test_code_is_taken_once(bench: Office365Bench) -> None:
    request = consent.begin(bench.connection(), redirect_uri=REDIRECT_URI)
    answer = answered(request.url)
    consent.complete(bench.connection(), flow=request.flow, answer=answer)
    with pytest.raises(ConsentNeeded) as trouble:
        consent.complete(bench.connection(), flow=request.flow, answer=answer)
    assert trouble.value.message == CODE_REDEEMED


def test_answer_with_another_state_is_not_taken(bench: Office365Bench) -> None:
    request = consent.begin(bench.connection(), redirect_uri=REDIRECT_URI)
    answer = {**answered(request.url), "state": "another"}
    before = token_calls(bench)
    with pytest.raises(ConsentNeeded) as trouble:
        consent.complete(bench.connection(), flow=request.flow, answer=answer)
    assert trouble.value.message == ANOTHER_BROWSER
    assert token_calls(bench) == before


def test_code_without_its_verifier_is_refused_by_microsoft(bench: Office365Bench) -> None:
    request = consent.begin(bench.connection(), redirect_uri=REDIRECT_URI)
    flow = {**request.flow, "code_verifier": "x" * 43}
    with pytest.raises((ConsentNeeded, Misconfigured)):
        consent.complete(bench.connection(), flow=flow, answer=answered(request.url))


def test_access_token_is_reused_until_half_a_minute_before_its_end(bench: Office365Bench) -> None:
    before = token_calls(bench)
    token = consent.access_token(bench.connection())
    assert token_calls(bench) == before
    bench.now += timedelta(minutes=59)
    assert consent.access_token(bench.connection()) == token
    bench.now += timedelta(seconds=40)
    assert consent.access_token(bench.connection()) != token
    assert token_calls(bench) == before + 1


def test_every_exchange_stores_the_new_refresh_token(bench: Office365Bench) -> None:
    connection = bench.connection()
    before = bench.secrets["refresh_token"]
    consent.access_token(connection, fresh=True)
    assert isinstance(connection.secrets, MemorySecrets)
    ((fresh, issued_at, expires_on),) = connection.secrets.renewals
    assert fresh["refresh_token"] != before
    assert (issued_at, expires_on) == (bench.now, bench.now + timedelta(days=90))


def test_refresh_token_in_daily_use_outlives_its_ninety_days(bench: Office365Bench) -> None:
    for _turn in range(4):
        bench.microsoft.advance(days=60)
        consent.access_token(bench.connection(), fresh=True)


def test_connection_that_was_never_granted_needs_consent(bench: Office365Bench) -> None:
    with pytest.raises(ConsentNeeded) as trouble:
        consent.access_token(bench.opened({"client_secret": "x"}))
    assert trouble.value.message == NOT_GRANTED


def test_failure_is_not_remembered(bench: Office365Bench) -> None:
    bench.microsoft.behave(token_error=50173)
    with pytest.raises(ConsentNeeded):
        consent.access_token(bench.connection(), fresh=True)
    bench.microsoft.behave(token_error=None)
    consent.access_token(bench.connection(), fresh=True)


@pytest.mark.parametrize("kind", ["unavailable", "throttle", "drop_before", "drop_after", "error_before"])
@pytest.mark.parametrize("path", ["/token$", "openid-configuration$"])
def test_trouble_at_the_sign_in_server_passes(bench: Office365Bench, kind: str, path: str) -> None:
    bench.microsoft.fail(kind, path=path)
    with pytest.raises(Transient) as trouble:
        consent.access_token(bench.connection(), fresh=True)
    assert trouble.value.message == LOGIN_TROUBLE
    consent.access_token(bench.connection(), fresh=True)


def test_unknown_tenant_is_a_wrong_setting(bench: Office365Bench) -> None:
    connection = bench.opened(bench.secrets, tenant_id="nobody.onmicrosoft.com")
    with pytest.raises(Misconfigured) as trouble:
        consent.access_token(connection, fresh=True)
    assert trouble.value.message == UNKNOWN_TENANT


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.W10.c"])
def test_token_that_tells_nothing_has_no_claims(token: str) -> None:
    assert consent.claims_of(token) == {}
