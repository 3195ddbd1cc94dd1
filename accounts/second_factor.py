"""The second factor of sign-in, with its secrets encrypted at rest."""

from allauth.mfa.adapter import DefaultMFAAdapter

from core.secrets import decrypt, encrypt


class SealedMFAAdapter(DefaultMFAAdapter):
    """Keeps the secret of an authenticator app and the seed of recovery codes encrypted (core/secrets.py)."""

    def encrypt(self, text: str) -> str:
        """Return the text as it is stored."""
        return encrypt({"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` was given."""
        return decrypt(encrypted_text)["text"]
