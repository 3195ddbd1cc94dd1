"""The service account's sign-in: by google-auth, over our journalled session, to the address of the settings alone."""

import json

import pytest

from tests.sandbox.google.signing import key_file
from tests.vendors.gsuite.bench import GSuiteBench, settings_of
from vendors.errors import Misconfigured, Transient, VendorError
from vendors.fields import packed
from vendors.gsuite.sign_in import _signer, signed_in


def test_a_token_is_journalled_without_its_secrets(bench: GSuiteBench) -> None:
    token = signed_in(bench.connection())
    (exchange,) = bench.journal.exchanges
    assert (exchange.method, exchange.url) == ("POST", f"{bench.base_url}/token")
    written = repr(exchange)
    assert token not in written
    assert "assertion=***" in exchange.request_body
    assert '"access_token":"***"' in exchange.response_body


def test_the_address_in_the_key_file_is_not_asked(bench: GSuiteBench) -> None:
    astray = packed(key_file(token_uri="http://127.0.0.1:9/elsewhere").encode())
    assert signed_in(bench.connect(settings_of(bench.base_url), {"key_file": astray})).startswith("ya29.")


@pytest.mark.parametrize(
    ("settings", "key", "sentence"),
    [
        ({}, "another", "does not let the service account in: Invalid JWT Signature"),
        ({"admin": "stranger@example.com"}, "demo", "Invalid email or User ID"),
        ({"token_url": "/nothing"}, "demo", "There is no Google API"),
    ],
)
def test_who_is_not_let_in_is_told_why(bench: GSuiteBench, settings: dict[str, str], key: str, sentence: str) -> None:
    if "token_url" in settings:
        settings = {"token_url": f"{bench.base_url}{settings['token_url']}"}
    with pytest.raises(Misconfigured, match=sentence):
        signed_in(bench.opened(key, **settings))


def test_a_scope_that_was_not_granted_is_named(bench: GSuiteBench) -> None:
    account = bench.vendor.world.store.all("account")[0]
    bench.vendor.world.store.put("account", account["email"], {**account, "scopes": ["apps.order"]})
    with pytest.raises(Misconfigured) as refusal:
        signed_in(bench.connection())
    assert refusal.value.code == "unauthorized_client"


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[]", b'{"type": "service_account"}'])
def test_a_file_that_is_no_key_is_said_to_be_none(bench: GSuiteBench, content: bytes) -> None:
    connection = bench.connect(settings_of(bench.base_url), {"key_file": packed(content)})
    with pytest.raises(Misconfigured, match="no key of a service account"):
        signed_in(connection)
    assert bench.journal.exchanges == []


def test_a_key_that_is_none_inside_a_good_file(bench: GSuiteBench) -> None:
    broken = json.dumps({**json.loads(key_file()), "private_key": "no key"})
    connection = bench.connect(settings_of(bench.base_url), {"key_file": packed(broken.encode())})
    with pytest.raises(Misconfigured, match="no key of a service account"):
        signed_in(connection)


@pytest.mark.parametrize("kind", ["gateway_before", "error_before", "drop_before", "throttle", "unreadable_after"])
def test_trouble_at_the_token_endpoint_passes(bench: GSuiteBench, kind: str) -> None:
    bench.vendor.fail(kind, path="^/token$", times=3)
    with pytest.raises(VendorError) as trouble:
        signed_in(bench.connection())
    assert isinstance(trouble.value, Transient)
    bench.vendor.heal()
    assert signed_in(bench.connection())


def test_a_key_is_opened_once(bench: GSuiteBench) -> None:
    connection = bench.connection()
    signed_in(connection)
    before = _signer.cache_info()
    signed_in(connection)
    after = _signer.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)
