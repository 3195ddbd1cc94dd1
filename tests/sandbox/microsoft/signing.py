"""Certificates of the tests' own, made by a library that is not ours."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def certificate(name: str = "app", *, days: int = 365, bits: int = 2048) -> tuple[str, str, str]:
    """Return private key and certificate (PEM), and the SHA-1 thumbprint in hex, of a name; good for some days."""
    return _made(name, days, bits)


@cache
def _made(name: str, days: int, bits: int) -> tuple[str, str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
    return private, made.public_bytes(encoding).decode(), made.fingerprint(hashes.SHA1()).hex()  # noqa: S303 (x5t)
