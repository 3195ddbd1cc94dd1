"""Makes the G Suite plugin an app: listing it in INSTALLED_APPS is what switches it on."""

from django.apps import AppConfig


class GSuiteConfig(AppConfig):
    name = "vendors.gsuite"
    label = "gsuite"
    verbose_name = "G Suite"
