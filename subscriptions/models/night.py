"""The nights that were run: whether tonight's was, is asked here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.timestamps import Timestamped


class BillingNight(Timestamped):
    """The night of one billing day, however often it was begun; `finished_at` is empty until it is through."""

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    runs = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    failed_accounts = ArrayField(models.BigIntegerField(), default=list)
    late = models.BooleanField(default=False)

    class Meta(Timestamped.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.day}"
