"""The notifications app."""

from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Telling people: events, the outbox, delivery."""

    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers of what accounts announces; they need the rows, which exist only now."""
        import_module("notifications.receivers")
