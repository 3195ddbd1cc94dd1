"""A markup rule: a reseller's own price follows its net cost by itself, from a day on."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fitting import Fitting


class Rounding(models.TextChoices):
    """How a price that a rule makes is rounded to its step."""

    NEAREST = "nearest", _("To the nearest, half up")
    UP = "up", _("Up")


class MarkupRule(Fitting):
    """What a price of a plan is from a day on: net cost + `percent` of it + `amount`, a multiple of `step`.

    That is the monthly price of a unit. Fees (setup, renewal, transfer, and what the plan costs itself, which only a
    rule of all resources moves) are net cost + `fee_percent` of it; empty where they are entered by hand.

    Of one resource of the plan or of all; of what was said of a resource, the newest holds on its day, and of one day
    the later said. One with `follows` off ends what was said before: prices are entered by hand again. Appended, never
    changed: price rows name the rule that made them.
    """

    plan = models.ForeignKey("subscriptions.Plan", models.PROTECT, related_name="markup_rules", db_index=False)
    plan_resource = models.ForeignKey(
        "subscriptions.PlanResource", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    valid_from = models.DateField(_("valid from"))
    entered_on = models.DateField(_("entered on"))
    follows = models.BooleanField(_("follows the net cost"), default=True)
    percent = models.DecimalField(_("markup, %"), max_digits=18, decimal_places=6, default=Decimal(0))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=6, default=Decimal(0))
    fee_percent = models.DecimalField(_("markup on fees, %"), max_digits=18, decimal_places=6, null=True, blank=True)
    # Empty: the currency's smallest unit.
    step = models.DecimalField(_("rounded to"), max_digits=18, decimal_places=6, null=True, blank=True)
    rounding = models.CharField(_("rounding"), max_length=10, choices=Rounding.choices, default=Rounding.NEAREST)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(step__gt=0), name="markup_rule_step")]
        indexes = [models.Index(fields=["plan", "-valid_from", "-id"], name="markup_rule_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.percent} % + {self.amount} from {self.valid_from}"
