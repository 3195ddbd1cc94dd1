"""The assertion by which a service account signs in: a JWT, signed RS256 with a key whose public half is known.

The standard library has no RSA. Verifying takes one power and a comparison; nothing secret is touched here.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# DigestInfo of SHA-256 (RFC 8017, 9.2), before the digest itself.
_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass(frozen=True)
class Assertion:
    """A JWT taken apart; whether its signature is right says `is_signed_by`."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    @classmethod
    def read(cls, text: str) -> "Assertion":
        """Return the parts of a JWT. Raises ValueError for anything else, padding included."""
        parts = text.split(".")
        if len(parts) != 3 or "=" in text:
            raise ValueError("no JWT: three parts without padding")
        try:
            header, claims = (json.loads(_bytes(part)) for part in parts[:2])
        except ValueError as error:
            raise ValueError("no JWT: header and claims are JSON") from error
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise ValueError("no JWT: header and claims are objects")
        return cls(header, claims, f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))

    def is_signed_by(self, key: Mapping[str, str]) -> bool:
        """Say whether a public key, a JWK with "n" and "e", signed it by RS256."""
        modulus, exponent = (int.from_bytes(_bytes(key[name]), "big") for name in ("n", "e"))
        size = (modulus.bit_length() + 7) // 8
        if self.header.get("alg") != "RS256" or len(self.signature) != size:
            return False
        opened = pow(int.from_bytes(self.signature, "big"), exponent, modulus).to_bytes(size, "big")
        digest = hashlib.sha256(self.signed).digest()
        filling = b"\xff" * (size - len(_PREFIX) - len(digest) - 3)
        return hmac.compare_digest(opened, b"\x00\x01" + filling + b"\x00" + _PREFIX + digest)


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
