"""How many units were in service on each day: what the audit holds the charges against."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from core.fitting import Fitting


class HeldUnits(Fitting):
    """From `day` on, so many units of a resource are in service and charged: those included are not counted.

    Append-only, written in the transaction of what changes them, and only where they change. What was written later
    holds from its own day on, also where an earlier row begins later: a lowering that is taken back was never there.
    """

    subscription_resource = models.ForeignKey(
        "subscriptions.SubscriptionResource", models.PROTECT, related_name="held", db_index=False
    )
    day = models.DateField()
    units = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["subscription_resource", "id"], name="held_units_of_resource")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.units} from {self.day}"
