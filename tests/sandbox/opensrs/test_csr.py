"""Requests for certificates, as the pretend authority reads them."""

import pytest

from sandbox.opensrs.csr import BadCsrError, read_csr
from tests.sandbox.opensrs.asking import DOMAIN, csr_for

# The key of the vendor's own sample (shared/samples/opensrs/parse_csr_request.xml) has 1024 bits, and is signed by MD5.
OLD_SAMPLE = """-----BEGIN CERTIFICATE REQUEST-----
MIIBqTCCARICAQAwaTELMAkGA1UEBhMCQ0ExCzAJBgNVBAgTAm9uMRAwDgYDVQQHEwd0b3JvbnRvMQ8wDQYDVQQKEwZ0dWNvd3MxCzAJBgNVBAsTAnFh
MR0wGwYDVQQDExR3d3cucWFyZWdyZXNzaW9uLm9yZzCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAz+hbqqnE5BSW0THf7txxsJxF8Vtca2uL52iu
tI1SRTm9J6NNtAjgMbL9upOmSFnObpWKriUIlvxKrecygGWkjiMeyU/F6auAS9/vwDdxYEVT2szK+Q2At1FgU433Pds53v2J/vyB6SL+k/w54H2gF4OR
pU1hjUggo7fM353TeeMCAwEAAaAAMA0GCSqGSIb3DQEBBAUAA4GBAIYvVThVeocN7N7HbsO/au9AXnx6LULQ5LMDWx6FlyBB5g9h5HYZa6xieYCYDxYI
sjLjR3qx1BWl9+0kSL2MW4EdDPzbcrZvHAtrw2/hPrm9EGA32w3a26W79N3clCkrahnpcNFLFyzU3CtZASJ+VuixGXTEkdiBAliqtGp+QBhf
-----END CERTIFICATE REQUEST-----"""


@pytest.mark.parametrize(("kind", "bits"), [("rsa2048", 2048), ("ec", 256)])
def test_a_request_of_another_library_is_read(kind: str, bits: int) -> None:
    csr = read_csr(csr_for(kind=kind, organization="Рога и Копыта"))
    assert csr.subject == {"country": "US", "organization": "Рога и Копыта", "domain": DOMAIN}
    assert (csr.domain, csr.key_bits) == (DOMAIN, bits)


def test_line_ends_that_became_spaces_do_not_matter() -> None:
    assert read_csr(csr_for().replace("\n", " ")).domain == DOMAIN


def spoilt(text: str) -> str:
    """Return the request with a byte of its signature another one."""
    lines = text.split("\n")
    lines[-3] = ("B" if lines[-3][0] == "A" else "A") + lines[-3][1:]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "markers"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----", "cut short"),
        (OLD_SAMPLE, "2048 bits"),
        (csr_for("not a domain"), "domain name"),
        (spoilt(csr_for()), "signature is wrong"),
    ],
)
def test_a_request_that_cannot_be_used_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadCsrError, match=reason):
        read_csr(text)
