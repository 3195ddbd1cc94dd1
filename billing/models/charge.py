"""A charge: what is owed for a number of units over some days, and where it stands."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.fields.ranges import RangeOperators as Ranges
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fitting import MONEY, Fitting
from core.lists.folding import words_index
from core.timestamps import Timestamped


class ChargeStatus(models.TextChoices):
    """Where a charge stands (operator guide 1.94 to 5.8; billing.md 1.10)."""

    NEW = "new", _("New")
    OPENED = "opened", _("Opened")
    BLOCKED = "blocked", _("Blocked")
    CLOSED = "closed", _("Closed")
    WAITING_FOR_REFUND = "waiting_for_refund", _("Waiting for refund")
    REFUNDED = "refunded", _("Refunded")
    DELETED = "deleted", pgettext_lazy("charge", "Deleted")


class ChargeType(models.TextChoices):
    SETUP_FEE = "setup_fee", _("Setup fee")
    RECURRING_FEE = "recurring_fee", _("Recurring fee")
    RENEWAL_FEE = "renewal_fee", _("Renewal fee")
    TRANSFER_FEE = "transfer_fee", _("Transfer fee")
    CONSUMPTION = "consumption", _("Consumption")


class ChargeSource(models.TextChoices):
    """Which operation made the charge."""

    PURCHASE = "purchase", _("Order of the plan")
    UPGRADE = "upgrade", _("Raised quantity")
    RENEWAL = "renewal", _("Renewal of the subscription")
    USED_PART = "used_part", _("Used part of a split")
    CONTINUING_PART = "continuing_part", _("Continuing part of a split")
    REFUND_PART = "refund_part", _("Unused part of a split")
    REMAINDER = "remainder", _("Remainder of a stopped subscription")
    ACTIVATION = "activation", _("Activation")
    USAGE = "usage", _("What was used")
    CLOSED_BY_HAND = "closed_by_hand", _("Closed by hand")


CHARGE_TRANSITIONS = [
    ("new", "opened"),
    ("new", "blocked"),
    ("new", "closed"),
    ("new", "deleted"),
    ("new", "refunded"),
    ("opened", "blocked"),
    ("opened", "closed"),
    ("opened", "deleted"),
    ("blocked", "closed"),
    ("blocked", "deleted"),
    ("closed", "refunded"),
    ("waiting_for_refund", "refunded"),
    ("waiting_for_refund", "deleted"),
]


class QuantityField(models.DecimalField):
    """How many units: a whole number is read as an int, so that nobody has to think of places that are not there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_digits": 18, "decimal_places": 6, **options})

    def from_db_value(self, value: Decimal | None, *_context: object) -> int | Decimal | None:
        """Return what stands in the row."""
        if value is None:
            return None
        whole = int(value)
        return whole if whole == value else value.normalize()


class DaysOf(models.Func):
    """The half-open range of days of a charge, for the exclusion constraint."""

    function = "daterange"
    output_field = DateRangeField()


