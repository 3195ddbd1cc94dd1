"""The shapes of an invoice and of its lines (billing.md 1.12)."""

from api.serializers.related import ACCOUNT, RESELLER
from api.serializers.shape import Shape, choice, computed, day, integer, moment, money, one, text
from billing.models import InvoiceStatus, PaymentStatus

INVOICE = Shape(
    "invoices",
    {
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "number": computed(lambda invoice: invoice.number, {"type": "string"}),
        "status": choice("status", InvoiceStatus.values),
        "period_from": day("period_from"),
        "period_to": day("period_to"),
        "created_on": day("created_on"),
        "total": money("total"),
        "tax": money("tax"),
        "added_tax": money("added_tax"),
        "tax_from_balance": money("tax_from_balance", nullable=True),
        "currency": text("currency"),
        "payment_id": integer("payment_id", nullable=True),
        "payment_status": choice("payment__status", PaymentStatus.values, nullable=True),
        "due_on": day("payment__due_on"),
        "account_id": integer("account_id"),
        "reseller_id": integer("reseller_id"),
    },
    relations={"reseller": one(RESELLER, "reseller"), "account": one(ACCOUNT, "account")},
)
INVOICE_LINE = Shape(
    "invoice_lines",
    {
        "invoice_id": integer("invoice_id"),
        "charge_id": integer("charge_id"),
        "subscription_id": integer("charge__subscription_id"),
        "description": text("charge__description"),
        "amount": money("amount", "invoice__currency"),
        "tax": money("tax", "invoice__currency"),
        "added_tax": money("added_tax", "invoice__currency"),
        "currency": text("invoice__currency"),
    },
    relations={"reseller": one(RESELLER, "invoice.reseller"), "account": one(ACCOUNT, "invoice.account")},
)
