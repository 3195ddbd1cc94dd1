"""Makes lists of objects (CR-496) an app."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "core.lists"
    default_auto_field = "django.db.models.BigAutoField"
