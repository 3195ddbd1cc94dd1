"""Up to which hour a subscription's use has been sampled."""

from django.db import models

from core.fitting import Fitting


class Sampled(Fitting):
    """The last hour of which a subscription's use was asked; what it came to stands in the rows of what was told."""

    subscription = models.OneToOneField(
        "subscriptions.Subscription", models.CASCADE, primary_key=True, related_name="+"
    )
    hour = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.hour}"
