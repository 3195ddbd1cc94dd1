"""The secrets of the second factor lie encrypted and can be moved to a new key."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.management import call_command

from accounts.second_factor import SealedMFAAdapter
from core.secrets import SecretsUnreadable
from tests.factories import accounts as make


def test_what_is_stored_is_not_the_secret_and_gives_it_back():
    adapter = SealedMFAAdapter()
    stored = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert adapter.decrypt(stored) == "JBSWY3DPEHPK3PXP"


@pytest.mark.django_db
def test_rotation_moves_second_factors_to_the_newest_key_and_the_old_one_may_go(settings, capsys):
    user = make.manager()
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    newest = f"next:{Fernet.generate_key().decode()}"
    settings.SECRETS_KEYS = [newest, *settings.SECRETS_KEYS]
    call_command("rotate_secrets")
    assert capsys.readouterr().out == "2 secrets moved to the newest key.\n"
    settings.SECRETS_KEYS = [newest]
    adapter = SealedMFAAdapter()
    assert adapter.decrypt(Authenticator.objects.get(type="totp").data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes
    call_command("rotate_secrets")
    assert capsys.readouterr().out == "0 secrets moved to the newest key.\n"


@pytest.mark.django_db
def test_a_missing_key_is_named_and_never_the_value(settings):
    stored = SealedMFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRETS_KEYS = [f"other:{Fernet.generate_key().decode()}"]
    with pytest.raises(SecretsUnreadable) as error:
        SealedMFAAdapter().decrypt(stored)
    assert "JBSWY3DPEHPK3PXP" not in str(error.value)
