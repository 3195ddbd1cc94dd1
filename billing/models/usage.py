"""What was used of a subscription's resources: unit-hours or a vendor's cost, told once; charges are their sums."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fitting import Fitting


class Usage(Fitting):
    """Unit-hours of a resource that were used on `day`; append-only. The same `key` is told once.

    They count in the billing period that was open when they were told, which ends before `counted_to`, at `unit_price`.
    Fewer than none correct what was told before: a vendor has said otherwise since. Of a plan that charges what the
    vendor takes, `cost` is that, in the subscription's currency, and `markup` the plan's in percent; it has no price.
    """

    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="usage")
    subscription_resource = models.ForeignKey(
        "subscriptions.SubscriptionResource", models.PROTECT, related_name="+", db_index=False
    )
    key = models.CharField(max_length=120)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6)
    day = models.DateField(_("day"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    # The row of the plan's price list that the price was taken from; what was told before rows kept it has none.
    price = models.ForeignKey(
        "subscriptions.ResourcePrice", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Of a delegated plan: the rows of the price lists of the levels above that the price belongs to.
    retail = ArrayField(models.BigIntegerField(), null=True, editable=False)
    cost = models.DecimalField(_("vendor's cost"), max_digits=24, decimal_places=10, null=True, blank=True)
    markup = models.DecimalField(_("markup, %"), max_digits=18, decimal_places=6, null=True, blank=True)
    counted_to = models.DateField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription_resource", "key"], name="usage_told_once"),
            models.CheckConstraint(
                condition=~models.Q(quantity=0, cost__isnull=True) & ~models.Q(cost=0), name="usage_of_something"
            ),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True, markup__isnull=True)
                | models.Q(cost__isnull=False, markup__gte=0),
                name="usage_cost_and_markup",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.key}: {self.quantity}"


class UsageToCharge(Fitting):
    """Something was told of the subscription, in the books of `day`, that no charge holds yet: the night's list.

    The charges of what was used are made anew from their sums by whoever opens the account next; the row goes then.
    """

    subscription = models.OneToOneField(
        "subscriptions.Subscription", models.CASCADE, primary_key=True, related_name="+"
    )
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.day}"
