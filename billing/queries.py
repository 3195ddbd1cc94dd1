"""Reading money: which charges, transactions and payments an actor may see."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from accounts.models import Account
from accounts.queries import of_visible_accounts, within_reach
from billing.models import (
    Book,
    Charge,
    Correction,
    CreditNote,
    CreditNoteLine,
    DocumentTax,
    GuaranteedPayment,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    PaymentGateway,
    ResellerCharge,
)


def charges_visible_to(actor: Actor) -> QuerySet[Charge]:
    """Return the charges of the accounts that the actor sees; none without the right."""
    if not actor.may("charges.view"):
        return Charge.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return Charge.objects.filter(within_reach(actor))  # the charge's own column: no join with accounts
    return Charge.objects.filter(of_visible_accounts(actor))


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """Return the payments of the accounts that the actor sees; none without the right."""
    if not actor.may("payments.view"):
        return Payment.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return Payment.objects.filter(within_reach(actor))
    return Payment.objects.filter(of_visible_accounts(actor))


def corrections_visible_to(actor: Actor) -> QuerySet[Correction]:
    """Return the corrections of the accounts that the actor sees; none without the right."""
    if not actor.may("corrections.view"):
        return Correction.objects.none()
    return Correction.objects.filter(of_visible_accounts(actor))


def guarantees_visible_to(actor: Actor) -> QuerySet[GuaranteedPayment]:
    """Return the guaranteed payments of the accounts that the actor sees; none without the right."""
    if not actor.may("guarantees.view"):
        return GuaranteedPayment.objects.none()
    return GuaranteedPayment.objects.filter(of_visible_accounts(actor))


def payment_gateways_visible_to(actor: Actor) -> QuerySet[PaymentGateway]:
    """Return the card gateways of the actor's reseller and of those below; none without the right."""
    if not actor.may("payment_gateways.view"):
        return PaymentGateway.objects.none()
    return PaymentGateway.objects.filter(within_reach(actor))


def reseller_charges_visible_to(actor: Actor) -> QuerySet[ResellerCharge]:
    """Return what the actor's reseller is owed from below and owes upstream, and nothing of other levels.

    `own_cost` is the net cost where it is the actor's own; what another level pays is nobody else's to see. The
    platform itself sees all.
    """
    if not actor.may("reseller_charges.view"):
        return ResellerCharge.objects.none()
    if actor.reseller is None:
        return ResellerCharge.objects.annotate(own_cost=F("net_cost"))
    level = actor.reseller.pk
    return ResellerCharge.objects.filter(Q(creditor=level) | Q(debtor=level)).annotate(
        own_cost=Case(When(creditor=level, then=F("net_cost")), default=None)
    )


def invoices_visible_to(actor: Actor) -> QuerySet[Invoice]:
    """Return the invoices of the accounts that the actor sees; none without the right."""
    if not actor.may("invoices.view"):
        return Invoice.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return Invoice.objects.filter(within_reach(actor))
    return Invoice.objects.filter(of_visible_accounts(actor))


def invoice_lines_visible_to(actor: Actor) -> QuerySet[InvoiceLine]:
    """Return the lines of the invoices that the actor sees; none without the right."""
    if not actor.may("invoices.view"):
        return InvoiceLine.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return InvoiceLine.objects.filter(within_reach(actor, "invoice__reseller"))
    return InvoiceLine.objects.filter(of_visible_accounts(actor, "invoice__account"))


def credit_notes_visible_to(actor: Actor) -> QuerySet[CreditNote]:
    """Return the credit notes of the accounts whose invoices the actor sees; none without the right."""
    if not actor.may("invoices.view"):
        return CreditNote.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return CreditNote.objects.filter(within_reach(actor))
    return CreditNote.objects.filter(of_visible_accounts(actor))


def credit_note_lines_visible_to(actor: Actor) -> QuerySet[CreditNoteLine]:
    """Return the lines of the credit notes that the actor sees; none without the right."""
    if not actor.may("invoices.view"):
        return CreditNoteLine.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return CreditNoteLine.objects.filter(within_reach(actor, "credit_note__reseller"))
    return CreditNoteLine.objects.filter(of_visible_accounts(actor, "credit_note__account"))


def taxes_of(document: Invoice | Payment) -> list[dict[str, Any]]:
    """Return each tax of an invoice or a payment that the caller sees: name, percent, inclusive, base and amount.

    A payment for rendered services bears those of its invoice. One statement.
    """
    if isinstance(document, Payment):
        rows = DocumentTax.objects.filter(Q(payment=document) | Q(line__invoice__payment=document, inclusive=False))
    else:
        rows = DocumentTax.objects.filter(line__invoice=document)
    by_tax = rows.order_by("of_id").values("of_id", "name", "percent", "inclusive")
    return list(by_tax.annotate(base=Sum("base"), amount=Sum("amount")))


def parts_of(invoice: Invoice) -> dict[str, Any]:
    """Return what both panels show of an invoice that the caller sees: its lines, taxes and credit notes."""
    return {
        "invoice": invoice,
        "lines": invoice.lines.select_related("charge").order_by("pk"),
        "taxes": taxes_of(invoice),
        "credit_notes": invoice.credit_notes.order_by("pk"),
        "tax_brought": invoice.tax_from_balance is not None and invoice.added_tax - invoice.tax_from_balance,
    }


def transactions_visible_to(actor: Actor) -> QuerySet[LedgerEntry]:
    """Return the movements of the balances of the accounts that the actor sees; none without the right."""
    if not actor.may("transactions.view"):
        return LedgerEntry.objects.none()
    return LedgerEntry.objects.filter(of_visible_accounts(actor), book=Book.ACCOUNT)


def require_sight(actor: Actor, account_id: int) -> None:
    """Do nothing where the actor sees the account whose money is to move, else raise Forbidden."""
    if not Account.objects.filter(of_visible_accounts(actor, ""), pk=account_id).exists():
        raise Forbidden(_("This account is not yours to manage."))
