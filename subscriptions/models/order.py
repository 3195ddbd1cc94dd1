"""An order: what a customer asked for, what it costs, and how far it is carried out."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import Document, document_triggers
from core.fitting import MONEY
from core.timestamps import Timestamped


class OrderType(models.TextChoices):
    SALES = "sales", _("Sales")
    CHANGE = "change", pgettext_lazy("kind of order", "Change")
    RENEWAL = "renewal", _("Renewal")
    SWITCH = "switch", _("Switch of plan")


class OrderStatus(models.TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("order", "Scheduled")
    WAITING_FOR_PAYMENT = "waiting_for_payment", _("Waiting for payment")
    # Paid, and carried out in the night in which its term begins.
    WAITING_FOR_PROVISIONING = "waiting_for_provisioning", _("Waiting for its term")
    PROVISIONING = "provisioning", _("Provisioning")
    PROVISIONING_FAILED = "provisioning_failed", _("Provisioning failed")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


# Neither completed nor cancelled: at most one order of a subscription, beside one that is arranged for its next term.
UNFINISHED = (
    OrderStatus.SCHEDULED,
    OrderStatus.WAITING_FOR_PAYMENT,
    OrderStatus.WAITING_FOR_PROVISIONING,
    OrderStatus.PROVISIONING,
    OrderStatus.PROVISIONING_FAILED,
)


class TakesEffect(models.TextChoices):
    """From when on the units of a change are there (vendors.base.Effective): charges follow."""

    AT_ONCE = "at_once", _("at once")
    NEXT_DAY = "next_day", _("on the next day")
    END_OF_PERIOD = "end_of_period", _("on the billing day")
    # The vendor was told at once, and does it when its own term is renewed (vendors.commitments).
    END_OF_TERM = "end_of_term", _("with the renewal at the vendor")


@pghistory.track(exclude=["serial"])
class Order(Document):
    """One request of a customer; it is paid at most once and carried out at the vendor at most once."""

    PREFIX: ClassVar[str] = "SO"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="orders")
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="orders")
    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="orders")
    type = models.CharField(_("type"), max_length=20, choices=OrderType.choices)
    status = models.CharField(_("status"), max_length=30, choices=OrderStatus.choices)
    total = models.DecimalField(_("total"), **MONEY)
    # What a discount takes off all that it charges, due now or later.
    discount = models.DecimalField(_("discount"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3)
    # Placed by the night for a subscription that is renewed of itself.
    automatic = models.BooleanField(_("automatic"), default=False, db_default=False)
    placed_on = models.DateField(_("order date"))
    expires_on = models.DateField(_("pay by"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    provisioned_on = models.DateField(_("provisioned on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    takes_effect = models.CharField(
        _("takes effect"), max_length=20, choices=TakesEffect.choices, default=TakesEffect.AT_ONCE, db_default="at_once"
    )
    # Of a switch: for which period of which plan.
    to_period = models.ForeignKey(
        "subscriptions.PlanPeriod", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The first day with the units wanted: of a change that waits for its billing day, that the vendor was told of and
    # does on the next day (the day after the one on which it accepted), or with its renewal. Empty where at once.
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    requester_ip = models.GenericIPAddressField(_("requester's IP address"), null=True, blank=True)
    failure = models.TextField(_("what went wrong"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    # The same key sent twice (a double click, a repeated request) is the same order.
    idempotency_key = models.CharField(max_length=80, null=True, blank=True, unique=True)
    # Of what was asked for with the key: another content under it is refused.
    idempotency_fingerprint = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta(Document.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["serial"], name="order_number_once"),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(status__in=[str(status) for status in UNFINISHED])
                & ~models.Q(status="scheduled", takes_effect="end_of_term"),
                name="order_one_unfinished_unless_arranged",
            ),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(status="scheduled", takes_effect="end_of_term"),
                name="order_one_arranged_of_a_subscription",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="order_account"),
            models.Index(fields=["reseller", "id"], name="order_reseller"),
            models.Index(fields=["id"], name="order_unnumbered", condition=models.Q(serial__isnull=True)),
            models.Index(fields=["total", "id"], name="order_total"),  # searched by
            models.Index(
                fields=["status", "id"],
                name="order_open",
                condition=models.Q(status__in=["waiting_for_payment", "provisioning"]),
            ),
        ]
        triggers = document_triggers("subscriptions_order", "SO")

    @property
    def is_pending(self) -> bool:
        """Whether it is a change that has a day, and is neither completed nor cancelled, nor refused by the vendor."""
        pending = (OrderStatus.SCHEDULED, OrderStatus.PROVISIONING)
        return self.takes_effect != TakesEffect.AT_ONCE and self.status in pending and self.effective_on is not None

    @property
    def is_arranged(self) -> bool:
        """Whether the vendor has taken it for the day on which its own term is renewed."""
        return self.takes_effect == TakesEffect.END_OF_TERM and self.status == OrderStatus.SCHEDULED

    @property
    def lowered_from(self) -> date:
        """The first day without the units that it lowers, as the books have it."""
        later = (TakesEffect.END_OF_PERIOD, TakesEffect.END_OF_TERM)
        if self.takes_effect in later and self.effective_on is not None:
            return self.effective_on
        return self.placed_on


class OrderItem(Timestamped):
    """One resource of an order: from how many units to how many, at which price a unit and month."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="items")
    subscription_resource = models.ForeignKey(
        "subscriptions.SubscriptionResource", models.PROTECT, related_name="order_items"
    )
    quantity_before = models.PositiveIntegerField(_("quantity before"))
    quantity_after = models.PositiveIntegerField(_("quantity after"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    # Due with this order, in the order's currency; a lowered resource costs nothing.
    amount = models.DecimalField(_("amount"), **MONEY)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["order", "subscription_resource"], name="order_item_once")]

    def __str__(self) -> str:
        return f"{self.subscription_resource.name}: {self.quantity_before} > {self.quantity_after}"
