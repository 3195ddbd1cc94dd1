"""Makes vendors an app, and finds every plugin when the apps are ready."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from vendors.registry import discover_entry_points, refuse_wrong_settings


class VendorsConfig(AppConfig):
    name = "vendors"
    verbose_name = _("Vendors")

    def ready(self) -> None:
        """Import each installed app's `plugin` module, then the plugins that other packages announce."""
        autodiscover_modules("plugin")
        discover_entry_points()
        refuse_wrong_settings()
