"""Credit notes: what an invoice has charged and is taken back afterwards (billing-types.md 9)."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from billing.engine.taxes import Taxed, TaxedLine, TaxRate
from billing.models import CreditNote, CreditNoteLine, InvoiceLine
from billing.tax_book import credited


def credit(charge_ids: Collection[int], *, day: date) -> list[CreditNote]:
    """Make a credit note of each invoice on which some of the charges stand; charges on none make none.

    The tax of what is taken back is repeated with the opposite sign, as it stood on the invoice. Where the invoice is
    paid by a payment, the added tax goes back to the balance, as the charges do. The account is locked by the caller.
    """
    invoiced = InvoiceLine.objects.filter(charge__in=charge_ids, credit=None)
    lines: dict[int, list[InvoiceLine]] = {}
    for line in invoiced.select_related("invoice__payment").prefetch_related("taxes").order_by("pk"):
        lines.setdefault(line.invoice_id, []).append(line)
    return [_credited(of_invoice, day) for of_invoice in lines.values()]


def _credited(lines: list[InvoiceLine], day: date) -> CreditNote:
    invoice = lines[0].invoice
    taken_back = -Taxed(tuple(_as_it_stood(line) for line in lines))
    note = CreditNote.objects.create(
        invoice=invoice,
        account_id=invoice.account_id,
        reseller_id=invoice.reseller_id,
        created_on=day,
        total=taken_back.total,
        tax=taken_back.tax,
        added_tax=taken_back.added,
        currency=invoice.currency,
    )
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(credit_note=note, line=line, amount=-line.amount, tax=one.tax, added_tax=one.added)
        for line, one in zip(lines, taken_back.lines, strict=True)
    )
    if note.added_tax and invoice.payment is not None and invoice.payment.tax:
        credited(note, day)
    return note


def _as_it_stood(line: InvoiceLine) -> TaxedLine:
    """Return an invoice's line with its taxes."""
    taxes = tuple((TaxRate(tax.percent, tax.inclusive, tax.name, tax.of_id), tax.amount) for tax in line.taxes.all())
    contained = sum((tax for rate, tax in taxes if rate.inclusive), Decimal(0))
    return TaxedLine(line.amount - contained, taxes)
