"""The accounts app."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The tree of resellers and customers, people, roles, sign-in."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receiver of sign-outs; it needs the rows, which exist only now."""
        import_module("accounts.receivers")
