"""Makes the composition root an app, so that Django finds its commands and every process has the Celery app."""

from django.apps import AppConfig

from brokerage.celery import app as celery_app


class BrokerageConfig(AppConfig):
    name = "brokerage"
    celery = celery_app