class Charge(Timestamped):
    """Units of one resource over the half-open days [operate_from, operate_to) at one price; a fee; or what was used.

    `price` is the row of the price list that the unit price stands in (rows from before 28 November 2026 have none);
    `type` says which of its fees it is. The plan's own part has no resource, and its price is in `plan_price`.
    `amount` is what is left of quantity x unit price after `discount`, of which `tax` is tax. A fee, and what was used,
    are no share of days: their billing period is their own.

    A charge that was closed and taken back is Refunded and keeps the day on which it was closed; the posting that took
    it back has its own. One that was never closed has no close date.

    Only the status, its close date and the order that deleted it change after a charge is written, along
    CHARGE_TRANSITIONS; everything else is refused by triggers, as is deleting.
    """

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="charges", db_index=False)
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="charges", db_index=False)
    subscription = models.ForeignKey(
        "subscriptions.Subscription", models.PROTECT, related_name="charges", db_index=False
    )
    subscription_resource = models.ForeignKey(
        "subscriptions.SubscriptionResource", models.PROTECT, null=True, blank=True, related_name="charges"
    )
    order = models.ForeignKey("subscriptions.Order", models.PROTECT, null=True, blank=True, related_name="charges")
    # The charge that a split took this one from, or whose place it takes.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    # The order that deleted this charge: what it gives back where the vendor refuses it.
    superseded_by = models.ForeignKey(
        "subscriptions.Order", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    type = models.CharField(_("type"), max_length=20, choices=ChargeType.choices)
    source = models.CharField(_("source"), max_length=20, choices=ChargeSource.choices)
    status = models.CharField(_("status"), max_length=20, choices=ChargeStatus.choices)
    description = models.CharField(_("description"), max_length=300)
    # Units bought together in one billing period are one block; a block is charged once for a day.
    block = models.PositiveIntegerField()
    quantity = QuantityField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    # What a vendor took with the plan's markup, where that has more places than the unit price keeps.
    exact_price = models.DecimalField(max_digits=40, decimal_places=20, null=True, blank=True, editable=False)
    price = models.ForeignKey(
        "subscriptions.ResourcePrice", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    plan_price = models.ForeignKey(
        "subscriptions.PlanPrice", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), **MONEY)
    discount = models.DecimalField(_("discount"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    # A fraction of 1, so that parts of a split take off the same.
    discount_rate = models.DecimalField(
        _("discount rate"), max_digits=13, decimal_places=12, default=Decimal(0), db_default=Decimal(0)
    )
    discounted_by = models.ForeignKey(
        "subscriptions.Discount", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    tax = models.DecimalField(_("tax"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    operate_from = models.DateField(_("from"))
    operate_to = models.DateField(_("to"))
    # The billing period whose days are the denominator of the share.
    period_from = models.DateField()
    period_to = models.DateField()
    created_on = models.DateField(_("charged on"))
    # The day whose prices it has: what keeps an earlier price keeps its day. Rows from before it was kept have none.
    priced_on = models.DateField(_("priced on"), null=True, blank=True)
    # Of a delegated plan: the rows of the price lists of the levels above that it takes, the seller's upstream first.
    retail = ArrayField(models.BigIntegerField(), null=True, blank=True, editable=False)
    # And the discounts, in percent, that those levels granted below on that day.
    granted = ArrayField(models.DecimalField(max_digits=9, decimal_places=6), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("close date"), null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=models.Q(operate_from__lt=models.F("operate_to")), name="charge_has_days"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="charge_has_units"),
            # A refund is what the other two parts of a split leave: of amounts below a cent it may be a cent less.
            models.CheckConstraint(
                condition=models.Q(amount__gte=0) | models.Q(source=ChargeSource.REFUND_PART),
                name="charge_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(discount_rate__gte=0, discount_rate__lte=1), name="charge_discount_is_a_part"
            ),
            models.CheckConstraint(
                condition=models.Q(status="closed", closed_on__isnull=False)
                | models.Q(status="refunded")
                | (~models.Q(status__in=["closed", "refunded"]) & models.Q(closed_on__isnull=True)),
                name="charge_closed_has_its_day",
            ),
            ExclusionConstraint(
                name="charge_block_once_a_day",
                expressions=[
                    ("subscription_resource", RangeOperators.EQUAL),
                    ("block", RangeOperators.EQUAL),
                    (DaysOf("operate_from", "operate_to", RangeBoundary()), Ranges.OVERLAPS),
                ],
                condition=models.Q(
                    type=ChargeType.RECURRING_FEE,
                    status__in=[ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED, ChargeStatus.CLOSED],
                ),
            ),
        ]
        indexes = [
            # The live charges of a subscription: what every operation and the night read.
            models.Index(
                fields=["subscription", "operate_from"],
                name="charge_live",
                condition=models.Q(status__in=["new", "opened", "blocked", "waiting_for_refund"]),
            ),
            # Reserved money of an account.
            models.Index(
                fields=["account"],
                include=["amount"],
                name="charge_reserving",
                condition=models.Q(status__in=["blocked", "waiting_for_refund"]),
            ),
            models.Index(fields=["account", "id"], name="charge_account"),
            # What an invoice is made of.
            models.Index(
                fields=["account", "closed_on"], name="charge_to_invoice", condition=models.Q(status="closed")
            ),
            models.Index(fields=["reseller", "id"], name="charge_reseller"),
            models.Index(fields=["subscription", "id"], name="charge_subscription"),
            # What the API filters and sorts by, each followed by the id that breaks ties.
            models.Index(fields=["status", "id"], name="charge_status"),
            models.Index(fields=["status", "created_at", "id"], name="charge_status_created"),
            models.Index(fields=["status", "updated_at", "id"], name="charge_status_updated"),
            models.Index(fields=["reseller", "status", "id"], name="charge_reseller_status"),
            models.Index(fields=["created_at", "id"], name="charge_created"),
            models.Index(fields=["updated_at", "id"], name="charge_updated"),
            models.Index(fields=["closed_on", "id"], name="charge_closed"),
            # A far page by its number passes over many ids, and asks of each only whose it is.
            models.Index(fields=["id"], include=["reseller"], name="charge_id_and_reseller"),
            # What a person searches by: the words of the text, and the amount.
            words_index("description", "charge_words"),
            models.Index(fields=["amount", "id"], name="charge_amount"),
            models.Index(fields=["type", "id"], name="charge_type", condition=~models.Q(type="recurring_fee")),
        ]
        triggers = [
            *Timestamped.Meta.triggers,
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="only_status_moves", exclude=["status", "closed_on", "superseded_by", "updated_at"]
            ),
            pgtrigger.FSM(name="status_moves_forward", field="status", transitions=CHARGE_TRANSITIONS),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.description}"

    @property
    def is_share_of_days(self) -> bool:
        """Whether it is charged by days: neither a fee nor what was used."""
        return self.type == ChargeType.RECURRING_FEE and self.source != ChargeSource.USAGE


class ClosedUnits(Fitting):
    """Units of a resource over the days [operate_from, operate_to) that a charge closed by hand is for; append-only.

    Such a charge is one sum, and says one unit itself (clarification 10). The audit holds these against what was held.
    """

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="closed_units")
    operate_from = models.DateField()
    operate_to = models.DateField()
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(operate_from__lt=models.F("operate_to")), name="closed_units_days"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.units} from {self.operate_from} to {self.operate_to}"
