"""A request for a certificate (PKCS #10), read before anybody is asked to pay for it."""

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, SECP521R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID, NameOID
from django.utils.translation import gettext_noop

from vendors.errors import Rejected

# Authorities of the CA/Browser Forum issue for nothing shorter (Baseline Requirements 6.1.5).
SHORTEST_RSA = 2048
CURVES = (SECP256R1, SECP384R1, SECP521R1)
LONGEST = 20_000
DOMAIN = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
_PEM = re.compile(
    r"-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----(.*?)-----END (?:NEW )?CERTIFICATE REQUEST-----", re.DOTALL
)

PRIVATE_KEY = gettext_noop(
    "This is a private key, which nobody else should see: it was not kept. Make a new key, and paste the request (CSR)"
    " that is made with it."
)
UNREADABLE = gettext_noop(
    "This is no request for a certificate (CSR). Paste all of it, from “-----BEGIN CERTIFICATE REQUEST-----” to"
    " “-----END CERTIFICATE REQUEST-----”."
)
NO_DOMAIN = gettext_noop(
    "The request's common name is “%(name)s”, which is no domain. Make it anew with the domain as its common name."
)
IN_LETTERS = gettext_noop(
    "The request's common name is “%(name)s”, which certificates write as %(ascii)s. Make it anew with that as its"
    " common name."
)
SEVERAL = gettext_noop(
    "The request has several common names (%(names)s), and which of them would be certified is not certain. Make it"
    " anew with one."
)
CHALLENGE = gettext_noop(
    "The request holds a challenge password, which everybody can read who sees the request: it was not kept. Make it"
    " anew without one."
)
TOO_WEAK = gettext_noop("The request's key has %(bits)s bits. Make it anew with a key of RSA of 2048 bits or more.")
KEY_UNKNOWN = gettext_noop(
    "The request's kind of key is not accepted. Make it anew with a key of RSA of 2048 bits or more."
)
WRONG_SIGNATURE = gettext_noop("The request is not signed with its own key: it was changed or cut. Make it anew.")


@dataclass(frozen=True)
class CSR:
    """A request that a certificate can be made of. `pem` is written anew, with markers and lines as they should be."""

    domain: str
    pem: str
    is_wildcard: bool


def read(text: str) -> CSR:
    """Return what a request says; raises Rejected, at the field csr, with the reason and the remedy."""
    request = _loaded(text)
    try:
        names = [
            str(pair.value).strip().lower() for pair in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        ]
        has_password = any(one.oid == AttributeOID.CHALLENGE_PASSWORD for one in request.attributes)
    except ValueError as error:  # what it says is read only now
        raise _refused(UNREADABLE) from error
    if has_password:
        raise _refused(CHALLENGE)
    domain = _domain_of(names)
    _check_key(request)
    return CSR(domain, request.public_bytes(Encoding.PEM).decode("ascii").strip(), domain.startswith("*."))


def same(one: str, other: str) -> bool:
    """Return whether two texts are the same request: vendors may write line ends as spaces."""
    found = [_PEM.search(text) for text in (one, other)]
    return all(found) and len({"".join(match[1].split()) for match in found if match}) == 1


def _domain_of(names: list[str]) -> str:
    if len(set(names)) > 1:
        raise _refused(SEVERAL, names=", ".join(name[:100] for name in names[:5]))
    domain = names[0] if names else ""
    if DOMAIN.fullmatch(domain):
        return domain
    try:
        written = domain.encode("idna").decode("ascii")
    except UnicodeError:
        written = ""
    if not domain.isascii() and DOMAIN.fullmatch(written):
        raise _refused(IN_LETTERS, name=domain[:100], ascii=written)
    raise _refused(NO_DOMAIN, name=domain[:100])


def _refused(message: str, **values: object) -> Rejected:
    return Rejected(message, code="csr_refused", at="csr", **values)


def _loaded(text: str) -> x509.CertificateSigningRequest:
    if "PRIVATE KEY-----" in text:
        raise _refused(PRIVATE_KEY)
    found = _PEM.search(text[:LONGEST])
    if found is None:
        raise _refused(UNREADABLE)
    body = "".join(found[1].split())
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{lines}\n-----END CERTIFICATE REQUEST-----\n"
    try:
        return x509.load_pem_x509_csr(pem.encode())
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise _refused(UNREADABLE) from error


def _check_key(request: x509.CertificateSigningRequest) -> None:
    try:
        key = request.public_key()
        signed = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise _refused(KEY_UNKNOWN) from error
    if isinstance(key, EllipticCurvePublicKey):
        if not isinstance(key.curve, CURVES):
            raise _refused(KEY_UNKNOWN)
    elif not isinstance(key, RSAPublicKey):
        raise _refused(KEY_UNKNOWN)
    elif key.key_size < SHORTEST_RSA:
        raise _refused(TOO_WEAK, bits=key.key_size)
    if not signed:
        raise _refused(WRONG_SIGNATURE)
