"""A payment: money that a customer is asked for, or has sent."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from billing.models.document import Document, document_triggers
from core.fitting import MONEY
from core.lists.folding import words_index


class PaymentKind(models.TextChoices):
    """Why the payment exists (operator guide 3.4, payments' types)."""

    ORDER = "order", _("Payment for order")
    TOP_UP = "top_up", _("Balance topping up")
    # Postpay: for an invoice.
    RENDERED_SERVICES = "rendered_services", _("Payment for rendered services")


class PaymentStatus(models.TextChoices):
    WAITING_FOR_PAYMENT = "waiting_for_payment", _("Waiting for payment")
    COMPLETED = "completed", _("Completed")
    # Of payments for rendered services only: nobody has paid in time.
    EXPIRED = "expired", pgettext_lazy("payment", "Expired")
    PAID_FROM_BALANCE = "paid_from_balance", _("Paid from balance")
    CANCELLED = "cancelled", _("Cancelled")
    # Money that came for what is closed: it waits in a book of its own for a manager (billing/parking.py).
    PARKED = "parked", _("Set aside")
    RETURNED = "returned", _("Paid back")
    REASSIGNED = "reassigned", _("Put on another balance")


class PaymentMethod(models.TextChoices):
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")


@pghistory.track(exclude=["serial"])
class Payment(Document):
    """Money asked for an order or sent to top up; completing it writes one posting, once."""

    PREFIX: ClassVar[str] = "PM"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="payments")
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="payments")
    order = models.ForeignKey("subscriptions.Order", models.PROTECT, null=True, blank=True, related_name="payments")
    kind = models.CharField(_("type"), max_length=20, choices=PaymentKind.choices)
    status = models.CharField(
        _("status"), max_length=30, choices=PaymentStatus.choices, default=PaymentStatus.WAITING_FOR_PAYMENT
    )
    method = models.CharField(_("payment method"), max_length=20, choices=PaymentMethod.choices, blank=True)
    amount = models.DecimalField(_("total"), **MONEY)
    # The part of `amount` that exclusive taxes have added: it reaches no balance, but the book of taxes.
    tax = models.DecimalField(_("tax"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3)
    opened_on = models.DateField(_("created on"))
    due_on = models.DateField(_("due date"), null=True, blank=True)
    # For rendered services: the night in which it expires, and the next one that has to look at it. One that a night
    # took from the balance was booked when its charges closed: nothing is posted for it.
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    look_on = models.DateField(null=True, blank=True, editable=False)
    from_balance = models.BooleanField(default=False, db_default=False, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=200, blank=True)
    # The payment that was set aside, whose money this one has put on a balance.
    came_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Document.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_is_of_something"),
            models.CheckConstraint(
                condition=models.Q(tax__gte=0, tax__lte=models.F("amount")), name="payment_tax_is_part_of_it"
            ),
            # An order waits for one payment at a time.
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status="waiting_for_payment", order__isnull=False),
                name="payment_one_waiting_for_an_order",
            ),
            models.UniqueConstraint(fields=["serial"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["came_from"], condition=models.Q(came_from__isnull=False), name="payment_set_aside_goes_on_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="payment_account"),
            models.Index(fields=["reseller", "id"], name="payment_reseller"),
            models.Index(fields=["id"], name="payment_unnumbered", condition=models.Q(serial__isnull=True)),
            models.Index(
                fields=["account", "look_on"], name="payment_looked_at", condition=models.Q(look_on__isnull=False)
            ),
            # What a person searches by: the words of the comment, and the amount.
            words_index("comment", "payment_words"),
            models.Index(fields=["amount", "id"], name="payment_amount"),
            # Of which a night asks how much of their tax is left.
            models.Index(
                fields=["account"], name="payment_with_tax", condition=models.Q(tax__gt=0, order__isnull=False)
            ),
        ]
        triggers = [
            *document_triggers("billing_payment", "PM"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays", fields=["account", "order", "kind", "amount", "tax", "currency"]
            ),
            pgtrigger.FSM(
                name="status_moves_forward",
                field="status",
                transitions=[
                    ("waiting_for_payment", "completed"),
                    ("waiting_for_payment", "paid_from_balance"),
                    ("waiting_for_payment", "cancelled"),
                    ("waiting_for_payment", "parked"),
                    ("waiting_for_payment", "expired"),
                    ("expired", "completed"),
                    ("expired", "parked"),
                    ("cancelled", "parked"),
                    ("paid_from_balance", "parked"),
                    ("parked", "returned"),
                    ("parked", "reassigned"),
                ],
            ),
        ]

    @classmethod
    def opened(cls, kind: PaymentKind, account: Account, amount: Decimal, today: date, **more: Any) -> Self:
        """Open a payment of the account in its currency; the caller has checked who may, and the amount."""
        return cls.objects.create(
            account=account,
            reseller_id=account.reseller_id,
            kind=kind,
            amount=amount,
            currency=account.currency,
            opened_on=today,
            **more,
        )

    @property
    def net(self) -> Decimal:
        """What of it is for services, and reaches a balance: all but added taxes."""
        return self.amount - self.tax
