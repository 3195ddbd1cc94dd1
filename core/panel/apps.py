"""The core.panel app."""

from django.apps import AppConfig


class PanelConfig(AppConfig):
    name = "core.panel"
    label = "panel"
    default_auto_field = "django.db.models.BigAutoField"
