"""The TLS of the pretend Kaspersky: it shows a certificate of its own authority, and demands one of the caller.

The files in pki/ open a pretend vendor only, and are open to everybody: the authority's certificate, the server's with
its key, and two partners' certificates with keys as their portals hand them out (PKCS #12). That of the partner that is
registered is packed in the old form (RC2 of 40 bits, triple DES, SHA-1); the other one is of somebody nobody knows.
"""

import hashlib
import ssl
from pathlib import Path

PKI = Path(__file__).parent / "pki"
AUTHORITY = PKI / "authority.pem"
PARTNER_FILE, UNKNOWN_FILE = PKI / "partner.pfx", PKI / "unknown.pfx"
FILES_PASSWORD = "sandbox-secret"  # noqa: S105 (public: it opens a pretend vendor only)
# Of the certificate in PARTNER_FILE.
PARTNER_FINGERPRINT = "558865302dbb504d72dfa8067f225d2a8e77649e089faf6b15cdbd66acea655c"


def demanding() -> ssl.SSLContext:
    """Return the TLS of a server that turns away whoever shows no certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(AUTHORITY)
    context.load_cert_chain(PKI / "server.pem")
    return context


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER), in small hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()
