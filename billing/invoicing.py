"""Invoices: what was closed up to a billing day stands on paper in the night after it, prepaid or not.

What closes is noted in the transaction that closes it (`note_closed`), so that a night asks nobody who has nothing.
A fixed number of statements, however many accounts and charges.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db import connection

from accounts.models import Account
from billing.engine.periods import next_billing_day
from billing.models import Invoice, Payment, PaymentKind
from billing.prepaid_tax import settle_taxes
from billing.taxing import asked_in_tax, tax_invoices, taxes_are_asked_for

ONE_DAY = timedelta(days=1)

NOTE = """
    INSERT INTO billing_toinvoice AS noted (account_id, billing_day, day, since)
    SELECT account_id, billing_day, day, since
    FROM unnest(%s::bigint[], %s::smallint[], %s::date[], %s::date[]) AS closed(account_id, billing_day, day, since)
    ORDER BY account_id, billing_day, day
    ON CONFLICT (account_id, billing_day, day) DO UPDATE SET since = LEAST(noted.since, EXCLUDED.since)
"""
MAKE = """
    WITH due AS (
        DELETE FROM billing_toinvoice WHERE account_id = ANY(%s) AND day < %s
        RETURNING account_id, billing_day, day, since
    ), closed AS (
        SELECT charge.account_id, due.day, charge.id, charge.amount,
               LEAST(
                   (DATE_TRUNC('month', due.day) - INTERVAL '1 month')::date + due.billing_day - 1,
                   (DATE_TRUNC('month', due.day) - INTERVAL '1 day')::date  -- of a shorter month, its last day
               ) AS begins
        FROM due
        JOIN billing_charge charge ON charge.account_id = due.account_id AND charge.status = 'closed'
             AND charge.closed_on BETWEEN due.since AND due.day
        JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
             AND subscription.billing_day = due.billing_day
        WHERE NOT EXISTS (SELECT FROM billing_invoiceline line WHERE line.charge_id = charge.id)
    ), made AS (
        INSERT INTO billing_invoice (account_id, reseller_id, period_from, period_to, created_on, total, currency)
        SELECT account.id, account.reseller_id, MIN(closed.begins), closed.day, %s, SUM(closed.amount),
               account.currency
        FROM closed JOIN accounts_account account ON account.id = closed.account_id
        GROUP BY account.id, closed.day ORDER BY account.id, closed.day
        RETURNING id, account_id, period_to
    ), written AS (
        INSERT INTO billing_invoiceline (invoice_id, charge_id, amount)
        SELECT made.id, closed.id, closed.amount
        FROM closed JOIN made ON made.account_id = closed.account_id AND made.period_to = closed.day
        ORDER BY closed.id
    )
    SELECT id, account_id FROM made
    UNION ALL
    -- Payments for their orders have brought taxes ahead: some may be left.
    SELECT DISTINCT NULL::bigint, due.account_id FROM due JOIN billing_payment payment
        ON payment.account_id = due.account_id AND payment.tax > 0 AND payment.order_id IS NOT NULL
    ORDER BY 1, 2
"""
ATTACH = """
    UPDATE billing_invoice AS invoice SET payment_id = asked.payment_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS asked(invoice_id, payment_id) WHERE invoice.id = asked.invoice_id
"""


def note_closed(closed: Iterable[tuple[int, int, date]]) -> None:
    """Note for their invoices what was closed: account, billing day of the month, and the day. At most one statement.

    What closes on a billing day or before it stands on the invoice of that billing day. What was let go on a day is
    noted too: the night after asks whether taxes paid ahead are left over (`prepaid_tax`).
    """
    first: dict[tuple[int, int, date], date] = {}
    for account_id, billing_day, day in set(closed):
        key = (account_id, billing_day, next_billing_day(day - ONE_DAY, billing_day))
        first[key] = min(first.get(key, day), day)
    if not first:
        return
    rows = [(*key, day) for key, day in first.items()]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [list(column) for column in zip(*rows, strict=True)])


def make_invoices(accounts: Mapping[int, Account], day: date) -> set[int]:
    """Make in the night of `day` the invoices of the billing days before it, and what postpay has to pay of them.

    Nothing closed, no invoice. Of prepay the tax that is added comes from payments that have brought it, or from the
    balance. The accounts are locked by the caller. Returns the ids of those that got an invoice, or may have got a tax
    back.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE, [list(accounts), day, day])
        found = cursor.fetchall()
    made = [invoice for invoice, _account in found if invoice is not None]
    with_taxes = [account for invoice, account in found if invoice is None]
    added = bool(made) and tax_invoices(made)
    if (added or with_taxes) and taxes_are_asked_for():
        prepaid = [pk for pk, account in accounts.items() if not account.is_postpay]
        settle_taxes(made if added else (), prepaid, with_taxes, day)
    if made and any(account.is_postpay for account in accounts.values()):
        _ask_for_payment(accounts, made, day)
    return {account for _invoice, account in found}


def _ask_for_payment(accounts: Mapping[int, Account], made: Collection[int], day: date) -> None:
    """Open a payment for each invoice of a postpay account that has something to pay, due the day before it expires."""
    invoices = [
        (invoice, accounts[invoice.account_id].account_class.payment_expiration_days)
        for invoice in Invoice.objects.filter(pk__in=made, total__gt=0).order_by("pk")
        if accounts[invoice.account_id].is_postpay
    ]
    if not invoices:
        return
    payments = Payment.objects.bulk_create(
        Payment(
            account_id=invoice.account_id,
            reseller_id=invoice.reseller_id,
            kind=PaymentKind.RENDERED_SERVICES,
            amount=invoice.total - invoice.added_tax + (tax := asked_in_tax(invoice.added_tax)),
            tax=tax,
            currency=invoice.currency,
            opened_on=day,
            due_on=(expires := day + timedelta(days=days)) - ONE_DAY,
            expires_on=expires,
            # A night looks at payments before it makes invoices.
            look_on=max(expires - ONE_DAY, day + ONE_DAY),
        )
        for invoice, days in invoices
    )
    with connection.cursor() as cursor:
        pairs = [(invoice.pk, payment.pk) for (invoice, _days), payment in zip(invoices, payments, strict=True)]
        cursor.execute(ATTACH, [list(column) for column in zip(*pairs, strict=True)])
