"""Puts taxes on documents: each by itself, per rate (billing-types.md 9), in a fixed number of statements.

An invoice bears the taxes of what was closed, a payment for an order those of what is due of it. Each tax is kept with
its base beside the document (DocumentTax). A simulation's payments are asked for without (clarification 12).
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal

from django.db import connection

from billing.charge_rows import JOINED_FOR_PLAN, PLAN_OF_CHARGE
from billing.engine.taxes import Taxed, TaxedLine, TaxRate, taxed
from billing.models import DocumentTax, Payment
from core.money import round_half_up

_asked_for: ContextVar[bool] = ContextVar("payments_ask_for_taxes", default=True)

# The lines of documents, each with every tax that it bears on the document's day. Without any tax no row.
BORNE = """
    SELECT asked.document, asked.line, asked.amount, asked.whole, asked.currency,
           tax.percent, tax.inclusive, tax.name, tax.id
    FROM ({asked}) AS asked (document, line, amount, whole, currency, day, reseller_id, account_id, plan_id, sold_id)
    JOIN billing_tax AS tax ON tax.reseller_id = asked.reseller_id
      AND tax.valid_from <= asked.day
      AND (tax.valid_until IS NULL OR asked.day < tax.valid_until)
    JOIN accounts_account AS account ON account.id = asked.account_id
    WHERE (NOT EXISTS (SELECT FROM billing_tax_account_types AS listed WHERE listed.tax_id = tax.id)
           OR EXISTS (SELECT FROM billing_tax_account_types AS listed
                      WHERE listed.tax_id = tax.id AND listed.accounttype_id = account.account_type_id))
      AND (NOT EXISTS (SELECT FROM billing_tax_plans AS listed WHERE listed.tax_id = tax.id)
           OR EXISTS (SELECT FROM billing_tax_plans AS listed
                      WHERE listed.tax_id = tax.id AND listed.plan_id = asked.plan_id))
      AND (NOT EXISTS (SELECT FROM billing_tax_resources AS listed WHERE listed.tax_id = tax.id)
           OR EXISTS (SELECT FROM billing_tax_resources AS listed
                      WHERE listed.tax_id = tax.id AND listed.planresource_id = asked.sold_id))
    ORDER BY asked.document, asked.line, tax.id
