"""What was used of a subscription's resources: unit-hours, told once, which usage charges are the sums of."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fitting import Fitting


class Usage(Fitting):
    """Unit-hours of a resource that were used on `day`; append-only. The same `key` is told once.

    They count in the billing period that was open when they were told, which ends before `counted_to`, at `unit_price`.
    """

    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="usage")
    subscription_resource = models.ForeignKey(
        "subscriptions.SubscriptionResource", models.PROTECT, related_name="+", db_index=False
    )
    key = models.CharField(max_length=120)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6)
    day = models.DateField(_("day"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    counted_to = models.DateField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription_resource", "key"], name="usage_told_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="usage_of_something"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.key}: {self.quantity}"
