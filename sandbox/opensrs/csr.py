"""Requests for certificates (PKCS #10), read as a certificate authority reads them."""

import hashlib
import re
from dataclasses import dataclass, field

from sandbox.opensrs import der
from sandbox.opensrs.der import BadDerError, Node

LABEL = "(?:NEW )?CERTIFICATE REQUEST"
NAMES = {
    "2.5.4.3": "domain",
    "2.5.4.6": "country",
    "2.5.4.7": "locality",
    "2.5.4.8": "state",
    "2.5.4.10": "organization",
    "2.5.4.11": "organization_unit",
    "1.2.840.113549.1.9.1": "email",
}
RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
# The signatures of RSA that are verified: the hash and its DER prefix (RFC 8017, 9.2).
HASHES = {
    "1.2.840.113549.1.1.11": ("sha256", "3031300d060960864801650304020105000420"),
    "1.2.840.113549.1.1.12": ("sha384", "3041300d060960864801650304020205000430"),
    "1.2.840.113549.1.1.13": ("sha512", "3051300d060960864801650304020305000440"),
}
CURVES = {"1.2.840.10045.3.1.7": 256, "1.3.132.0.34": 384}
SHORTEST_RSA = 2048
DOMAIN = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])", re.IGNORECASE)


class BadCsrError(ValueError):
    """No certificate can be made of this request; the text says why."""


@dataclass(frozen=True)
class CSR:
    """What a request asks for: the names of its subject, and its public key as DER."""

    subject: dict[str, str]
    public_key: bytes
    key_bits: int
    der: bytes = field(repr=False)

    @property
    def domain(self) -> str:
        """Return the common name."""
        return self.subject.get("domain", "")


def read_csr(text: str) -> CSR:
    """Return the request of a PEM text; raise BadCsrError with the reason why it is none, or too weak."""
    try:
        data = der.from_pem(LABEL, text)
        info, algorithm, signature = der.read(data).parts()
        _version, subject, key, *_attributes = info.parts()
        names = _names(subject)
        bits = _checked_key(key, info, algorithm, signature)
    except (BadDerError, ValueError, IndexError) as error:
        if isinstance(error, BadCsrError):
            raise
        raise BadCsrError(f"Unable to parse CSR: {error}") from error
    if not DOMAIN.fullmatch(names.get("domain", "")):
        raise BadCsrError("The common name of the CSR is not a domain name")
    return CSR(names, key.whole, bits, data)


def _names(subject: Node) -> dict[str, str]:
    names = {}
    for part in subject.parts():
        for pair in part.parts():
            kind, value = pair.parts()
            if kind.oid() in NAMES:
                names[NAMES[kind.oid()]] = value.text()
    return names


def _checked_key(key: Node, info: Node, algorithm: Node, signature: Node) -> int:
    """Return the size of the key in bits; RSA's signature is verified, that of other keys is taken as it is."""
    kind, bits = key.parts()
    oid = kind.parts()[0].oid()
    if oid == EC:
        size = CURVES.get(kind.parts()[1].oid(), 0)
        if not size:
            raise BadCsrError("The CSR's curve is not supported")
        return size
    if oid != RSA:
        raise BadCsrError("The CSR's kind of key is not supported")
    modulus, exponent = (part.integer() for part in der.read(bits.content[1:]).parts())
    if modulus.bit_length() < SHORTEST_RSA:
        raise BadCsrError(f"The CSR's key must have at least {SHORTEST_RSA} bits")
    name, prefix = HASHES.get(algorithm.parts()[0].oid(), ("", ""))
    if not name:
        raise BadCsrError("The CSR's signature algorithm is not supported")
    opened = pow(int.from_bytes(signature.content[1:], "big"), exponent, modulus)
    if opened != padded(hashlib.new(name, info.whole).digest(), prefix, modulus):
        raise BadCsrError("The CSR's signature is wrong")
    return modulus.bit_length()


def padded(digest: bytes, prefix: str, modulus: int) -> int:
    """Return a digest as RSASSA-PKCS1-v1_5 signs it with a key of this modulus."""
    size = (modulus.bit_length() + 7) // 8
    told = bytes.fromhex(prefix) + digest
    return int.from_bytes(b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told, "big")
