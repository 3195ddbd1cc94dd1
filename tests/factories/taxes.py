"""Taxes for tests, made by the real verb."""

from datetime import date
from decimal import Decimal

from accounts.actors import SYSTEM
from accounts.models import Reseller
from billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, Tax
from subscriptions.catalogue.taxes import Levied, create_tax
from tests.factories import accounts as cast
from tests.remembering import remembered


@remembered
def tax(percent: str = "20", *, reseller: Reseller | None = None, inclusive: bool = False, name: str = "VAT") -> Tax:
    """Return a tax of a reseller's, by default the operator's: 20 % on everything, added to prices, since ever."""
    levied = Levied(name=name, percent=Decimal(percent), inclusive=inclusive, valid_from=date(2010, 1, 1))
    return create_tax(actor=SYSTEM, reseller=reseller or cast.operator(), levied=levied)


@remembered
def credit_note(invoice: Invoice, *, total: str = "-1.00") -> CreditNote:
    """Return a credit note of an invoice, of its lines if it has any, as the books would write it."""
    made = CreditNote.objects.create(
        invoice=invoice,
        account_id=invoice.account_id,
        reseller_id=invoice.reseller_id,
        created_on=invoice.created_on,
        total=Decimal(total),
        tax=Decimal(0),
        added_tax=Decimal(0),
        currency=invoice.currency,
    )
    for line in InvoiceLine.objects.filter(invoice=invoice):
        CreditNoteLine.objects.create(credit_note=made, line=line, amount=-line.amount, tax=0, added_tax=0)
    return made
