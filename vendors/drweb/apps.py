"""Makes the Dr.Web plugin an app: listing it in INSTALLED_APPS is what switches it on."""

from django.apps import AppConfig


class DrWebConfig(AppConfig):
    name = "vendors.drweb"
    label = "drweb"
    verbose_name = "Dr.Web AV-Desk"
