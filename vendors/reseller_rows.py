"""Rows of what resellers are called at vendors that know them as such."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


class ResellerAtVendor(Timestamped):
    """What a reseller is called at the vendor behind a connection of one above it: the plugin's `reseller_fields`."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="at_vendors")
    connection = models.ForeignKey("vendors.VendorConnection", models.PROTECT, related_name="resellers_known")
    values = models.JSONField(_("values"), default=dict)
    # When the vendor was asked whether that is a reseller of the connection's; None: it never was.
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["reseller", "connection"], name="reseller_at_vendor_once")]

    def __str__(self) -> str:
        return f"{self.reseller} {self.connection}"
