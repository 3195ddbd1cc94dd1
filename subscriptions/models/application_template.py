"""An application template (connector): a service of a vendor connection, and the resources it can be sold in."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


class TemplateStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")


@pghistory.track()
class ApplicationTemplate(Timestamped):
    """What plans are made of: a plugin, the vendor connection it works through, its own settings.

    Without a plugin nothing is provisioned anywhere: such a plan is only billed.
    """

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="application_templates")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    plugin = models.CharField(_("plugin"), max_length=60, blank=True)
    connection = models.ForeignKey(
        "vendors.VendorConnection", models.PROTECT, null=True, blank=True, related_name="application_templates"
    )
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=TemplateStatus.choices, default=TemplateStatus.ACTIVE)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["reseller", "name"], name="application_template_name_unique"),
            models.CheckConstraint(
                condition=models.Q(plugin="", connection__isnull=True)
                | (~models.Q(plugin="") & models.Q(connection__isnull=False)),
                name="application_template_connection_for_its_plugin",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationResource(Timestamped):
    """A thing that can be counted and sold through a template, with the vendor's own id of it (an offer id)."""

    template = models.ForeignKey(ApplicationTemplate, models.CASCADE, related_name="resources")
    key = models.SlugField(_("key"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit of measure"), max_length=60, default="unit")
    vendor_reference = models.CharField(_("vendor's id"), max_length=200, blank=True)
    vendor_minimum = models.PositiveIntegerField(_("vendor's minimum"), null=True, blank=True)
    vendor_maximum = models.PositiveIntegerField(_("vendor's maximum"), null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["template", "key"], name="application_resource_key_unique")]

    def __str__(self) -> str:
        return self.name
