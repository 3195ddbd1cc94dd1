"""Client certificates: opened from the file that was uploaded, and given to TLS out of memory, never by way of a disk.

Python's `ssl` takes certificates from files only (python/cpython issues 60691 and 129216, open in 2026), and pyOpenSSL
would be a second TLS beside it; here it reads them from pipes of this process.
"""

import os
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from urllib3.util.ssl_ import create_urllib3_context

PEM = b"-----BEGIN "


class UnusableCertificateError(ValueError):
    """The file is no certificate with its key, or the password is not its own."""


@dataclass(frozen=True)
class ClientCertificate:
    """A certificate with its chain and its key, as PEM, and until when it can be used.

    That is the end of whichever certificate on the way to its authority ends first: `ending` is its subject.
    """

    chain: bytes = field(repr=False)
    key: bytes = field(repr=False)
    expires_at: datetime
    ending: str


def opened_certificate(content: bytes, password: str = "") -> ClientCertificate:
    """Return what is in a file: PKCS #12 (.pfx, .p12), or PEM of both. Raises UnusableCertificateError."""
    secret = password.encode() or None
    try:
        key, found = _of_pem(content, secret) if PEM in content else _of_pkcs12(content, secret)
        ours = next((one for one in found if one.public_key() == key.public_key()), None)
        if ours is None:
            raise UnusableCertificateError("there is no certificate of the key")
        ordered = [ours, *(one for one in found if one is not ours)]
        first = min(_way(ours, found), key=lambda one: one.not_valid_after_utc)
        return ClientCertificate(
            chain=b"".join(one.public_bytes(Encoding.PEM) for one in ordered),
            key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            expires_at=first.not_valid_after_utc,
            ending=first.subject.rfc4514_string(),
        )
    except (TypeError, ValueError, UnsupportedAlgorithm) as fault:
        raise UnusableCertificateError(str(fault)) from fault


def _way(ours: x509.Certificate, found: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Return ours and who signed it and so on, as far as the file has them, without the authority's own certificate.

    An authority is trusted by being known, not by what we send; of two signers the later to end counts.
    """
    way = [ours]
    while len(way) <= len(found):
        signers = [one for one in found if one.subject == way[-1].issuer and one.subject != one.issuer]
        if not signers:
            break
        way.append(max(signers, key=lambda one: one.not_valid_after_utc))
    return way


def _of_pem(content: bytes, password: bytes | None) -> tuple:
    encrypted = b"ENCRYPTED" in content  # a password that nobody needs is no fault
    return load_pem_private_key(content, password if encrypted else None), x509.load_pem_x509_certificates(content)


def _of_pkcs12(content: bytes, password: bytes | None) -> tuple:
    held = load_pkcs12(content, password)
    if held.key is None or held.cert is None:
        raise UnusableCertificateError("there is no certificate with its key")
    return held.key, [held.cert.certificate, *(one.certificate for one in held.additional_certs)]


def tls_context(certificate: ClientCertificate | None, *, legacy: bool = False) -> ssl.SSLContext:
    """Return the TLS of a connection: with our certificate, and with the ciphers of old servers where they are allowed.

    The server's certificate is verified as ever.
    """
    context = create_urllib3_context(ciphers="DEFAULT@SECLEVEL=0" if legacy else None)
    if legacy:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # named from Python 3.12 on
    if certificate is not None:
        with _piped(certificate.chain) as chain, _piped(certificate.key) as key:
            context.load_cert_chain(chain, key)
    return context


@contextmanager
def _piped(content: bytes) -> Iterator[str]:
    """Yield a path from which the content can be read once, while the block lasts; nothing of it is on a disk."""
    reading, writing = os.pipe()

    def write() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
            pipe.write(content)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
        writer.join()


REFUSALS = ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE")


def refused_certificate(trouble: BaseException) -> bool:
    """Return whether the server ended the connection because of our certificate, or because there was none.

    What was sent was not carried out then: the server knows who asks before it reads what is asked.
    """
    seen: set[int] = set()
    waiting: list[object] = [trouble]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        reason = str(getattr(one, "reason", "") or "")
        if isinstance(one, ssl.SSLError) and "ALERT" in reason and any(word in reason for word in REFUSALS):
            return True
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return False
