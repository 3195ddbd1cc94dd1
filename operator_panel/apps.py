"""The operator_panel app."""

from importlib import import_module

from django.apps import AppConfig


class OperatorPanelConfig(AppConfig):
    name = "operator_panel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the lists: a worker that writes an export finds them by name."""
        import_module("operator_panel.lists")
