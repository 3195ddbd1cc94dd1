"""A client certificate is used out of memory against a real server that demands one; what cannot be used is said."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor, actor_of
from tests.factories import accounts as cast
from tests.vendors.demanding import WORD, Authority, Demanding, demanding_server, pem, pfx
from tests.vendors.installing import example_installed
from tests.vendors.memory import MemoryJournal
from vendors.access import opened
from vendors.answers import SettingRefused
from vendors.base import ClientTls
from vendors.certificates import ClientCertificate, UnusableCertificateError, opened_certificate, tls_context
from vendors.connections import add_connection, change_connection, check_connection
from vendors.errors import Misconfigured, VendorError
from vendors.fields import packed
from vendors.http import VendorSession
from vendors.models import VendorConnection, VendorExchange
from vendors.registry import plugin_for

AUTHORITY, STRANGERS = Authority("authority"), Authority("another authority")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder; calls believe the authority's servers."""
    (tmp_path / "authority.pem").write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    return tmp_path


@pytest.fixture
def server(trusted: Path) -> Iterator[Demanding]:
    """A server that demands a certificate of the authority."""
    with demanding_server(AUTHORITY, trusted) as running:
        yield running


def session(certificate: ClientCertificate | None, *, legacy: bool = False) -> VendorSession:
    return VendorSession(MemoryJournal(), pause=0, tls=lambda: tls_context(certificate, legacy=legacy))


@pytest.mark.parametrize("packing", [pfx, pem])
def test_certificate_is_shown_and_nothing_of_it_is_written(
    server: Demanding, packing: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packing(*AUTHORITY.signed("us"))
    ours = opened_certificate(content, WORD if packing is pfx else "")
    before = len(os.listdir("/dev/fd"))
    tls_context(ours)
    assert len(os.listdir("/dev/fd")) == before, "no pipe is left open"
    with monkeypatch.context() as patch:
        for name in ("tempfile.NamedTemporaryFile", "tempfile.mkstemp", "pathlib.Path.write_bytes"):
            patch.delattr(name)
        http = session(ours)
        answers = [http.exchange(method, f"{server.address}/", changes=method == "POST") for method in ("GET", "POST")]
    assert [answer.json() for answer in answers] == [{"name": "Vendor"}] * 2
    assert server.callers == ["us", "us"]
    assert "PRIVATE" not in repr(ours)


@pytest.mark.parametrize("shown", ["none", "a stranger's", "one that has run out"])
def test_who_is_not_known_is_told_so_and_nothing_was_carried_out(server: Demanding, shown: str) -> None:
    """Seen before: the vendor “cannot be reached”, and a change was in doubt."""
    certificates = {
        "none": None,
        "a stranger's": opened_certificate(pfx(*STRANGERS.signed("them")), WORD),
        "one that has run out": opened_certificate(pfx(*AUTHORITY.signed("us", days=-1)), WORD),
    }
    http = session(certificates[shown])
    for method in ("GET", "POST"):
        with pytest.raises(Misconfigured, match="does not accept our certificate"):
            http.exchange(method, f"{server.address}/", changes=method == "POST")
    assert (http.sent.changes, server.callers) == (0, [])


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")  # it is what the old server speaks
def test_old_ciphers_only_where_they_are_allowed(trusted: Path) -> None:
    ours = opened_certificate(pfx(*AUTHORITY.signed("us")), WORD)
    with demanding_server(AUTHORITY, trusted, ciphers="AES128-SHA@SECLEVEL=0", newest="TLSv1_1") as old:
        with pytest.raises(VendorError):
            session(ours).exchange("GET", f"{old.address}/", changes=False)
        assert session(ours, legacy=True).exchange("GET", f"{old.address}/", changes=False).ok
    assert old.callers == ["us"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"no certificate", ""),
        (pfx(*AUTHORITY.signed("us")), "another word"),
        (AUTHORITY.pem, ""),
        (pem(AUTHORITY.key, STRANGERS.certificate), ""),
    ],
)
def test_what_is_no_certificate_with_its_key_is_refused(content: bytes, word: str) -> None:
    with pytest.raises(UnusableCertificateError):
        opened_certificate(content, word)


