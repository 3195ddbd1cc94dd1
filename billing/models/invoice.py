"""Invoices: what was closed in a billing period, what postpay is paid by; credit notes: what is taken back of them."""

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.document import Document, document_triggers
from core.fitting import MONEY, Fitting


class InvoiceStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("invoice", "Open")
    CLOSED = "closed", pgettext_lazy("invoice", "Closed")


class Invoice(Document):
    """What was closed on an account's subscriptions of one billing day since the one before (billing.md 1.12).

    The night after the billing day `period_to` makes it, whatever the account's payment model; `total` is what the
    document asks for, of which `tax` is tax. It is never changed: what is taken back is a document of its own.
    """

    PREFIX: ClassVar[str] = "IN"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="invoices")
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="invoices")
    status = models.CharField(
        _("status"), max_length=20, choices=InvoiceStatus.choices, default=InvoiceStatus.CLOSED, db_default="closed"
    )
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    created_on = models.DateField(_("created on"))
    total = models.DecimalField(_("total"), **MONEY)
    tax = models.DecimalField(_("tax"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    # The part of `tax` that is no part of any charge: exclusive taxes.
    added_tax = models.DecimalField(_("tax added"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    # In prepay: what of `added_tax` no payment had brought, so that it was taken from the balance (decision 66). None
    # where none was added, where a payment asks for it, and on invoices from before that.
    tax_from_balance = models.DecimalField(_("tax from the balance"), **MONEY, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    # Whether the customer is to be written to of it still.
    letter_due = models.BooleanField(default=True, db_default=True, editable=False)
    # In postpay, where there is something to pay.
    payment = models.OneToOneField("billing.Payment", models.PROTECT, null=True, blank=True, related_name="invoice")

    class Meta(Document.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["serial"], name="invoice_number_once")]
        indexes = [
            models.Index(fields=["account", "id"], name="invoice_account"),
            models.Index(fields=["reseller", "id"], name="invoice_reseller"),
            models.Index(fields=["id"], name="invoice_unnumbered", condition=models.Q(serial__isnull=True)),
            models.Index(fields=["total", "id"], name="invoice_total"),  # searched by
            models.Index(fields=["created_on", "id"], name="invoice_created_on"),
            models.Index(fields=["id"], name="invoice_letter_due", condition=models.Q(letter_due=True)),
        ]
        triggers = [
            *document_triggers("billing_invoice", "IN"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]


class InvoiceLine(Fitting):
    """A charge on its invoice: each closed charge stands on one. `tax` that is added to `amount` is no part of it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    charge = models.OneToOneField("billing.Charge", models.PROTECT, related_name="invoice_line")
    amount = models.DecimalField(_("amount"), **MONEY)
    tax = models.DecimalField(_("tax"), **MONEY, default=Decimal(0), db_default=Decimal(0))
    added_tax = models.DecimalField(_("tax added"), **MONEY, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.amount}"


class PrepaidTax(Fitting):
    """What a payment for an order had brought of the added tax of an invoice's line: paid ahead, in prepay."""

    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="prepaid_taxes")
    payment = models.ForeignKey("billing.Payment", models.PROTECT, related_name="taxes_used")
    amount = models.DecimalField(_("tax"), **MONEY)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="prepaid_tax_of_something")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount}"


class CreditNote(Document):
    """What an invoice has charged and was given back afterwards: its amounts, and their taxes, with the opposite sign.

    All sums are less than nothing; `total` is of charges and added taxes together, as of an invoice.
    """

    PREFIX: ClassVar[str] = "CN"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="credit_notes")
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="credit_notes")
    # Where a manager has given it back, and not an order that came to nothing.
    correction = models.OneToOneField(
        "billing.Correction", models.PROTECT, null=True, blank=True, related_name="credit_note"
    )
    created_on = models.DateField(_("created on"))
    total = models.DecimalField(_("total"), **MONEY)
    tax = models.DecimalField(_("tax"), **MONEY)
    added_tax = models.DecimalField(_("tax added"), **MONEY)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta(Document.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["serial"], name="credit_note_number_once")]
        indexes = [
            models.Index(fields=["account", "id"], name="credit_note_account"),
            models.Index(fields=["reseller", "id"], name="credit_note_reseller"),
            models.Index(fields=["id"], name="credit_note_unnumbered", condition=models.Q(serial__isnull=True)),
            models.Index(fields=["total", "id"], name="credit_note_total"),  # searched by
            models.Index(fields=["created_on", "id"], name="credit_note_created_on"),
        ]
        triggers = [
            *document_triggers("billing_creditnote", "CN"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_credited_stays",
                fields=[
                    "invoice",
                    "account",
                    "reseller",
                    "correction",
                    "created_on",
                    "total",
                    "tax",
                    "added_tax",
                    "currency",
                ],
            ),
        ]


class CreditNoteLine(Fitting):
    """What was given back of an invoice's line, with the opposite sign: all notes together no more than stood there."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="credits")
    amount = models.DecimalField(_("amount"), **MONEY)
    tax = models.DecimalField(_("tax"), **MONEY)
    added_tax = models.DecimalField(_("tax added"), **MONEY)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.credit_note_id}: {self.amount}"


class DocumentTax(Fitting):
    """Why a document bears a tax: which one, how many percent of which amount; of a payment, or of an invoice's line.

    `base` is without any tax. Kept as it was when the document was made, whatever becomes of the tax.
    """

    payment = models.ForeignKey("billing.Payment", models.PROTECT, null=True, related_name="taxes")
    line = models.ForeignKey(InvoiceLine, models.PROTECT, null=True, related_name="taxes")
    of = models.ForeignKey("billing.Tax", models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=100)
    percent = models.DecimalField(_("percent"), max_digits=10, decimal_places=6)
    inclusive = models.BooleanField(_("prices contain it"))
    base = models.DecimalField(_("taxed amount"), **MONEY)
    amount = models.DecimalField(_("tax"), **MONEY)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment__isnull=True) ^ models.Q(line__isnull=True), name="document_tax_of_one"
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"


class ToInvoice(Fitting):
    """Something was closed that belongs on the invoice of the billing day `day`: the night's list.

    The first of it was closed on `since`.

    `billing_day` is the day of the month, for each of which an account gets an invoice of its own. The night after
    `day` makes the invoice, and the row goes.
    """

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+", db_index=False)
    billing_day = models.PositiveSmallIntegerField()
    day = models.DateField()
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "billing_day", "day"], name="to_invoice_once"),
        ]
        indexes = [models.Index(fields=["day", "account"], name="to_invoice_day")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.day}"