"""
OF_INVOICES = BORNE.format(
    asked=f"""
    SELECT invoice.id, line.id, line.amount, line.amount, invoice.currency, invoice.created_on, invoice.reseller_id,
           invoice.account_id, {PLAN_OF_CHARGE}, held.plan_resource_id
    FROM billing_invoice AS invoice
    JOIN billing_invoiceline AS line ON line.invoice_id = invoice.id
    JOIN billing_charge AS charge ON charge.id = line.charge_id {JOINED_FOR_PLAN}
    WHERE invoice.id = ANY(%s)
    """  # noqa: S608 - texts of our own
)
# What is due of an order, by resource; what its resources leave is the plan's own part. `whole` is all of it.
OF_ORDER = BORNE.format(
    asked="""
    WITH items AS (
        SELECT item.id, item.amount, sold.plan_id, sold.id AS sold_id
        FROM subscriptions_orderitem AS item
        JOIN subscriptions_subscriptionresource AS resource ON resource.id = item.subscription_resource_id
        JOIN subscriptions_planresource AS sold ON sold.id = resource.plan_resource_id
        WHERE item.order_id = %(order)s AND item.amount > 0
    ), lines AS (
        SELECT id, amount, plan_id, sold_id FROM items
        UNION ALL
        SELECT 0, orders.total - COALESCE(SUM(items.amount), 0),
               COALESCE(MAX(items.plan_id), MAX(subscription.plan_id)), NULL
        FROM subscriptions_order AS orders
        JOIN subscriptions_subscription AS subscription ON subscription.id = orders.subscription_id
        LEFT JOIN items ON TRUE
        WHERE orders.id = %(order)s
        GROUP BY orders.id HAVING orders.total > COALESCE(SUM(items.amount), 0)
    )
    SELECT orders.id, lines.id, lines.amount, SUM(lines.amount) OVER (), orders.currency, %(day)s::date,
           orders.reseller_id, orders.account_id, lines.plan_id, lines.sold_id
    FROM lines JOIN subscriptions_order AS orders ON orders.id = %(order)s
    """
)
TAX_LINES = """
    UPDATE billing_invoiceline AS line SET tax = borne.tax, added_tax = borne.added
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS borne(id, tax, added) WHERE line.id = borne.id
"""
TAX_INVOICES = """
    UPDATE billing_invoice AS invoice SET tax = borne.tax, added_tax = borne.added, total = invoice.total + borne.added
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS borne(id, tax, added) WHERE invoice.id = borne.id
"""
NO_TAX = Taxed(())


def tax_invoices(invoice_ids: Collection[int]) -> bool:
    """Put the taxes of their day on invoices that were just made: on each line, and in the sum.

    An exclusive tax is added to what the invoice asks for, an inclusive one is part of it. Returns whether any was
    added. One statement where no tax holds, else four.
    """
    lines: dict[int, dict[int, tuple[Decimal, list[TaxRate]]]] = {}
    currencies: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(OF_INVOICES, [list(invoice_ids)])
        for invoice, line, amount, _whole, currency, *rate in cursor.fetchall():
            currencies[invoice] = currency
            lines.setdefault(invoice, {}).setdefault(line, (amount, []))[1].append(TaxRate(*rate))
        if not lines:
            return False
        documents: dict[int, Taxed] = {
            invoice: taxed(list(borne.values()), currencies[invoice]) for invoice, borne in lines.items()
        }
        taxes = {
            line: one
            for invoice, borne in lines.items()
            for line, one in zip(borne, documents[invoice].lines, strict=True)
        }
        rows = [(line, one.tax, one.added) for line, one in taxes.items()]
        cursor.execute(TAX_LINES, [list(column) for column in zip(*rows, strict=True)])
        sums = [(invoice, document.tax, document.added) for invoice, document in documents.items()]
        cursor.execute(TAX_INVOICES, [list(column) for column in zip(*sums, strict=True)])
    DocumentTax.objects.bulk_create(row for line, one in taxes.items() for row in _explained([one], line_id=line))
    return any(document.added for document in documents.values())


def taxes_of_order(order_id: int, amount: Decimal, day: date) -> Taxed:
    """Return the taxes of `day` of a payment of `amount` for an order: those of its share where it is not for all.

    One statement; none in a simulation.
    """
    if not _asked_for.get():
        return NO_TAX
    lines: dict[int, tuple[Decimal, list[TaxRate]]] = {}
    currency = ""
    with connection.cursor() as cursor:
        cursor.execute(OF_ORDER, {"order": order_id, "day": day})
        for _order, line, due, whole, code, *rate in cursor.fetchall():
            currency = code
            share = due if whole == amount else round_half_up(due * amount / whole, code)
            lines.setdefault(line, (share, []))[1].append(TaxRate(*rate))
    return taxed(list(lines.values()), currency) if lines else NO_TAX


def explain(payment: Payment, taxes: Taxed) -> None:
    """Keep which taxes a payment asks for, and of what. One statement, none without taxes."""
    rows = list(_explained(taxes.lines, payment_id=payment.pk))
    if rows:
        DocumentTax.objects.bulk_create(rows)


def _explained(lines: Iterable[TaxedLine], **of: int) -> Iterator[DocumentTax]:
    """Yield a row for each tax of the lines together."""
    for rate, (base, amount) in Taxed(tuple(lines)).explained.items():
        yield DocumentTax(
            **of,
            of_id=rate.row,
            name=rate.name,
            percent=rate.percent,
            inclusive=rate.inclusive,
            base=base,
            amount=amount,
        )


@contextmanager
def payments_without_taxes() -> Iterator[None]:
    """Have payments ask for what is charged, and no tax, within the block: a simulation's (clarification 12)."""
    before = _asked_for.set(False)
    try:
        yield
    finally:
        _asked_for.reset(before)


def asked_in_tax(added: Decimal) -> Decimal:
    """Return what a payment asks for of the taxes that its document adds: all; nothing in a simulation."""
    return added if taxes_are_asked_for() else Decimal(0)


def taxes_are_asked_for() -> bool:
    """Return whether taxes that documents add move money: not in a simulation (clarification 12)."""
    return _asked_for.get()
