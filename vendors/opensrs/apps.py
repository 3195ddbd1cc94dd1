"""Makes the OpenSRS plugin an app: listing it in INSTALLED_APPS is what switches it on."""

from django.apps import AppConfig


class OpenSRSConfig(AppConfig):
    name = "vendors.opensrs"
    label = "opensrs"
    verbose_name = "OpenSRS"
