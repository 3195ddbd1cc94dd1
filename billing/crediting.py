"""Credit notes: what an invoice has charged and is given back afterwards (billing-types.md 9).

An order that comes to nothing takes whole charges back; a correction gives back some of one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from billing.engine.taxes import Taxed, TaxedLine, TaxRate, part_of
from billing.models import Correction, CreditNote, CreditNoteLine, InvoiceLine
from billing.tax_book import credited


@dataclass(frozen=True, slots=True)
class Part:
    """What is given back of an invoice's line now, and what was before; amounts of the books, without added taxes."""

    line: InvoiceLine
    amount: Decimal
    before: Decimal

    @property
    def taxed(self) -> TaxedLine:
        """The part with its taxes, as they stood on the invoice."""
        return part_of(_as_it_stood(self.line), self.line.amount, self.before, self.amount, self.line.invoice.currency)


def credit(charge_ids: Collection[int], *, day: date) -> list[CreditNote]:
    """Make a credit note of each invoice on which some of the charges stand, which their order's end takes back whole.

    Charges on no invoice make none. The account is locked by the caller, who gives the taxes of the order's payments
    back (`tax_book.given_back`).
    """
    lines: dict[int, list[InvoiceLine]] = {}
    for line in _lines(charge_ids):
        if not line.credits.all():
            lines.setdefault(line.invoice_id, []).append(line)
    notes = []
    for of_invoice in lines.values():
        brought = sum((_brought_by_its_order(line) for line in of_invoice), Decimal(0))
        notes.append(_credited([Part(line, line.amount, Decimal(0)) for line in of_invoice], day, brought=brought))
    return notes


def credit_some(correction: Correction, *, day: date) -> CreditNote:
    """Make the credit note of a correction that gives back some of an invoiced charge; the added tax goes back too.

    The account is locked by the caller, who has seen that so much is left to give back (`left_to_give_back`).
    """
    (line,) = _lines([correction.charge_id])
    return _credited([Part(line, correction.amount, _given_back(line))], day, correction=correction)


def left_to_give_back(account_id: int, charge_id: int) -> Decimal | None:
    """Return how much of a charge is left to give back, without added taxes; None where nothing can be.

    It stands on an invoice of the account, and its order is carried out: one that came to nothing would take it back
    whole. Two statements.
    """
    carried_out = Q(charge__order=None) | Q(charge__order__status="completed")
    line = InvoiceLine.objects.filter(carried_out, charge=charge_id, invoice__account=account_id).first()
    return None if line is None else line.amount - _given_back(line)


def _lines(charge_ids: Collection[int | None]) -> list[InvoiceLine]:
    lines = InvoiceLine.objects.filter(charge__in=charge_ids).select_related("invoice__payment", "charge")
    return list(lines.prefetch_related("taxes", "credits", "prepaid_taxes__payment").order_by("pk"))


def _given_back(line: InvoiceLine) -> Decimal:
    return -sum((part.amount for part in line.credits.all()), Decimal(0))


def _brought_by_its_order(line: InvoiceLine) -> Decimal:
    """Return the added tax of a line that came with payments for the order of its charge."""
    used = (one for one in line.prepaid_taxes.all() if one.payment.order_id == line.charge.order_id)
    return sum((one.amount for one in used), Decimal(0))


def _credited(
    parts: Sequence[Part], day: date, *, correction: Correction | None = None, brought: Decimal = Decimal(0)
) -> CreditNote:
    """Write the credit note of an invoice, and give its added tax back, less what is given back with payments."""
    invoice = parts[0].line.invoice
    given = -Taxed(tuple(part.taxed for part in parts))
    note = CreditNote.objects.create(
        invoice=invoice,
        account_id=invoice.account_id,
        reseller_id=invoice.reseller_id,
        correction=correction,
        created_on=day,
        total=given.total,
        tax=given.tax,
        added_tax=given.added,
        currency=invoice.currency,
    )
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(credit_note=note, line=part.line, amount=-part.amount, tax=one.tax, added_tax=one.added)
        for part, one in zip(parts, given.lines, strict=True)
    )
    asked_for = invoice.payment.tax > 0 if invoice.payment is not None else invoice.tax_from_balance is not None
    if asked_for:
        credited(note, -note.added_tax - brought, day)
    return note


def _as_it_stood(line: InvoiceLine) -> TaxedLine:
    """Return an invoice's line with its taxes."""
    taxes = tuple((TaxRate(tax.percent, tax.inclusive, tax.name, tax.of_id), tax.amount) for tax in line.taxes.all())
    contained = sum((tax for rate, tax in taxes if rate.inclusive), Decimal(0))
    return TaxedLine(line.amount - contained, taxes)
