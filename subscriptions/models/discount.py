"""A discount: what a promo code, an account or a reseller below gets off, from when to when, on which fees."""

from decimal import Decimal

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


class DiscountType(models.TextChoices):
    """To whom it is given (operator guide 2.2; billing.md 1.13)."""

    PROMO_CODE = "promo_code", _("Promo code")
    ACCOUNT = "account", _("Account")
    RESELLER = "reseller", _("Reseller")


@pghistory.track()
class Discount(Timestamped):
    """A percentage that the reseller takes off its own prices; of several that hold, the highest (section 7).

    It holds from `valid_from` until the day before `valid_until`, for all plans of the reseller or for those listed. A
    promo code is given at an order and stays with the subscription; at most `account_limit` accounts and
    `subscription_limit` subscriptions have it, None for any number. One of type Account holds for the accounts, and
    those of the classes, that are listed; one of type Reseller is what the resellers listed pay less for what they
    resell. What was charged with it keeps it, whatever is changed here later.
    """

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="discounts")
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=20, choices=DiscountType.choices)
    code = models.CharField(_("promo code"), max_length=40, blank=True)
    percent = models.DecimalField(
        _("percent"),
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    all_plans = models.BooleanField(_("all plans"), default=True)
    plans = models.ManyToManyField("subscriptions.Plan", blank=True, related_name="+")
    account_limit = models.PositiveIntegerField(_("accounts at most"), null=True, blank=True)
    subscription_limit = models.PositiveIntegerField(_("subscriptions at most"), null=True, blank=True)
    on_setup = models.BooleanField(_("off the setup fee"), default=True)
    on_renewal = models.BooleanField(_("off the renewal fee"), default=True)
    on_recurring = models.BooleanField(_("off the recurring fee"), default=True)
    active = models.BooleanField(_("active"), default=True)
    accounts = models.ManyToManyField("accounts.Account", blank=True, related_name="+")
    account_classes = models.ManyToManyField("accounts.AccountClass", blank=True, related_name="+")
    resellers = models.ManyToManyField("accounts.Reseller", blank=True, related_name="+")

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "code"], condition=~models.Q(code=""), name="discount_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(type=DiscountType.PROMO_CODE) ^ models.Q(code=""), name="discount_code_of_its_type"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="discount_percent_of_a_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
                name="discount_has_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rate(self) -> Decimal:
        """The percentage as a fraction of 1."""
        return self.percent / 100
