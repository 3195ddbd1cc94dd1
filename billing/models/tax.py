"""A tax on what a reseller sells: its rate, whether prices contain it, and what bears it."""

from decimal import Decimal

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


@pghistory.track()
class Tax(Timestamped):
    """A tax on the documents of the reseller's accounts made from `valid_from` until the day before `valid_until`.

    Exclusive ones are added to what is charged, inclusive ones are part of it (billing-types.md 9). It holds for
    accounts of the types listed, and for charges of the plans and of the resources listed: none listed means all. The
    plan's own part is of its plan, and of no resource.
    """

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="taxes")
    name = models.CharField(_("name"), max_length=100)
    percent = models.DecimalField(
        _("percent"),
        max_digits=10,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    inclusive = models.BooleanField(_("prices contain it"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    account_types = models.ManyToManyField("accounts.AccountType", blank=True, related_name="+")
    plans = models.ManyToManyField("subscriptions.Plan", blank=True, related_name="+")
    resources = models.ManyToManyField("subscriptions.PlanResource", blank=True, related_name="+")

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="tax_percent"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
                name="tax_has_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name
