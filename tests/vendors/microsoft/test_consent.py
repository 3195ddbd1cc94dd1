"""Secure Application Model on the wire: the consent address, PKCE, tokens, their renewal and their failures."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_CLIENT_ID, DEMO_SECRET, PARTNER_TENANT
from sandbox.wsgi import serve
from tests.vendors.demanding import WORD, Authority, pfx
from tests.vendors.memory import MemoryJournal, MemorySecrets
from tests.vendors.office365.bench import REDIRECT_URI, Office365Bench, answered, settings_of
from vendors.base import Connection
from vendors.errors import ConsentNeeded, Misconfigured, Transient, VendorError
from vendors.fields import packed
from vendors.http import VendorSession
from vendors.microsoft import consent
from vendors.microsoft.errors import ANOTHER_BROWSER, CODE_REDEEMED, LOGIN_TROUBLE, NOT_GRANTED, UNKNOWN_TENANT


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


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (3599, 3599),
        ("3599", 3599),
        (" 3600 ", 3600),
        (0, 0),
        (-5, 0),
        ("-3599", 0),
        (10**9, 0),
        (10**30, 0),
        ("1e9", 0),
        ("9999999", 86_400),
        ("NaN", 0),
        (float("inf"), 0),
        ("3599.0", 0),
        ("soon", 0),
        (None, 0),
        (True, 0),
        ([], 0),
    ],
)
def test_life_of_a_token_is_read_as_number_or_text_within_bounds(told: object, seconds: int) -> None:
    assert consent.access_life(told) == timedelta(seconds=seconds)


STRANGE_ANSWERS = [
    {"expires_in": "3599"},
    {"expires_in": -1},
    {"expires_in": 10**30},
    {"expires_in": "1e9"},
    {"expires_in": "soon"},
    {"expires_in": None},
    {"expires_in": []},
    {"refresh_in": "soon"},
    {"id_token": "id-token"},
    {"id_token": "a.b.c"},
    {"id_token": 5},
    {"client_info": "%%%"},
    {"scope": None},
    {"scope": 7},
    {"token_type": None},
]


@pytest.mark.parametrize("strange", STRANGE_ANSWERS, ids=str)
def test_strange_member_of_a_token_answer_neither_crashes_nor_rules(
    bench: Office365Bench, strange: dict[str, object]
) -> None:
    bench.microsoft.fail("odd_token", members=strange)
    with suppress(Transient):  # where msal cannot read it
        token = consent.access_token(bench.connection(), fresh=True)
        assert consent.claims_of(token)["tid"] == PARTNER_TENANT
    life = datetime.fromisoformat(bench.secrets["access_expires_at"]) - bench.now
    assert timedelta(0) <= life <= timedelta(days=1)
    consent.access_token(bench.connection(), fresh=True)


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '"text"', "{", '{"access_token": null}', "9" * 5000])
@pytest.mark.parametrize("status", [200, 400, 403])
def test_token_answer_of_another_shape_is_vendor_trouble(bench: Office365Bench, body: str, status: int) -> None:
    bench.microsoft.fail("raw", path="/token$", status=status, text=body)
    with pytest.raises(VendorError):
        consent.access_token(bench.connection(), fresh=True)
    consent.access_token(bench.connection(), fresh=True)


@pytest.mark.parametrize("codes", [["soon"], "50173", None, [None], {"a": 1}, [10**40], 7])
def test_strange_error_codes_fall_back_to_the_oauth_error(bench: Office365Bench, codes: object) -> None:
    bench.microsoft.fail("answer", path="/token$", body={"error": "invalid_grant", "error_codes": codes})
    with pytest.raises(ConsentNeeded):
        consent.access_token(bench.connection(), fresh=True)


@pytest.mark.parametrize(
    "scope", [None, "https://api.partnercenter.microsoft.com/user_impersonation", "User.Read Directory.Read.All"]
)
def test_token_is_asked_for_once_an_hour_whatever_scope_the_answer_names(
    bench: Office365Bench, scope: str | None
) -> None:
    named = {"members": {"scope": scope}} if scope else {"without": ["scope"]}
    bench.microsoft.fail("odd_token", times=100, **named)
    consent.access_token(bench.connection(), fresh=True)
    before = token_calls(bench)
    for _turn in range(25):
        bench.advance(150)
        consent.access_token(bench.connection())
    assert token_calls(bench) == before + 1


class ElsewhereHttp(VendorSession):
    """Sends what is meant for the Chinese sign-in service to the sandbox; remembers every host that was meant."""

    def __init__(self, base_url: str) -> None:
        super().__init__(MemoryJournal(), pause=0)
        self.base_url = base_url
        self.hosts: set[str] = set()

    def request(self, method: str, url: str, **options: object) -> requests.Response:
        self.hosts.add(urlsplit(url).netloc)
        return super().request(method, url.replace(CHINA, f"{self.base_url}/login"), **options)


CHINA = "https://login.chinacloudapi.cn"


def test_chinese_authority_asks_no_foreign_host() -> None:
    microsoft = Microsoft(advertised_login=CHINA)
    with serve(microsoft) as running:
        http = ElsewhereHttp(running.base_url)
        token = microsoft.grant_consent()["refresh_token"]
        secrets = MemorySecrets({"client_secret": DEMO_SECRET, "refresh_token": token}, http)
        settings = settings_of(running.base_url) | {"login_base_url": CHINA}
        consent.access_token(Connection(settings, secrets, http, datetime.now(UTC)))
    assert http.hosts == {"login.chinacloudapi.cn"}


def test_own_host_is_not_asked_about_at_microsofts(bench: Office365Bench) -> None:
    consent.access_token(bench.connection(), fresh=True)
    hosts = {urlsplit(exchange.url).netloc for exchange in bench.journal.exchanges}
    assert hosts == {urlsplit(bench.base_url).netloc}
    assert [exchange.url for exchange in bench.journal.exchanges if "/discovery/instance" in exchange.url] == []


def test_certificate_signs_in_instead_of_a_secret_key_through_the_whole_consent(bench: Office365Bench) -> None:
    """It wins where both are there; once it can be used no more the key signs in, and without one it is said."""
    key, certificate = Authority("Our authority").signed("brokerage", key=rsa.generate_private_key(65537, 2048))
    kept = {"certificate": packed(pfx(key, certificate)), "certificate_password": WORD, "client_secret": "wrong"}
    public = certificate.public_bytes(Encoding.PEM).decode()
    bench.secrets = dict(kept)
    with pytest.raises(Misconfigured) as refusal:
        bench.consent()
    assert refusal.value.code == "AADSTS700027"
    bench.microsoft.register_app(client_id=DEMO_CLIENT_ID, secret=DEMO_SECRET, certificates=[public])
    bench.consent()
    bench.advance(3700)
    assert bench.plugin.check_access(bench.connection()).details["company"]
    written = repr(bench.journal.exchanges)
    assert "PRIVATE KEY" not in written
    assert bench.secrets["refresh_token"] not in written
    bench.advance(31 * 86_400)
    bench.secrets["client_secret"] = DEMO_SECRET
    assert bench.plugin.check_access(bench.connection()).details["company"]
    del bench.secrets["client_secret"]
    with pytest.raises(Misconfigured) as refusal:
        bench.plugin.check_access(bench.connection())
    assert refusal.value.code == "certificate_expired"
