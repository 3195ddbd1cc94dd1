"""The outbox: one row per message to one person, written in the transaction of what it tells about."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


class NotificationStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
    PANEL = "panel", _("Only in the panel")


class LinkKind(models.TextChoices):
    """Links that open a door: made when the letter leaves, so that no row ever holds one."""

    NONE = "", _("None")
    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "password_reset", _("Password reset")


class Notification(Timestamped):
    """A message by e-mail; one without a secret link is also shown in the panel of its user."""

    # Says what the message is about, so that telling twice tells once: "order_placed:17:5".
    key = models.CharField(max_length=200, unique=True, editable=False)
    event = models.CharField(_("event"), max_length=60)
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="notifications")
    account = models.ForeignKey("accounts.Account", models.CASCADE, null=True, blank=True, related_name="notifications")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=255)
    body_text = models.TextField(_("text"))
    body_html = models.TextField()
    # The page in the panel that the message is about, without the host.
    path = models.CharField(max_length=300, blank=True)
    link_kind = models.CharField(max_length=20, choices=LinkKind.choices, default=LinkKind.NONE, blank=True)
    link_object_id = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=NotificationStatus.choices, default=NotificationStatus.QUEUED
    )
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # When the person saw it in the panel.
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(link_kind="") | models.Q(link_object_id__isnull=False),
                name="notification_link_has_its_object",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=models.Q(status="queued"), name="notification_due"
            ),
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.email}"
