"""Where a vendor holds something else than our books say, and what people decided to do about it."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fitting import MONEY, Fitting
from core.timestamps import Timestamped


class DifferenceKind(models.TextChoices):
    """What does not agree: ours is what the books say, theirs what the vendor says."""

    QUANTITY = "quantity", _("Quantity")
    SUSPENDED = "suspended", _("Suspended at the vendor")
    RUNNING = "running", _("Active at the vendor, not in our books")
    ENDED = "ended", _("Ended or unknown at the vendor")
    TERM = "term", _("Term or billing plan")
    END_OF_TERM = "end_of_term", _("End of the term")
    SCHEDULE = "schedule", _("Scheduled change")
    AGREEMENT = "agreement", _("Customer agreement")
    UNKNOWN = "unknown", _("In nobody's books")


class Choice(models.TextChoices):
    """Whose word holds: the books follow the vendor, or the vendor is brought back to the books."""

    ACCEPT = "accept", _("Accept theirs")
    RESTORE = "restore", _("Restore ours")


class Settled(models.TextChoices):
    """How a difference came to its end."""

    ACCEPTED = "accepted", _("Theirs accepted")
    RESTORED = "restored", _("Ours restored")
    VANISHED = "vanished", _("Agrees again")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pghistory.AnyChange("settled", "ours", "theirs", "operation", "refused")),
)
class Difference(Timestamped):
    """One thing in which a vendor and our books do not agree; found by the night, open until it is settled.

    `subscription` is empty for what the vendor holds of a customer and nobody's books have; `vendor_ids` are then those
    of a service that is just this. `ours` and `theirs` are plain values: units, vendors.commitments.State, AtEnd, terms
    in the vendor's words. `seen_at` is when the vendor was last asked and it was still there.
    """

    connection = models.ForeignKey("vendors.VendorConnection", models.PROTECT, related_name="+", db_index=False)
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="differences")
    subscription = models.ForeignKey(
        "subscriptions.Subscription", models.PROTECT, null=True, blank=True, related_name="differences", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DifferenceKind.choices)
    resource = models.CharField(_("resource"), max_length=100, blank=True)
    # What people call the thing: the resource's name, for an unknown one the vendor's.
    name = models.CharField(_("name"), max_length=300, blank=True)
    vendor_id = models.CharField(_("vendor's id"), max_length=200, blank=True)
    vendor_ids = models.JSONField(default=dict, blank=True)
    ours = models.CharField(_("in our books"), max_length=300, blank=True)
    theirs = models.CharField(_("at the vendor"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("found at"))
    seen_at = models.DateTimeField(_("seen at"))
    # When the administrators were told of it.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The keys of the vendor operation that restores ours, while it is under way, and of the last one that was refused.
    operation = models.CharField(max_length=200, blank=True, editable=False)
    refused = models.CharField(max_length=200, blank=True, editable=False)
    settled = models.CharField(_("settled"), max_length=20, choices=Settled.choices, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "resource", "kind"],
                name="difference_open_once",
                condition=Q(settled="", subscription__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["connection", "vendor_id"],
                name="difference_unknown_once",
                condition=Q(settled="", subscription__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["reseller", "id"], name="difference_reseller"),
            models.Index(fields=["subscription", "id"], name="difference_subscription"),
            models.Index(fields=["connection"], name="difference_open", condition=Q(settled="")),
            models.Index(fields=["operation"], name="difference_operation", condition=~Q(operation="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"


class ResolutionStatus(models.TextChoices):
    DRAFT = "draft", _("Being worked out")
    READY = "ready", _("Ready")
    RUNNING = "running", _("Running")
    DONE = "done", _("Carried out")


class LineState(models.TextChoices):
    """How far one line of a resolution is."""

    WAITING = "waiting", _("Not worked out yet")
    FORESEEN = "foreseen", _("Worked out")
    REFUSED = "refused", pgettext_lazy("difference", "Refused")
    CARRIED_OUT = "carried_out", pgettext_lazy("difference", "Carried out")


@pghistory.track(exclude=["updated_at"])
class Resolution(Timestamped):
    """Many differences that are settled together: worked out, looked at, carried out, each for itself, by a job."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="+", db_index=False)
    choice = models.CharField(_("choice"), max_length=20, choices=Choice.choices)
    status = models.CharField(
        _("status"), max_length=20, choices=ResolutionStatus.choices, default=ResolutionStatus.DRAFT
    )
    lines_total = models.PositiveIntegerField(_("differences"), default=0)
    lines_foreseen = models.PositiveIntegerField(_("worked out"), default=0)
    lines_done = models.PositiveIntegerField(_("carried out"), default=0)
    lines_refused = models.PositiveIntegerField(_("refused"), default=0)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["reseller", "id"], name="resolution_reseller"),
            models.Index(fields=["id"], name="resolution_unfinished", condition=Q(status__in=["draft", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} {self.pk}"

    def sums(self) -> list[dict[str, Any]]:
        """Return what it does to the money, in each currency: what is reserved and written off."""
        lines = self.lines.exclude(state=LineState.REFUSED).exclude(currency="")
        sums = lines.values("currency").annotate(taken=Sum("taken"), written_off=Sum("written_off"))
        return [one for one in sums.order_by("currency") if one["taken"] or one["written_off"]]


class ResolutionLine(Fitting):
    """What a resolution does to one difference, and to the money of its account: as worked out by the deed itself.

    `taken` is reserved of the balance (less than zero: released), `written_off` leaves it, `monthly` is what the
    subscription costs each month from then on; empty where nothing is. `mark` is what the deed is held to.
    """

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="lines", db_index=False)
    difference = models.ForeignKey(Difference, models.PROTECT, related_name="lines")
    state = models.CharField(_("state"), max_length=20, choices=LineState.choices, default=LineState.WAITING)
    taken = models.DecimalField(_("reserved"), **MONEY, null=True, blank=True)
    written_off = models.DecimalField(_("written off"), **MONEY, null=True, blank=True)
    monthly = models.DecimalField(_("each month"), **MONEY, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    refusal = models.CharField(_("why not"), max_length=1000, blank=True)
    mark = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resolution", "difference"], name="resolution_line_once")]
        indexes = [models.Index(fields=["resolution", "state", "id"], name="resolution_line_state")]

    def __str__(self) -> str:
        return f"{self.resolution_id}: {self.difference_id}"
