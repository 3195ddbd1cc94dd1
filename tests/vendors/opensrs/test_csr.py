"""Requests for certificates, read before anybody pays."""

from base64 import b64decode, b64encode
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AttributeOID, NameOID

from tests.sandbox.opensrs.asking import DOMAIN, csr_for, key_of
from vendors.errors import Rejected
from vendors.opensrs.csr import read, same


@pytest.mark.parametrize("kind", ["rsa2048", "ec"])
def test_a_request_is_read_and_written_anew(kind: str) -> None:
    text = csr_for(kind=kind)
    for spelling in (
        text,
        text.replace("\n", "\r\n"),
        f"  {text}  ",
        text.replace("CERTIFICATE REQ", "NEW CERTIFICATE REQ"),
    ):
        found = read(spelling)
        assert (found.domain, found.pem, found.is_wildcard) == (DOMAIN, text.strip(), False)
    assert read(csr_for(f"*.{DOMAIN}")).is_wildcard
    assert read(csr_for("SHOP.Example.com")).domain == "shop.example.com"


def spoilt(text: str) -> str:
    """Return a request with another byte in its signature."""
    lines = text.split("\n")
    lines[-3] = ("B" if lines[-3][0] == "A" else "A") + lines[-3][1:]
    return "\n".join(lines)


KEY = key_of("rsa2048").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste all of it"),
        ("x" * 30_000, "Paste all of it"),
        (csr_for()[:300], "Paste all of it"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "Paste all of it"),
        (KEY, "private key"),
        (csr_for(kind="rsa1024"), "1024 bits"),
        (csr_for("localhost"), "no domain"),
        (spoilt(csr_for()), "not signed"),
    ],
)
def test_a_request_that_leads_nowhere_is_refused_with_the_remedy(text: str, said: str) -> None:
    with pytest.raises(Rejected, match=said) as refusal:
        read(text)
    assert refusal.value.field == "csr"
    assert "PRIVATE" not in str(refusal.value.values), "a key that was pasted is not kept"


def request(*names: str, password: bytes = b"", curve: ec.EllipticCurve | None = None) -> str:
    """Return a request with these common names, a challenge password, a key of a curve."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject)
    if password:
        made = made.add_attribute(AttributeOID.CHALLENGE_PASSWORD, password)
    return made.sign(ec.generate_private_key(curve or ec.SECP256R1()), SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (request("one.example.com", "two.example.com"), "several common names"),
        (request("почта.рф"), "certificates write as xn--80a1acny.xn--p1ai"),
        (request("shop.example.com", password=b"canary"), "challenge password"),
        (request("shop.example.com", curve=ec.SECP256K1()), "kind of key"),
        (request(), "no domain"),
        (request("*.*.example.com"), "no domain"),
        (request("10.0.0.1"), "no domain"),
    ],
)
def test_a_request_of_an_odd_kind_is_refused_by_what_is_odd(text: str, said: str) -> None:
    with pytest.raises(Rejected, match=said) as refusal:
        read(text)
    assert "canary" not in str(refusal.value.values)
    assert read(request("shop.example.com", "shop.example.com", curve=ec.SECP384R1())).domain == "shop.example.com"


def test_a_damaged_request_is_refused_and_breaks_nothing() -> None:
    """What is inside is read late: each byte changed in turn was a page of 500 in 6 of 100 cases."""
    whole, chance = b64decode("".join(csr_for().split("\n")[1:-2])), Random(8)
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= chance.randrange(1, 256)
        text = f"-----BEGIN CERTIFICATE REQUEST-----\n{b64encode(spoilt).decode()}\n-----END CERTIFICATE REQUEST-----"
        with pytest.raises(Rejected):
            read(text)


def test_the_same_request_is_known_with_other_line_ends() -> None:
    assert same(csr_for(), csr_for().replace("\n", " "))
    assert not same(csr_for(), csr_for("other.example.com"))
    assert not same(csr_for(), "")
