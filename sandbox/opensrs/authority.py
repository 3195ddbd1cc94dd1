"""The pretend certificate authority behind OpenSRS: a root, an intermediate, and what it issues. Nobody trusts it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from sandbox.opensrs import der
from sandbox.opensrs.csr import CSR, HASHES, padded

SHA256_RSA = "1.2.840.113549.1.1.11"
EXPONENT = 65537
BORN, ENDS = datetime(2016, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
# Keys of the pretend authority, open to everybody: what they sign is worth nothing outside tests and the demo.
ROOT_P = int(
    "e7d92b54f754e765fe4c169250ff3e367cca5c2c78ea5864a5d983b9183272a0c9f275c5fa7e511235a627593c8b9e4c"
    "c50bb317daccc6c4b8d5c2065ab0daf6a6f3242e1915f4a012e69b077aeba1a4269a22df3fc0a7edcc512fd1f8f7b76d"
    "22a79d111021dab37cce9e688e07f393dd2b33ebf8dd63be05708708daad249f",
    16,
)
ROOT_Q = int(
    "d9dc6718f5f30d7ec49ef09394203a679c5472020e45efa5a283d6ac2a77025c7e596aed7c62c271d62c58498fdd035c"
    "5cfc57613bdd8e2c0dbb9d22cfc21cdd6e074fd4d08fb7084f868e2cf6c589602b43b551af723548378898f0f4319880"
    "aade7581e249a501ccc961b142feda217cac178348e4c5c6501229418911c949",
    16,
)
INTERMEDIATE_P = int(
    "c15b7b2d34840c234d64cabc599eda7a21f05fb964cc8dfeac2b5cc25ecab25d70307264d09369d2d126acbf4871aea1"
    "261ee004fbee355ae445dd6edb9f8b2e14ef2c90b2bfc0e189908f16e98d3a562882fe3e142fbf5560cfe7c4b3832abc"
    "ca8f6f312f9ad150e3444b10e950a130d3e1bf448d58a071bb1289d976120fc9",
    16,
)
INTERMEDIATE_Q = int(
    "bf7833c7b9ff02ffff4890fc31a33a6b0238f77c9e59b3ff560ee3c95151a10a29233e27535d7261ef2d985ad3122010"
    "a0f639f9210c2664123bab4b3a123ee1426b59882cd2f8962dd8d589863cb25c6ca6c6da767061c223053f8c5558533f"
    "5ffe4abea49f0407aec9f95fd9343d9b130406455944c6f593249d4cfa5edc5d",
    16,
)


@dataclass(frozen=True)
class _Key:
    """A pair of keys of RSA."""

    p: int
    q: int

    @property
    def modulus(self) -> int:
        """Return what is public of it."""
        return self.p * self.q

    @property
    def info(self) -> bytes:
        """Return the public key as certificates hold it."""
        numbers = der.made(der.SEQUENCE, der.made_integer(self.modulus), der.made_integer(EXPONENT))
        kind = der.made(der.SEQUENCE, der.made_oid("1.2.840.113549.1.1.1"), der.made(der.NULL))
        return der.made(der.SEQUENCE, kind, der.made(der.BIT_STRING, b"\x00", numbers))

    def signed(self, body: bytes) -> bytes:
        """Return a signature over the bytes, RSASSA-PKCS1-v1_5 with SHA-256."""
        secret = pow(EXPONENT, -1, (self.p - 1) * (self.q - 1))
        digest = hashlib.sha256(body).digest()
        value = pow(padded(digest, HASHES[SHA256_RSA][1], self.modulus), secret, self.modulus)
        return value.to_bytes((self.modulus.bit_length() + 7) // 8, "big")


_ROOT, _INTERMEDIATE = _Key(ROOT_P, ROOT_Q), _Key(INTERMEDIATE_P, INTERMEDIATE_Q)
ROOT_NAME = "Sandbox Root Certification Authority"
INTERMEDIATE_NAME = "Sandbox Domain Validation Secure Server CA"


@dataclass(frozen=True)
class Issued:
    """A certificate with those of its authority, as PEM; `serial` is its number."""

    serial: int
    certificate: str
    intermediate: str
    root: str


def issue(csr: CSR, *, serial: int, start: datetime, end: datetime) -> Issued:
    """Return a certificate for the domain of a request, and for www before it where that is another name."""
    domains = [csr.domain]
    if not csr.domain.startswith(("www.", "*.")):
        domains.append(f"www.{csr.domain}")
    leaf = _certificate(
        serial, csr.domain, csr.public_key, start, end, signer=(INTERMEDIATE_NAME, _INTERMEDIATE), domains=domains
    )
    return Issued(serial, *(der.pem("CERTIFICATE", data) for data in (leaf, *_authorities())))


@cache
def _authorities() -> tuple[bytes, bytes]:
    """Return the certificates of the intermediate and of the root."""
    signer = (ROOT_NAME, _ROOT)
    middle = _certificate(2, INTERMEDIATE_NAME, _INTERMEDIATE.info, BORN, ENDS, signer=signer, depth=0)
    return middle, _certificate(1, ROOT_NAME, _ROOT.info, BORN, ENDS, signer=signer, depth=1)


def _certificate(
    serial: int,
    name: str,
    key: bytes,
    start: datetime,
    end: datetime,
    *,
    signer: tuple[str, _Key],
    domains: list[str] | None = None,
    depth: int | None = None,
) -> bytes:
    """Return a certificate; `domains` are those of a server, `depth` says how many authorities may stand below."""
    algorithm = der.made(der.SEQUENCE, der.made_oid(SHA256_RSA), der.made(der.NULL))
    body = der.made(
        der.SEQUENCE,
        der.made(0xA0, der.made_integer(2)),
        der.made_integer(serial),
        algorithm,
        _name(signer[0]),
        der.made(der.SEQUENCE, _moment(start), _moment(end)),
        _name(name),
        key,
        der.made(0xA3, der.made(der.SEQUENCE, *_extensions(domains or [], depth))),
    )
    return der.made(der.SEQUENCE, body, algorithm, der.made(der.BIT_STRING, b"\x00", signer[1].signed(body)))


def _extensions(domains: list[str], depth: int | None) -> list[bytes]:
    true = der.made(der.BOOLEAN, b"\xff")
    if depth is not None:
        return [_extension("2.5.29.19", true, der.made(der.SEQUENCE, true, der.made_integer(depth)))]
    names = der.made(der.SEQUENCE, *(der.made(0x82, domain.encode("ascii")) for domain in domains))
    return [_extension("2.5.29.19", true, der.made(der.SEQUENCE)), _extension("2.5.29.17", b"", names)]


def _extension(oid: str, critical: bytes, value: bytes) -> bytes:
    return der.made(der.SEQUENCE, der.made_oid(oid), critical, der.made(der.OCTET_STRING, value))


def _name(common: str) -> bytes:
    pair = der.made(der.SEQUENCE, der.made_oid("2.5.4.3"), der.made(der.UTF8, common.encode()))
    return der.made(der.SEQUENCE, der.made(der.SET, pair))


def _moment(moment: datetime) -> bytes:
    return der.made(der.UTC_TIME, moment.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())
