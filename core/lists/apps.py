"""Makes lists of objects (CR-496) an app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from core.fast_triggers import make_fast


class ListsConfig(AppConfig):
    name = "core.lists"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mend the packages' trigger functions after every migrate."""
        post_migrate.connect(make_fast, sender=self, dispatch_uid="core.fast_triggers")
