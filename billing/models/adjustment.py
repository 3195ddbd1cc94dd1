"""What moves a balance and is neither a payment nor a charge: corrections, and credit that is given for some days."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.document import Document, document_triggers
from core.fitting import MONEY


class CorrectionStatus(models.TextChoices):
    """Where a correction stands (operator guide 5.0)."""

    APPROVAL_REQUIRED = "approval_required", _("Approval required")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class GuaranteeStatus(models.TextChoices):
    """Where a guaranteed payment stands (operator guide 1.94)."""

    PROVIDED = "provided", _("Provided")
    REVOKED = "revoked", _("Revoked")


class RevokeReason(models.TextChoices):
    BY_HAND = "by_hand", _("by hand")
    EXPIRED = "expired", _("its days are over")
    TOPPED_UP = "topped_up", _("the money has come")


class Adjustment(Document):
    """What corrections and guaranteed payments have in common: an account, and money of its currency."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="%(class)ss")
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="%(class)ss")
    amount = models.DecimalField(_("total"), **MONEY)
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=200)
    opened_on = models.DateField(_("created on"))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Document.Meta):
        abstract = True


def _triggers(table: str, kind: str, moves: list[tuple[str, str]], *asked: str) -> list[pgtrigger.Trigger]:
    return [
        *document_triggers(table, kind),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="what_was_asked_stays", fields=["account", "amount", "currency", "opened_on", *asked]),
        pgtrigger.FSM(name="status_moves_forward", field="status", transitions=moves),
    ]


@pghistory.track(exclude=["serial"])
class Correction(Adjustment):
    """A manager's adjustment of a balance, signed: plus is in the account's favour. It counts once approved.

    One that gives back some of a charge that was invoiced names it, and makes a credit note: `amount` is of the charge,
    taxes that were added to that come on top.
    """

    PREFIX: ClassVar[str] = "CR"

    charge = models.ForeignKey(
        "billing.Charge", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("charge")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=CorrectionStatus.choices, default=CorrectionStatus.APPROVAL_REQUIRED
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Adjustment.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="correction_of_something"),
            models.CheckConstraint(
                condition=models.Q(charge=None) | models.Q(amount__gt=0), name="correction_of_a_charge_gives_back"
            ),
            models.UniqueConstraint(fields=["serial"], name="correction_number_once"),
        ]
        indexes = [
            models.Index(fields=["id"], name="correction_unnumbered", condition=models.Q(serial__isnull=True)),
        ]
        triggers = _triggers(
            "billing_correction",
            "CR",
            [("approval_required", "approved"), ("approval_required", "declined")],
            "charge",
        )


@pghistory.track(exclude=["serial"])
class GuaranteedPayment(Adjustment):
    """Money that is on the balance although it has not come: until it comes, it expires, or a manager revokes it.

    `expires_on` is the first day without it.
    """

    PREFIX: ClassVar[str] = "GP"

    status = models.CharField(
        _("status"), max_length=20, choices=GuaranteeStatus.choices, default=GuaranteeStatus.PROVIDED
    )
    expires_on = models.DateField(_("expires on"))
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    revoke_reason = models.CharField(_("revoked because"), max_length=20, choices=RevokeReason.choices, blank=True)
    revoked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Adjustment.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="guarantee_is_of_something"),
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("opened_on")), name="guarantee_lasts_a_day"
            ),
            models.UniqueConstraint(fields=["serial"], name="guarantee_number_once"),
        ]
        indexes = [
            models.Index(fields=["id"], name="guarantee_unnumbered", condition=models.Q(serial__isnull=True)),
            # What the night looks for.
            models.Index(
                fields=["expires_on", "account"],
                name="guarantee_to_expire",
                condition=models.Q(status="provided"),
            ),
        ]
        triggers = _triggers("billing_guaranteedpayment", "GP", [("provided", "revoked")])
