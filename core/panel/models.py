"""What is kept for the frame of the panels: the forms that were carried out, so that none is carried out twice."""

from django.conf import settings
from django.db import models

from core.timestamps import Timestamped


class SentForm(Timestamped):
    """One form of one person that was carried out: written in the transaction of what it did, with where it led.

    `fingerprint` is that of its address and answers; `led_to` is an address of ours.
    """

    # No constraint in the database: a form may wait for a vendor, and the person's row is free meanwhile.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_constraint=False)
    key = models.UUIDField()
    address = models.TextField()
    fingerprint = models.CharField(max_length=64)
    led_to = models.TextField(blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="form_sent_once")]
        indexes = [models.Index(fields=["created_at"], name="form_sent_at")]

    def __str__(self) -> str:
        return f"{self.address} {self.key}"
