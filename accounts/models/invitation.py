"""The invitation to become a user of an account, or to choose the first password."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import AccessLevel
from core.timestamps import Timestamped


class Invitation(Timestamped):
    """A link by e-mail, good once and until it expires.

    With an account: the person becomes its user with the access level. Without: a manager chooses the first password,
    or proves that a new e-mail for signing in is the own.
    The link's token is signed, never stored (accounts.invitations.token_of).
    """

    email = models.EmailField(_("e-mail"))
    # What the inviting one calls a person who is new; who accepts may correct it.
    name = models.CharField(max_length=200, blank=True, db_default="", default="")
    account = models.ForeignKey("accounts.Account", models.CASCADE, null=True, blank=True, related_name="invitations")
    access_level = models.CharField(_("access level"), max_length=20, choices=AccessLevel.choices, blank=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="invitations")
    invited_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(_("good until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, access_level__in=AccessLevel.values)
                | models.Q(account__isnull=True, access_level="", user__isnull=False),
                name="invitation_to_an_account_or_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=models.Q(account__isnull=False, accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Return whether the link still works at this moment."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
