"""Letters of new invoices: after the night that made them, so that the night does not wait for letters."""

from collections.abc import Sequence

from django.db import transaction

from billing.models import Invoice
from subscriptions.contract import telling

BATCH = 200


def tell_of_invoices() -> int:
    """Write to the customers of invoices that nobody was told of yet; return how many letters' worth were told.

    Account classes that want no such letters get none. Batch by batch, each in its own transaction: may be killed at
    any line and run again, and beside itself.
    """
    told = 0
    while invoices := _tell_some():
        told += len(invoices)
    return told


@transaction.atomic
def _tell_some() -> Sequence[Invoice]:
    waiting = Invoice.objects.filter(letter_due=True).order_by("pk")
    rows = waiting.select_related("account__account_class", "account__reseller", "account__manager", "payment")
    invoices = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True)[:BATCH])
    for invoice in invoices:
        if invoice.account.account_class.letters_of_invoices:
            telling.invoice_closed(invoice)
    Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices]).update(letter_due=False)
    return invoices
