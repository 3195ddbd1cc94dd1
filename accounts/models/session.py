"""Where people are signed in: what is told about each session without opening what is sealed in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fitting import Fitting


class SignedIn(Fitting):
    """One session of a person, by the stored hash of its key (accounts.sessions.stored_key, decision 9)."""

    session_key = models.CharField(max_length=40, primary_key=True, editable=False)
    person = models.ForeignKey("accounts.User", models.CASCADE, related_name="sessions")
    # The manager who signed in as the person, where it is such a visit.
    manager = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last seen"))
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("device"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-seen_at"], name="signed_in_of_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.agent}"
