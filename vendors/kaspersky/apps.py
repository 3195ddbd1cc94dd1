"""Makes the Kaspersky plugin an app: listing it in INSTALLED_APPS is what switches it on."""

from django.apps import AppConfig


class KasperskyConfig(AppConfig):
    name = "vendors.kaspersky"
    label = "kaspersky"
    verbose_name = "Kaspersky"
