"""The customer_panel app."""

from importlib import import_module

from django.apps import AppConfig


class CustomerPanelConfig(AppConfig):
    name = "customer_panel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the lists: a worker that writes an export finds them by name."""
        import_module("customer_panel.lists")
