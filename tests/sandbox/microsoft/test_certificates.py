"""Certificates and signatures, against a library that is not ours."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.microsoft.certificates import is_signed, read_certificate
from tests.sandbox.microsoft.signing import certificate

TEXT = b"header.claims"


def signatures(private: str) -> dict[str, bytes]:
    """Return signatures of the text by each algorithm."""
    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    longest = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    return {
        "RS256": key.sign(TEXT, padding.PKCS1v15(), hashes.SHA256()),
        "PS256": key.sign(TEXT, pss, hashes.SHA256()),
        "PS256 with the longest salt": key.sign(TEXT, longest, hashes.SHA256()),
    }


@pytest.mark.parametrize("bits", [2048, 2047])
def test_signatures_are_known_and_others_are_not(bits: int) -> None:
    private, pem, _ = certificate(bits=bits)
    read = read_certificate(pem)
    for name, signature in signatures(private).items():
        algorithm = name.partition(" ")[0]
        assert is_signed(read, algorithm, TEXT, signature)
        spoilt = signature[:-1] + bytes([signature[-1] ^ 1])
        other = "PS256" if algorithm == "RS256" else "RS256"
        wrong = [(other, TEXT, signature), (algorithm, b"other", signature), (algorithm, TEXT, spoilt)]
        wrong += [(algorithm, TEXT, signature[1:]), ("HS256", TEXT, signature)]
        assert not any(is_signed(read, *case) for case in wrong)


def test_certificate_is_read_as_others_read_it() -> None:
    _, pem, thumbprint = certificate()
    read, there = read_certificate(pem), x509.load_pem_x509_certificate(pem.encode())
    key = there.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert (read.modulus, read.exponent) == (key.public_numbers().n, key.public_numbers().e)
    assert datetime.fromtimestamp(read.until, UTC) == there.not_valid_after_utc
    assert len(read.sha1) == 27
    assert bytes.fromhex(thumbprint)


@pytest.mark.parametrize("pem", ["", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_is_refused(pem: str) -> None:
    with pytest.raises(ValueError, match="in PEM form is needed"):
        read_certificate(pem)
