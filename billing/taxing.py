"""Puts taxes on invoices: each document by itself, per rate (billing-types.md 9), in a fixed number of statements."""

from collections.abc import Collection
from decimal import Decimal

from django.db import connection

from billing.engine.taxes import Taxed, TaxRate, taxed

# The lines of invoices, each with every tax that it bears on the day of its document. Without any tax no row.
BORNE = """
    SELECT invoice.id, line.id, line.amount, invoice.currency, tax.percent, tax.inclusive, tax.name, tax.id
    FROM billing_invoice AS invoice
    JOIN billing_tax AS tax ON tax.reseller_id = invoice.reseller_id
      AND tax.valid_from <= invoice.created_on
      AND (tax.valid_until IS NULL OR invoice.created_on < tax.valid_until)
    JOIN accounts_account AS account ON account.id = invoice.account_id
    JOIN billing_invoiceline AS line ON line.invoice_id = invoice.id
    JOIN billing_charge AS charge ON charge.id = line.charge_id
    JOIN subscriptions_subscription AS subscription ON subscription.id = charge.subscription_id
    LEFT JOIN subscriptions_subscriptionresource AS resource ON resource.id = charge.subscription_resource_id
    WHERE invoice.id = ANY(%s)
      AND (NOT EXISTS (SELECT FROM billing_tax_account_types AS listed WHERE listed.tax_id = tax.id)
           OR EXISTS (SELECT FROM billing_tax_account_types AS listed
                      WHERE listed.tax_id = tax.id AND listed.accounttype_id = account.account_type_id))
      AND (NOT EXISTS (SELECT FROM billing_tax_plans AS listed WHERE listed.tax_id = tax.id)
           OR EXISTS (SELECT FROM billing_tax_plans AS listed
                      WHERE listed.tax_id = tax.id AND listed.plan_id = subscription.plan_id))
      AND (NOT EXISTS (SELECT FROM billing_tax_resources AS listed WHERE listed.tax_id = tax.id)
           OR EXISTS (SELECT FROM billing_tax_resources AS listed
                      WHERE listed.tax_id = tax.id AND listed.planresource_id = resource.plan_resource_id))
    ORDER BY invoice.id, line.id, tax.id
"""
TAX_LINES = """
    UPDATE billing_invoiceline AS line SET tax = borne.tax
    FROM unnest(%s::bigint[], %s::numeric[]) AS borne(id, tax) WHERE line.id = borne.id
"""
TAX_INVOICES = """
    UPDATE billing_invoice AS invoice SET tax = borne.tax, added_tax = borne.added, total = invoice.total + borne.added
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS borne(id, tax, added) WHERE invoice.id = borne.id
"""


def tax_invoices(invoice_ids: Collection[int]) -> None:
    """Put the taxes of their day on invoices that were just made: on each line, and in the sum.

    An exclusive tax is added to what the invoice asks for, an inclusive one is part of it. One statement where no tax
    holds, else three.
    """
    lines: dict[int, dict[int, tuple[Decimal, list[TaxRate]]]] = {}
    currencies: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(BORNE, [list(invoice_ids)])
        for invoice, line, amount, currency, *rate in cursor.fetchall():
            currencies[invoice] = currency
            lines.setdefault(invoice, {}).setdefault(line, (amount, []))[1].append(TaxRate(*rate))
        if not lines:
            return
        documents: dict[int, Taxed] = {
            invoice: taxed(list(borne.values()), currencies[invoice]) for invoice, borne in lines.items()
        }
        taxes = {
            line: one.tax
            for invoice, borne in lines.items()
            for line, one in zip(borne, documents[invoice].lines, strict=True)
        }
        cursor.execute(TAX_LINES, [list(taxes), list(taxes.values())])
        sums = [(invoice, document.tax, document.added) for invoice, document in documents.items()]
        cursor.execute(TAX_INVOICES, [list(column) for column in zip(*sums, strict=True)])
