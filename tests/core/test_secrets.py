"""Secrets at rest: unreadable without their key, readable with an older one and moved to the newest on demand."""

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from core.secrets import SecretsUnreadable, decrypt, encrypt, needs_rotation, rotate

OLD, NEW = f"old:{Fernet.generate_key().decode()}", f"new:{Fernet.generate_key().decode()}"
VALUES = {"client_secret": "canary-of-the-tests"}


def test_encrypted_values_name_their_key_and_hide_the_rest(settings: Settings) -> None:
    settings.SECRETS_KEYS = [NEW, OLD]
    stored = encrypt(VALUES)
    assert stored.startswith("new:")
    assert "canary" not in stored
    assert decrypt(stored) == VALUES


def test_nothing_stored_means_no_values() -> None:
    assert decrypt("") == {}
    assert needs_rotation("") is False


def test_older_key_still_reads_and_rotation_moves_to_the_newest(settings: Settings) -> None:
    settings.SECRETS_KEYS = [OLD]
    stored = encrypt(VALUES)
    settings.SECRETS_KEYS = [NEW, OLD]
    assert decrypt(stored) == VALUES
    assert needs_rotation(stored) is True
    moved = rotate(stored)
    assert rotate(moved) == moved
    settings.SECRETS_KEYS = [NEW]
    assert decrypt(moved) == VALUES


def test_missing_key_is_named_and_the_value_is_not(settings: Settings) -> None:
    settings.SECRETS_KEYS = [OLD]
    stored = encrypt(VALUES)
    settings.SECRETS_KEYS = [NEW]
    with pytest.raises(SecretsUnreadable, match="key 'old', which SECRETS_KEYS does not contain"):
        decrypt(stored)


def test_damaged_value_is_unreadable(settings: Settings) -> None:
    settings.SECRETS_KEYS = [NEW]
    with pytest.raises(SecretsUnreadable, match="does not match key 'new'"):
        decrypt("new:" + Fernet(Fernet.generate_key()).encrypt(b"{}").decode())
