"""Makes the Office 365 plugin an app: listing it in INSTALLED_APPS is what switches it on."""

from django.apps import AppConfig


class Office365Config(AppConfig):
    name = "vendors.office365"
    label = "office365"
    verbose_name = "Office 365"
