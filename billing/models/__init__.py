"""Rows of money: charges, the ledger, payments."""

from billing.models.adjustment import (
    Correction,
    CorrectionStatus,
    GuaranteedPayment,
    GuaranteeStatus,
    RevokeReason,
)
from billing.models.books import BooksDay
from billing.models.charge import CHARGE_TRANSITIONS, Charge, ChargeSource, ChargeStatus, ChargeType, ClosedUnits
from billing.models.document import Document, DocumentCounter, document_triggers, unnumbered
from billing.models.gateway import GatewayPayment, GatewayPlugin, GatewayState, PaymentGateway
from billing.models.invoice import (
    CreditNote,
    CreditNoteLine,
    DocumentTax,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    PrepaidTax,
    ToInvoice,
)
from billing.models.ledger import Book, LedgerEntry, PostingKind
from billing.models.payment import Payment, PaymentKind, PaymentMethod, PaymentStatus
from billing.models.reseller_charge import ResellerCharge
from billing.models.tax import Tax
from billing.models.usage import Usage, UsageToCharge

__all__ = [
    "CHARGE_TRANSITIONS",
    "Book",
    "BooksDay",
    "Charge",
    "ChargeSource",
    "ChargeStatus",
    "ChargeType",
    "ClosedUnits",
    "Correction",
    "CorrectionStatus",
    "CreditNote",
    "CreditNoteLine",
    "Document",
    "DocumentCounter",
    "DocumentTax",
    "GatewayPayment",
    "GatewayPlugin",
    "GatewayState",
    "GuaranteeStatus",
    "GuaranteedPayment",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "LedgerEntry",
    "Payment",
    "PaymentGateway",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "PostingKind",
    "PrepaidTax",
    "ResellerCharge",
    "RevokeReason",
    "Tax",
    "ToInvoice",
    "Usage",
    "UsageToCharge",
    "document_triggers",
    "unnumbered",
]
