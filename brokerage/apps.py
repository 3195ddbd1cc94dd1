"""Makes the composition root an app: Django finds its commands and rows, every process has the Celery app."""

from importlib import import_module

from django.apps import AppConfig

from brokerage.celery import app as celery_app


class BrokerageConfig(AppConfig):
    name = "brokerage"
    celery = celery_app

    def ready(self) -> None:
        """Hear what Celery's processes tell of themselves."""
        import_module("brokerage.receivers")
