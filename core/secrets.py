"""Secrets at rest: encrypted with a key that has a name, readable with older keys, moved to the newest on demand."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretsUnreadable(Exception):
    """A stored secret cannot be decrypted; the sentence names the key id that is missing, never the value."""


def _keys() -> dict[str, Fernet]:
    """Return the configured keys by id, the newest first (settings.SECRETS_KEYS: "keyid:fernetkey")."""
    pairs = (entry.split(":", 1) for entry in settings.SECRETS_KEYS)
    return {key_id: Fernet(key) for key_id, key in pairs}


def encrypt(values: Mapping[str, str]) -> str:
    """Return the values as "keyid:token", encrypted with the newest key."""
    keys = _keys()
    newest = next(iter(keys))
    token = MultiFernet(list(keys.values())).encrypt(json.dumps(dict(values)).encode())
    return f"{newest}:{token.decode()}"


def decrypt(stored: str) -> dict[str, str]:
    """Return the values that `encrypt` was given; nothing stored means no values. Raises SecretsUnreadable."""
    if not stored:
        return {}
    key_id, token = stored.split(":", 1)
    key = _keys().get(key_id)
    if key is None:
        raise SecretsUnreadable(f"The secret was encrypted with key {key_id!r}, which SECRETS_KEYS does not contain.")
    try:
        values: dict[str, str] = json.loads(key.decrypt(token.encode()))
    except InvalidToken as error:
        raise SecretsUnreadable(f"The secret does not match key {key_id!r} of SECRETS_KEYS.") from error
    return values


def needs_rotation(stored: str) -> bool:
    """Return whether a stored secret was encrypted with a key older than the newest."""
    return bool(stored) and stored.split(":", 1)[0] != next(iter(_keys()))


def rotate(stored: str) -> str:
    """Return the same values encrypted with the newest key."""
    return encrypt(decrypt(stored)) if needs_rotation(stored) else stored
