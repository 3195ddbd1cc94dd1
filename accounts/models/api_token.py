"""A manager's key to the API: what it opens, until when, and who used it last."""

from datetime import datetime

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.timestamps import Timestamped


class TokenScope(models.TextChoices):
    """What a token may be used for; the manager's role bounds it besides."""

    READ = "read", pgettext_lazy("API scope", "Read")
    WRITE = "write", pgettext_lazy("API scope", "Create and change")
    MONEY = "money", pgettext_lazy("API scope", "Move money")


@pghistory.track(exclude=["token_hash", "last_used_at", "last_used_address", "updated_at"])
class ApiToken(Timestamped):
    """One of a manager's tokens. Only a SHA-256 of it is kept (16 random bytes need no salt); it is shown once."""

    manager = models.ForeignKey("accounts.User", models.CASCADE, related_name="api_tokens")
    name = models.CharField(pgettext_lazy("token", "name"), max_length=100)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=TokenScope.choices), verbose_name=_("scopes"))
    expires_at = models.DateTimeField(_("good until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # Written at most every few minutes (accounts.api_tokens.USE_IS_WRITTEN_EVERY).
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_used_address = models.GenericIPAddressField(_("last used from"), null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="api_token_has_a_scope"),
        ]
        indexes = [models.Index(fields=["manager", "-id"], name="api_token_of_manager")]

    def __str__(self) -> str:
        return self.name

    def is_good(self, now: datetime) -> bool:
        """Return whether the token still opens the API at this moment."""
        return self.revoked_at is None and now < self.expires_at
