"""What vendors have bound us to, as they told it last, and the days on which something about it can be decided."""

from datetime import datetime

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fitting import Fitting
from core.timestamps import Timestamped
from vendors.commitments import AtEnd, Commitment, NextTerm, Returnable, State


class CommitmentState(models.TextChoices):
    """The states of `vendors.commitments.State`."""

    ACTIVE = State.ACTIVE, _("In use")
    SUSPENDED = State.SUSPENDED, _("Suspended, paid on")
    ENDED = State.ENDED, _("Ended")


class TermEnd(models.TextChoices):
    """What the vendor does when a term is over: the values of `vendors.commitments.AtEnd`."""

    RENEWS = AtEnd.RENEWS, _("Renews")
    ENDS = AtEnd.ENDS, _("Ends")
    EXTENDS = AtEnd.EXTENDS, _("Goes into the extended term")


class DateKind(models.TextChoices):
    """What is on a date of a commitment; the last three are the values of TermEnd."""

    UNITS = "units", _("Units can be given back until")
    CANCEL = "cancel", _("Can be cancelled until")
    RENEWS = TermEnd.RENEWS, _("Renews")
    ENDS = TermEnd.ENDS, _("Ends")
    EXTENDS = TermEnd.EXTENDS, _("Goes into the extended term")


# Until these moments something can be decided; on the others a term is over.
WINDOWS = (DateKind.UNITS, DateKind.CANCEL)
# What is told is history; when it was told last, and what it is called here, is none.
TOLD = (
    "vendor_id", "item", "state", "quantity", "term", "billing_plan", "ends_on", "cancel_until", "returnable", "at_end",
    "next_term", "is_trial",
)  # fmt: skip


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(condition=pghistory.AnyChange(*TOLD)), pghistory.DeleteEvent()
)
class HeldCommitment(Timestamped):
    """What a vendor holds of one resource of a subscription, as it told at `seen_at`.

    Columns are those of `vendors.commitments.Commitment`, which says what each means; `told` is that again. It is
    asked for every night and after each operation at the vendor (subscriptions/workers/committing.py).
    """

    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="commitments")
    resource = models.CharField(max_length=100)
    # What the subscription calls the resource; its key where it has none of that key any more.
    name = models.CharField(_("resource"), max_length=200)
    vendor_id = models.CharField(_("vendor's id"), max_length=200)
    item = models.CharField(_("sold as"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=CommitmentState.choices)
    quantity = models.PositiveIntegerField(_("quantity"))
    term = models.CharField(_("term"), max_length=60, blank=True)
    billing_plan = models.CharField(_("billing plan"), max_length=60, blank=True)
    # The first day after the term.
    ends_on = models.DateField(null=True, blank=True)
    cancel_until = models.DateTimeField(_("can be cancelled until"), null=True, blank=True)
    # [{"quantity": units, "until": ISO 8601}], the soonest first.
    returnable = models.JSONField(default=list, blank=True)
    at_end = models.CharField(_("at the end of the term"), max_length=20, choices=TermEnd.choices, blank=True)
    # The members of NextTerm; None where the next term is like this one, or where there is none.
    next_term = models.JSONField(null=True, blank=True)
    is_trial = models.BooleanField(_("trial"), default=False)
    seen_at = models.DateTimeField(_("as told on"))

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["subscription", "resource"], name="held_commitment_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.vendor_id}"

    @property
    def told(self) -> Commitment:
        """What the vendor told, as plain values: windows are asked of them."""
        return Commitment(
            resource=self.resource,
            vendor_id=self.vendor_id,
            item=self.item,
            state=State(self.state),
            quantity=self.quantity,
            term=self.term,
            billing_plan=self.billing_plan,
            ends_on=self.ends_on,
            cancel_until=self.cancel_until,
            returnable=tuple(
                Returnable(batch["quantity"], datetime.fromisoformat(batch["until"])) for batch in self.returnable
            ),
            at_end=AtEnd(self.at_end) if self.at_end else None,
            next_term=None if self.next_term is None else NextTerm(**self.next_term),
            is_trial=self.is_trial,
        )

    @property
    def units_next(self) -> int:
        """How many units the next term is arranged to have."""
        return self.quantity if self.next_term is None else int(self.next_term["quantity"])


class CommitmentDate(Fitting):
    """A date of the calendar: until `at` something can be decided, or on its day a term is over.

    Made anew of its commitment whenever that is told, and of nothing else. Account and reseller are those of the
    subscription, so that a list of many is narrowed without a join. `units` are those that can be given back, that the
    next term is to have, or all that there are.
    """

    commitment = models.ForeignKey(HeldCommitment, models.CASCADE, related_name="dates", db_index=False)
    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("what"), max_length=20, choices=DateKind.choices)
    # Of the end of a term: the beginning of the day after it, in the installation's time zone.
    at = models.DateTimeField(_("date"))
    units = models.PositiveIntegerField(_("units"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commitment", "kind", "at"], name="commitment_date_once"),
        ]
        indexes = [
            models.Index(fields=["at", "id"], include=["kind", "reseller"], name="commitment_date_soonest"),
            models.Index(fields=["account", "at"], name="commitment_date_of_account"),
            models.Index(fields=["reseller", "at"], name="commitment_date_of_reseller"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"

    @property
    def is_window(self) -> bool:
        """Whether something can be decided until then; else a term is over."""
        return self.kind in WINDOWS
