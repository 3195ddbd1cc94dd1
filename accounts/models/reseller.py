"""The tree of resellers: the operator at the root, resellers below it to any depth."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


class ResellerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")


@pghistory.track(exclude=["updated_at"])
class Reseller(Timestamped):
    """A legal entity that sells plans to customers and to resellers below it, in one currency."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # The ids from the operator down to this reseller itself, kept by a trigger: "everything below" is one condition.
    lineage = ArrayField(models.BigIntegerField(), default=list, editable=False)
    name = models.CharField(_("name"), max_length=200)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    email = models.EmailField(_("e-mail"))
    manager = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="managed_resellers"
    )
    status = models.CharField(_("status"), max_length=20, choices=ResellerStatus.choices, default=ResellerStatus.ACTIVE)
    default_language = models.CharField(_("default language"), max_length=10, default="en")
    # Managers of these roles (accounts.models.Role) do nothing before they have a second factor.
    second_factor_roles = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        blank=True,
        verbose_name=_("two-factor authentication required"),
    )
    # What its customers are told when they pay: lines to be copied into a transfer, and where a card is taken.
    bank_details = models.TextField(_("bank details"), max_length=1000, blank=True, default="", db_default="")
    card_page = models.URLField(_("page for payments by card"), max_length=500, blank=True, default="", db_default="")
    # How many days before a vendor takes no units back any more its customers and managers are told; 0 is never.
    window_letter_days = models.PositiveSmallIntegerField(
        _("letters before a window closes, days"),
        default=2,
        db_default=2,
        help_text=_("So many days before a vendor takes no units back any more; 0 means no letters."),
    )
    # Free attributes by key.
    attributes = models.JSONField(_("additional attributes"), default=dict, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                Coalesce("parent_id", 0), condition=models.Q(parent__isnull=True), name="reseller_one_operator"
            ),
            models.UniqueConstraint(fields=["parent", "name"], name="reseller_name_unique_below_parent"),
        ]
        indexes = [GinIndex(fields=["lineage"], name="reseller_lineage")]
        triggers = [
            *Timestamped.Meta.triggers,
            pgtrigger.Trigger(
                name="keep_lineage",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    NEW.lineage = COALESCE(
                        (SELECT lineage FROM accounts_reseller WHERE id = NEW.parent_id), ARRAY[]::bigint[]
                    ) || NEW.id;
                    RETURN NEW;
                """,
            ),
            # A reseller stays where it was created: its customers' books and prices hang on the place in the tree.
            pgtrigger.ReadOnly(name="stays_in_place", fields=["parent", "lineage", "currency"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_operator(self) -> bool:
        """Whether this is the root of the tree."""
        return self.parent_id is None
