"""Requests for certificates, read before anybody pays."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

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


def test_the_same_request_is_known_with_other_line_ends() -> None:
    assert same(csr_for(), csr_for().replace("\n", " "))
    assert not same(csr_for(), csr_for("other.example.com"))
    assert not same(csr_for(), "")
