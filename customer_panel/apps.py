"""The customer_panel app."""

from django.apps import AppConfig


class CustomerPanelConfig(AppConfig):
    name = "customer_panel"
    default_auto_field = "django.db.models.BigAutoField"
