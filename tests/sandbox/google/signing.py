"""Keys of service accounts, made by a library that the sandbox does not know."""

import base64
import json
import time
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.google.tokens import AUDIENCE
from sandbox.google.world import DEMO_ACCOUNT, DEMO_ADMIN, EVERY_SCOPE, SCOPES

KEY_ID = "0123456789abcdef"


@cache
def key(name: str = "demo") -> rsa.RSAPrivateKey:
    """Return a private key, the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str = "demo") -> dict[str, str]:
    """Return a key's public half as a JWK."""
    numbers = key(name).public_key().public_numbers()
    return {"n": encoded(_bytes(numbers.n)), "e": encoded(_bytes(numbers.e))}


def key_file(name: str = "demo", *, email: str = DEMO_ACCOUNT, token_uri: str = AUDIENCE) -> str:
    """Return the key file of a service account, as Google's console hands it out."""
    form, encryption = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key(name).private_bytes(serialization.Encoding.PEM, form, encryption).decode()
    members = {
        "type": "service_account", "project_id": "demo-reseller", "private_key_id": KEY_ID, "private_key": pem,
        "client_email": email, "client_id": "100000000000000000001", "token_uri": token_uri,
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "universe_domain": "googleapis.com",
    }  # fmt: skip
    return json.dumps(members)


def assertion(name: str = "demo", *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return a signed assertion as google-auth makes it; claims of None are left out."""
    now = int(time.time())
    usual = {
        "iat": now, "exp": now + 3600, "iss": DEMO_ACCOUNT, "aud": AUDIENCE, "sub": DEMO_ADMIN,
        "scope": " ".join(SCOPES + scope for scope in EVERY_SCOPE),
    }  # fmt: skip
    told = {key: value for key, value in {**usual, **claims}.items() if value is not None}
    head = {"typ": "JWT", "alg": "RS256", "kid": KEY_ID, **(header or {})}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, told))
    signature = key(name).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
