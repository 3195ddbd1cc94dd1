"""A mass price change: which prices of which plans become what, from which day, and what that does to whom."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fitting import MONEY, Fitting
from core.timestamps import Timestamped


class PriceRule(models.TextChoices):
    """What is made of each price: the value is a percentage, or an amount a unit and month."""

    PERCENT = "percent", _("Change by percent")
    AMOUNT = "amount", _("Change by an amount")
    NEW_PRICE = "new_price", _("New price")
    MARKUP_PERCENT = "markup_percent", _("Net cost and percent")
    MARKUP_AMOUNT = "markup_amount", _("Net cost and an amount")


class PriceChangeStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    DONE = "done", _("Carried out")
    UNDONE = "undone", _("Undone")


@pghistory.track(exclude=["updated_at"])
class PriceChange(Timestamped):
    """Prices of a reseller's plans that change together from `valid_from` on.

    While it is a draft nothing is changed: it shows what it would do. A job writes a row of the price list for each
    line; until its day one act takes all of them back by rows of the prices that were.
    """

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="price_changes")
    rule = models.CharField(_("rule"), max_length=20, choices=PriceRule.choices)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6)
    valid_from = models.DateField(_("valid from"))
    status = models.CharField(
        _("status"), max_length=20, choices=PriceChangeStatus.choices, default=PriceChangeStatus.DRAFT
    )
    # How many prices it changes, and how many of them the job has written.
    lines_total = models.PositiveIntegerField(_("prices"), default=0)
    lines_done = models.PositiveIntegerField(_("written"), default=0)
    # How many subscriptions it reaches; of them, how many pay more afterwards and how many less than they cost.
    reached = models.PositiveIntegerField(_("subscriptions"), default=0)
    pay_more = models.PositiveIntegerField(_("pay more"), default=0)
    below_cost = models.PositiveIntegerField(_("below cost"), default=0)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    undone_on = models.DateField(_("undone on"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Timestamped.Meta):
        abstract = False
        indexes = [models.Index(fields=["reseller", "id"], name="price_change_reseller")]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.value.normalize():f}"


class PriceChangeLine(Fitting):
    """A price that changes: what it is, what it becomes, what a unit costs then; and the rows that were written."""

    change = models.ForeignKey(PriceChange, models.CASCADE, related_name="lines")
    plan_resource = models.ForeignKey("subscriptions.PlanResource", models.PROTECT, related_name="price_change_lines")
    old_price = models.DecimalField(_("price so far"), max_digits=18, decimal_places=6)
    new_price = models.DecimalField(_("new price"), max_digits=18, decimal_places=6)
    # What another level pays is not told: empty where the price is one that its reseller's rule makes.
    cost = models.DecimalField(_("net cost"), max_digits=18, decimal_places=6, null=True, blank=True)
    # A price of a reseller below, which follows by a rule of its own: the job does not write it, the rule does.
    by_rule = models.BooleanField(default=False, db_default=False)
    written = models.ForeignKey("subscriptions.ResourcePrice", models.PROTECT, null=True, related_name="+")
    taken_back = models.ForeignKey("subscriptions.ResourcePrice", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "plan_resource"], name="price_change_line_once")]

    def __str__(self) -> str:
        return f"{self.plan_resource}: {self.old_price} → {self.new_price}"


class PriceChangeEffect(Fitting):
    """What a price change does to a subscription: its monthly sum before and after, and what the reseller pays."""

    change = models.ForeignKey(PriceChange, models.CASCADE, related_name="effects", db_index=False)
    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(_("currency"), max_length=3)
    old_sum = models.DecimalField(_("monthly sum so far"), **MONEY)
    new_sum = models.DecimalField(_("new monthly sum"), **MONEY)
    cost = models.DecimalField(_("net cost"), **MONEY, null=True, blank=True)
    difference = models.DecimalField(_("difference"), **MONEY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "subscription"], name="price_change_effect_once")]
        indexes = [models.Index(fields=["change", "id"], name="price_change_effect")]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.old_sum} → {self.new_sum}"
