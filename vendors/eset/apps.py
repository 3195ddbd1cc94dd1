"""Makes the ESET plugin an app: listing it in INSTALLED_APPS is what switches it on."""

from django.apps import AppConfig


class EsetConfig(AppConfig):
    name = "vendors.eset"
    label = "eset"
    verbose_name = "ESET"
