"""The subscriptions app."""

from importlib import import_module

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what the books announce, and make all tasks known."""
        import_module("subscriptions.receivers")
        # Tasks that carry out what people do, which stand above those of the workers.
        import_module("subscriptions.resolving.tasks")
