"""Rows of money: charges, the ledger, payments."""

from billing.models.books import BooksDay
from billing.models.charge import CHARGE_TRANSITIONS, Charge, ChargeSource, ChargeStatus, ChargeType
from billing.models.document import Document, DocumentCounter, document_triggers, unnumbered
from billing.models.ledger import Book, LedgerEntry, PostingKind
from billing.models.payment import Payment, PaymentKind, PaymentMethod, PaymentStatus
from billing.models.usage import Usage, UsageToCharge

__all__ = [
    "CHARGE_TRANSITIONS",
    "Book",
    "BooksDay",
    "Charge",
    "ChargeSource",
    "ChargeStatus",
    "ChargeType",
    "Document",
    "DocumentCounter",
    "LedgerEntry",
    "Payment",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "PostingKind",
    "Usage",
    "UsageToCharge",
    "document_triggers",
    "unnumbered",
]
