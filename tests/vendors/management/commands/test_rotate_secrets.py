"""The command that moves every stored secret to the newest key."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from pytest_django.fixtures import Settings

from core.secrets import decrypt
from vendors.models import VendorConnection

NEW = f"new:{Fernet.generate_key().decode()}"


def test_rotate_secrets_moves_every_row(
    office365: VendorConnection, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = decrypt(office365.secrets)
    settings.SECRETS_KEYS = [NEW, *settings.SECRETS_KEYS]
    call_command("rotate_secrets")
    office365.refresh_from_db()
    assert office365.secrets.startswith("new:")
    assert decrypt(office365.secrets) == before
    assert capsys.readouterr().out == "1 secrets moved to the newest key.\n"
    call_command("rotate_secrets")
    assert capsys.readouterr().out == "0 secrets moved to the newest key.\n"
