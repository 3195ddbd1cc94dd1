"""Makes the composition root an app, so that Django finds its commands."""

from django.apps import AppConfig


class BrokerageConfig(AppConfig):
    name = "brokerage"
