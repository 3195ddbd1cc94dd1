"""The operator_panel app."""

from django.apps import AppConfig


class OperatorPanelConfig(AppConfig):
    name = "operator_panel"
    default_auto_field = "django.db.models.BigAutoField"
