"""Rows of what vendors ask of us: their lists of prices, each day's sheet of one, and the dated prices themselves."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fitting import Fitting
from core.timestamps import Timestamped
from vendors.errors import sentence

# How wide a price of a vendor's is: it is kept with all its digits.
PRICE_DIGITS, PRICE_DECIMALS = 28, 15


class PriceList(Timestamped):
    """A list of prices that a vendor publishes for a market, read over one connection (vendors/capabilities.py)."""

    connection = models.ForeignKey("vendors.VendorConnection", models.PROTECT, related_name="price_lists")
    kind = models.CharField(_("kind"), max_length=40)
    market = models.CharField(_("market"), max_length=2)
    # The day of the last sheet that was taken.
    read_on = models.DateField(_("read on"), null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "market"], name="price_list_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.market}"


class SheetState(models.TextChoices):
    """What became of a day's sheet."""

    TAKEN = "taken", pgettext_lazy("price sheet", "Taken")
    LATE = "late", pgettext_lazy("price sheet", "Not there yet")
    REFUSED = "refused", pgettext_lazy("price sheet", "Cannot be read")


class PriceSheet(Timestamped):
    """What a list said on a day: whole, or not at all. Counts are of prices, as rows of the books."""

    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="sheets", db_index=False)
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=10, choices=SheetState.choices)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    added = models.PositiveIntegerField(_("new prices"), default=0)
    changed = models.PositiveIntegerField(_("changed prices"), default=0)
    ended = models.PositiveIntegerField(_("ended prices"), default=0)
    # Whether people were told what its prices mean for their plans.
    told = models.BooleanField(default=True)
    # Why it was not taken, as its English source and values.
    error_message = models.TextField(blank=True)
    error_values = models.JSONField(default=dict, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["price_list", "day"], name="price_sheet_once_a_day")]

    def __str__(self) -> str:
        return f"{self.price_list} {self.day}"

    @property
    def error(self) -> str:
        """Why it was not taken, as a sentence in the active language; empty where it was."""
        return sentence(self.error_message, self.error_values)


class VendorPrice(Fitting):
    """What a vendor asks for a unit from a day on. Appended, never changed: an old row ends as its successor says.

    Of the rows of an `item` (all that tells one thing from another: product to tier) that begin on a day or before, the
    one that begins last, of one day the later written, says what holds: its price until its end, then nothing. Written
    by the statements of vendors/price_sheets.py only.
    """

    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="prices", db_index=False)
    sheet = models.ForeignKey(PriceSheet, models.PROTECT, related_name="prices", db_index=False)
    item = models.UUIDField()
    product = models.CharField(_("product"), max_length=60)
    sku = models.CharField(_("SKU"), max_length=60)
    term = models.CharField(_("term"), max_length=20, blank=True)
    billing_plan = models.CharField(_("billing plan"), max_length=20, blank=True)
    segment = models.CharField(_("segment"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    title = models.CharField(_("title"), max_length=200, blank=True)
    unit_price = models.DecimalField(_("price"), max_digits=PRICE_DIGITS, decimal_places=PRICE_DECIMALS)
    retail_price = models.DecimalField(
        _("proposed retail price"), max_digits=PRICE_DIGITS, decimal_places=PRICE_DECIMALS, null=True
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    tier_from = models.PositiveIntegerField(_("from so many units"), default=0)
    tier_to = models.PositiveIntegerField(_("up to so many units"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="vendor_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="vendor_price_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["price_list", "product", "sku"], name="vendor_price_of_sku")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.product}:{self.sku} {self.unit_price} {self.currency}"