def test_a_file_in_the_old_form_is_opened() -> None:
    """RC2 of 40 bits, triple DES and SHA-1, as vendors' portals still pack it (made by OpenSSL 3.0 -legacy)."""
    ours = opened_certificate((Path(__file__).parent / "old_form.pfx").read_bytes(), WORD)
    assert ours.ending == "CN=us"
    tls_context(ours)


def test_the_certificate_of_the_chain_that_ends_first_counts() -> None:
    """Not the authority's own, which the server knows itself, and of two signers the one that lasts longer."""
    between = AUTHORITY.below("between", days=-1)
    ours = between.signed("us", days=20)
    ended = opened_certificate(pfx(*ours, between.certificate, AUTHORITY.certificate), WORD)
    assert (ended.ending, ended.expires_at) == ("CN=between", between.certificate.not_valid_after_utc)
    renewed = AUTHORITY.below("between", days=25)
    both = opened_certificate(pfx(*ours, between.certificate, renewed.certificate), WORD)
    assert (both.ending, both.expires_at) == ("CN=us", ours[1].not_valid_after_utc)


@pytest.fixture
def admin(db: None) -> Actor:
    """An administrator of the operator."""
    return actor_of(cast.manager())


def values(address: str, content: bytes, word: str = WORD) -> dict[str, str]:
    return {"base_url": address, "api_key": "k", "certificate": packed(content), "certificate_password": word}


@pytest.mark.django_db
def test_connection_with_an_uploaded_file_signs_in_by_it(server: Demanding, admin: Actor) -> None:
    """The example's plugin, from the form's values to the server; the journal knows no key."""
    key, certificate = AUTHORITY.signed("us", days=20)
    with example_installed():
        with pytest.raises(SettingRefused) as refusal:
            add_connection(
                actor=admin, reseller=admin.reseller, plugin="example_cloud", name="Cloud",
                values=values(server.address, pfx(key, certificate), "wrong"),
            )  # fmt: skip
        assert refusal.value.field == "certificate"
        row = add_connection(
            actor=admin, reseller=admin.reseller, plugin="example_cloud", name="Cloud",
            values=values(server.address, pfx(key, certificate)),
        )  # fmt: skip
        now = row.certificate_expires_at
        assert now == certificate.not_valid_after_utc
        row = check_connection(actor=admin, connection=row, now=certificate.not_valid_before_utc)
        assert (row.state, row.details, server.callers) == ("granted", {"company": "Vendor"}, ["us"])
        browser = Client()
        browser.force_login(admin.user)
        page = browser.get(reverse("operator:vendor_connection", args=[row.pk])).content.decode()
        assert f"{certificate.not_valid_after_utc:%d %b %Y}" in page, "until when it is valid"
        assert WORD not in "".join(str(one) for one in VendorExchange.objects.values())
        row = check_connection(actor=admin, connection=row, now=now)
        assert (row.state, row.last_error_code, len(server.callers)) == ("misconfigured", "certificate_expired", 1)
        assert row.last_error_values["subject"] == "CN=us"
        row = change_connection(actor=admin, connection=row, name="Cloud", values=values(server.address, b"") | {
            "certificate": packed(pem(*AUTHORITY.signed("us again", days=25))), "certificate_password": WORD,
        })  # fmt: skip
        assert row.certificate_expires_at > now
        VendorConnection.objects.filter(pk=row.pk).update(secrets="")
        with pytest.raises(Misconfigured, match="does not accept"):
            opened(row, now=now).http.exchange("GET", f"{server.address}/", changes=False)


@pytest.mark.django_db
def test_old_ciphers_are_said_aloud_on_the_connections_page(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    with example_installed():
        plugin = plugin_for("example_cloud")
        row = add_connection(
            actor=admin,
            reseller=admin.reseller,
            plugin="example_cloud",
            name="Cloud",
            values={"base_url": "https://127.0.0.1", "api_key": "k"},
        )
        browser = Client()
        browser.force_login(admin.user)
        address = reverse("operator:vendor_connection", args=[row.pk])
        assert "old ciphers" not in browser.get(address).content.decode()
        monkeypatch.setattr(type(plugin), "tls", ClientTls("certificate", legacy=True))
        assert "knows only old ciphers" in browser.get(address).content.decode()
