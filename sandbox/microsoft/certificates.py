"""Just enough of certificates to know an app by one: the RSA key, the thumbprints, the end, and who signed a text.

The standard library has no RSA. Verifying takes one power and a comparison; nothing secret is touched here.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

SEQUENCE, INTEGER, BIT_STRING, VERSION, UTC_TIME = 0x30, 0x02, 0x03, 0xA0, 0x17
# DigestInfo of SHA-256 (RFC 8017, 9.2), before the digest itself.
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
DIGEST = 32  # bytes


@dataclass(frozen=True)
class Certificate:
    """The public half: modulus and exponent, thumbprints (base64url as in JWT headers), until when it is good."""

    modulus: int
    exponent: int
    sha1: str
    sha256: str
    until: float

    @property
    def size(self) -> int:
        """Return the length of the modulus in bytes."""
        return (self.modulus.bit_length() + 7) // 8


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each DER element that stands in `data`."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count], "big")
            at += count
        yield tag, data[at : at + length]
        at += length


def _moment(tag: int, text: bytes) -> float:
    written = text.decode("ascii").rstrip("Z")
    if tag == UTC_TIME:
        written = ("20" if int(written[:2]) < 50 else "19") + written
    return datetime.strptime(written, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()


def read_certificate(pem: str) -> Certificate:
    """Return the certificate of a PEM text; raise ValueError for anything but an RSA one."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in pem or end not in pem:
        raise ValueError("a certificate in PEM form is needed")
    der = base64.b64decode("".join(pem.partition(begin)[2].partition(end)[0].split()))
    try:
        ((_, whole),) = _parts(der)
        fields = [part for part in _parts(next(_parts(whole))[1]) if part[0] != VERSION]
        validity, key = fields[3][1], fields[5][1]
        (_, _), (last_tag, last) = _parts(validity)
        (_, _), (kind, bits) = _parts(key)
        if kind != BIT_STRING:
            raise ValueError("the key of the certificate cannot be read")
        ((_, numbers),) = _parts(bits[1:])
        (_, modulus), (_, exponent) = _parts(numbers)
    except (IndexError, StopIteration, ValueError) as error:
        raise ValueError("an RSA certificate in PEM form is needed") from error
    return Certificate(
        int.from_bytes(modulus, "big"),
        int.from_bytes(exponent, "big"),
        _base64url(hashlib.sha1(der, usedforsecurity=False).digest()),
        _base64url(hashlib.sha256(der).digest()),
        _moment(last_tag, last),
    )


def is_signed(certificate: Certificate, algorithm: str, text: bytes, signature: bytes) -> bool:
    """Say whether the certificate's key signed a text, by RS256 or PS256."""
    if len(signature) != certificate.size:
        return False
    opened = pow(int.from_bytes(signature, "big"), certificate.exponent, certificate.modulus)
    encoded = opened.to_bytes(certificate.size, "big")
    digest = hashlib.sha256(text).digest()
    if algorithm == "RS256":
        filling = b"\xff" * (certificate.size - len(SHA256_PREFIX) - DIGEST - 3)
        return hmac.compare_digest(encoded, b"\x00\x01" + filling + b"\x00" + SHA256_PREFIX + digest)
    return algorithm == "PS256" and _is_pss(encoded, digest, certificate.modulus.bit_length() - 1)


def _mask(seed: bytes, length: int) -> bytes:
    blocks = (hashlib.sha256(seed + number.to_bytes(4, "big")).digest() for number in range(length // DIGEST + 1))
    return b"".join(blocks)[:length]


def _is_pss(encoded: bytes, digest: bytes, bits: int) -> bool:
    """Say whether an opened signature is that of a digest by PSS, with SHA-256 and a salt of any length (RFC 8017)."""
    encoded = encoded[-((bits + 7) // 8) :]
    if encoded[-1] != 0xBC:
        return False
    masked, given = encoded[: -DIGEST - 1], encoded[-DIGEST - 1 : -1]
    block = bytearray(one ^ other for one, other in zip(masked, _mask(given, len(masked)), strict=True))
    block[0] &= 0xFF >> (8 * len(encoded) - bits)
    filling, mark, salt = bytes(block).partition(b"\x01")
    if not mark or filling.strip(b"\x00"):
        return False
    return hmac.compare_digest(hashlib.sha256(bytes(8) + digest + salt).digest(), given)
