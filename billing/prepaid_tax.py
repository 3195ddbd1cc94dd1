"""The added tax of what is prepaid: payments for orders have brought some of it, the balance pays for the rest.

A payment asks for the tax of what is due of its order, before any of it is invoiced. The invoice takes its tax from
there: a charge from the payments for its own order first, then from what others of its subscription have left over (a
stop, a lowering). What a billing day has reserved no payment asked for: its tax is taken from the balance as the
invoice is made (decision 66). What is left when a subscription has nothing more to come goes back to the balance.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from accounts.models import Account
from billing import tax_book
from billing.models import Invoice, InvoiceLine, Payment, PrepaidTax, Tax, ToInvoice

# What payments for orders have brought in taxes that is not used. Those of an order that came to nothing are given back
# already; those of one that is not carried out yet are for nobody else's charges.
HELD = """
    SELECT payment.id, payment.order_id, orders.subscription_id, orders.status = 'completed',
           EXISTS (SELECT FROM billing_charge charge WHERE charge.subscription_id = orders.subscription_id
                   AND charge.status IN ('new', 'opened', 'blocked', 'waiting_for_refund')),
           payment.tax - COALESCE(SUM(used.amount), 0)
    FROM billing_payment payment
    JOIN subscriptions_order orders ON orders.id = payment.order_id
    LEFT JOIN billing_prepaidtax used ON used.payment_id = payment.id
    WHERE payment.account_id = ANY(%s) AND payment.tax > 0 AND payment.status IN ('completed', 'paid_from_balance')
      AND NOT EXISTS (SELECT FROM billing_ledgerentry entry
                      WHERE entry.key = 'payment:' || payment.id || ':tax_returned' AND entry.book = 'tax')
    GROUP BY payment.id, orders.id
    HAVING payment.tax > COALESCE(SUM(used.amount), 0)
    ORDER BY payment.id
"""
FROM_BALANCE = """
    UPDATE billing_invoice AS invoice SET tax_from_balance = rest.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS rest(id, amount) WHERE invoice.id = rest.id
"""


@dataclass(slots=True)
class Held:
    """A payment for an order, and how much of its tax no invoice has used."""

    payment: int
    order: int
    subscription: int
    carried_out: bool
    more_to_come: bool
    amount: Decimal

    def may_serve(self, order: int | None, subscription: int, *, own: bool) -> bool:
        """Return whether it pays for a charge: of its own order, or left over by it for another of its subscription."""
        if own:
            return self.order == order
        return self.carried_out and self.subscription == subscription


def settle_taxes(invoice_ids: Collection[int], prepay: Collection[int], with_taxes: Collection[int], day: date) -> None:
    """Have the added tax of new invoices paid, and what is left over of taxes paid ahead given back.

    Of the invoices those of the accounts `prepay`; of the payments those of the accounts `with_taxes`. The accounts are
    locked by the caller. A fixed number of statements.
    """
    held = _held(with_taxes)
    lines = InvoiceLine.objects.filter(invoice__in=invoice_ids, invoice__account__in=prepay, added_tax__gt=0)
    columns = ("pk", "invoice", "added_tax", "charge__order", "charge__subscription")
    needs = [list(values) for values in lines.order_by("pk").values_list(*columns)] if invoice_ids else []
    PrepaidTax.objects.bulk_create([used for own in (True, False) for used in _used(needs, held, own=own)])
    rest: dict[int, Decimal] = {}
    for _line, invoice, need, *_of in needs:
        rest[invoice] = rest.get(invoice, Decimal(0)) + need
    _take(rest, day)
    tax_book.left_over(
        {one.payment: one.amount for one in held if one.amount and one.carried_out and not one.more_to_come}, day
    )


def taxes_to_come(account: Account) -> date | None:
    """Return the day of the night that may yet move taxes on a prepaid account whose subscriptions are gone, or None.

    At most three statements.
    """
    noted = ToInvoice.objects.filter(account=account).order_by("day").values_list("day", flat=True).first()
    if noted is None or account.is_postpay:
        return None
    added = Tax.objects.filter(reseller=account.reseller_id, inclusive=False)
    brought = Payment.objects.filter(account=account, tax__gt=0, order__isnull=False)
    return noted + timedelta(days=1) if added.exists() or brought.exists() else None


def _held(account_ids: Collection[int]) -> list[Held]:
    if not account_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(account_ids)])
        return [Held(*row) for row in cursor.fetchall()]


def _used(needs: list[list], held: Collection[Held], *, own: bool) -> Iterator[PrepaidTax]:
    """Lower what lines need and what payments hold by one another; yield how much."""
    by_key: dict[int, list[Held]] = {}
    for one in held:
        by_key.setdefault(one.order if own else one.subscription, []).append(one)
    for need in needs:
        line, _invoice, _amount, order, subscription = need
        for one in by_key.get(order if own else subscription, ()):
            amount = min(need[2], one.amount)
            if amount > 0 and one.may_serve(order, subscription, own=own):
                need[2] -= amount
                one.amount -= amount
                yield PrepaidTax(line_id=line, payment_id=one.payment, amount=amount)


def _take(rest: Mapping[int, Decimal], day: date) -> None:
    """Take from the balances what no payment had brought, and keep on the invoices how much that was."""
    if not rest:
        return
    with connection.cursor() as cursor:
        cursor.execute(FROM_BALANCE, [list(rest), list(rest.values())])
    tax_book.invoiced(list(Invoice.objects.filter(pk__in=rest, tax_from_balance__gt=0).order_by("pk")), day)
