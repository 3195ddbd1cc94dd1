"""Do the books agree? Each check is one statement over all rows, and returns what does not fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_noop as _

from billing import document_audit, unit_audit
from billing.engine.rules import Keeps, Rules
from billing.engine.types import TYPES


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: which check found it, on what (a kind and its id), and the numbers.

    Checks and kinds of things are texts of ours, which a reader is told in the own language; numbers are as they are.
    """

    check: str
    subject: str
    detail: str

    def __str__(self) -> str:
        kind, _space, number = self.subject.rpartition(" ")
        return f"{gettext(self.check)}: {KINDS[kind]} {number}: {self.detail}"


# The kinds of things that findings are on.
KINDS = {
    "posting": pgettext_lazy("audit", "posting"),
    "account": pgettext_lazy("audit", "account"),
    "charge": pgettext_lazy("audit", "charge"),
    "payment": pgettext_lazy("audit", "payment"),
    "correction": pgettext_lazy("audit", "correction"),
    "guaranteed payment": pgettext_lazy("audit", "guaranteed payment"),
    "subscription": pgettext_lazy("audit", "subscription"),
    "order": pgettext_lazy("audit", "order"),
    "invoice": pgettext_lazy("audit", "invoice"),
    "line": pgettext_lazy("audit", "line of an invoice"),
    "credit note": pgettext_lazy("audit", "credit note"),
}


# Every statement returns (subject, detail); `today` is the day up to which the night has been carried out. The lists
# of billing types are those of GROUPS.
CHECKS: dict[str, str] = {
    _("postings add up to zero"): """
        SELECT 'posting ' || posting, 'sum ' || SUM(amount) FROM billing_ledgerentry
        GROUP BY posting HAVING SUM(amount) <> 0
    """,
    _("an account's entries follow one another"): """
        SELECT 'account ' || account_id, 'entry ' || number || ': balance ' || balance || ', counted ' || counted
        FROM (
            SELECT account_id, number, balance,
                   SUM(amount) OVER (PARTITION BY account_id ORDER BY number) AS counted,
                   ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY number) AS place
            FROM billing_ledgerentry WHERE book = 'account'
        ) AS entry
        WHERE balance <> counted OR number <> place
    """,
    _("a closed charge is written off, once and whole"): """
        SELECT 'charge ' || charge.id, charge.status || ', amount ' || charge.amount || ', written off '
               || COALESCE(-SUM(entry.amount), 0)
        FROM billing_charge charge
        LEFT JOIN billing_ledgerentry entry ON entry.charge_id = charge.id AND entry.book = 'account'
        GROUP BY charge.id
        HAVING COALESCE(-SUM(entry.amount), 0) <> CASE WHEN charge.status = 'closed' THEN charge.amount ELSE 0 END
            OR COUNT(entry.id) > CASE charge.status WHEN 'closed' THEN 1 WHEN 'refunded' THEN 2 ELSE 0 END
            OR charge.status = 'refunded' AND (COUNT(entry.id) = 2) <> (charge.closed_on IS NOT NULL)
    """,
    # Each level above the seller of a delegated plan, by the plan that the charge was for. Rows from before the days of
    # their prices were kept closed without it.
    _("resellers owe one another for what was closed, once a level"): """
        WITH RECURSIVE above AS (
            SELECT id AS plan, parent_id AS upstream, 1 AS level FROM subscriptions_plan WHERE parent_id IS NOT NULL
            UNION ALL
            SELECT above.plan, plan.parent_id, above.level + 1
            FROM above JOIN subscriptions_plan plan ON plan.id = above.upstream WHERE plan.parent_id IS NOT NULL
        ), levels AS (
            SELECT plan, COUNT(*) AS levels FROM above GROUP BY plan
        ), due AS (
            SELECT charge.id, levels.levels FROM billing_charge charge
            LEFT JOIN subscriptions_subscriptionresource resource ON resource.id = charge.subscription_resource_id
            LEFT JOIN subscriptions_planresource sold ON sold.id = resource.plan_resource_id
            LEFT JOIN subscriptions_planprice price ON price.id = charge.plan_price_id
            LEFT JOIN subscriptions_planperiod period ON period.id = price.period_id
            JOIN levels ON levels.plan = COALESCE(sold.plan_id, period.plan_id)
            WHERE charge.closed_on IS NOT NULL AND charge.priced_on IS NOT NULL
        ), owed AS (
            SELECT charge_id AS id, COUNT(*) FILTER (WHERE reverses_id IS NULL) AS owed,
                   COUNT(reverses_id) AS taken_back
            FROM billing_resellercharge GROUP BY charge_id
        )
        SELECT 'charge ' || charge.id, charge.status || ', owed by ' || COALESCE(owed.owed, 0) || ' of '
               || COALESCE(due.levels, 0) || ' levels above its seller, taken back by ' || COALESCE(owed.taken_back, 0)
        FROM due FULL JOIN owed USING (id) JOIN billing_charge charge ON charge.id = COALESCE(due.id, owed.id)
        WHERE COALESCE(owed.owed, 0) <> COALESCE(due.levels, owed.owed)
            OR COALESCE(owed.taken_back, 0) <> CASE WHEN charge.status = 'closed' THEN 0 ELSE owed.owed END
    """,
    _("a completed payment is on the balance, once and whole"): """
        SELECT 'payment ' || payment.id, payment.status || ', amount ' || payment.amount || ', tax ' || payment.tax
               || ', booked ' || COALESCE(SUM(entry.amount), 0)
        FROM billing_payment payment
        LEFT JOIN billing_ledgerentry entry ON entry.payment_id = payment.id AND entry.book = 'account'
             AND entry.kind NOT IN ('tax_taken', 'tax_returned')
        GROUP BY payment.id
        HAVING COALESCE(SUM(entry.amount), 0)
               <> CASE WHEN payment.status = 'completed' AND NOT payment.from_balance
                       THEN payment.amount - payment.tax ELSE 0 END
    """,
    _("an approved correction is on the balance, once and whole"): """
        SELECT 'correction ' || correction.id, correction.status || ', amount ' || correction.amount || ', booked '
               || COALESCE(SUM(entry.amount), 0)
        FROM billing_correction correction
        LEFT JOIN billing_ledgerentry entry ON entry.key = 'correction:' || correction.id AND entry.book = 'account'
        GROUP BY correction.id
        HAVING COALESCE(SUM(entry.amount), 0)
               <> CASE WHEN correction.status = 'approved' THEN correction.amount ELSE 0 END
    """,
    _("a guaranteed payment is on the balance until it is revoked"): """
        SELECT 'guaranteed payment ' || given.id, given.status || ', amount ' || given.amount || ', booked '
               || COALESCE(SUM(entry.amount), 0)
        FROM billing_guaranteedpayment given
        LEFT JOIN billing_ledgerentry entry ON entry.book = 'account'
            AND entry.key IN ('guaranteed:' || given.id, 'guarantee_revoked:' || given.id)
        GROUP BY given.id
        HAVING COALESCE(SUM(entry.amount), 0) <> CASE WHEN given.status = 'provided' THEN given.amount ELSE 0 END
            OR (given.status = 'revoked') <> (given.revoked_on IS NOT NULL)
    """,
    _("money set aside is in its book, once and whole"): """
        SELECT 'payment ' || payment.id, payment.status || ', amount ' || payment.amount || ', set aside '
               || COALESCE(SUM(entry.amount), 0) || ' by ' || COUNT(entry.id) || ' entries'
        FROM billing_payment payment
        LEFT JOIN billing_ledgerentry entry ON entry.payment_id = payment.id AND entry.book = 'unallocated'
        GROUP BY payment.id
        HAVING COALESCE(SUM(entry.amount), 0) <> CASE WHEN payment.status = 'parked' THEN payment.amount ELSE 0 END
            OR COUNT(entry.id) <> CASE payment.status WHEN 'parked' THEN 1 WHEN 'returned' THEN 2
                                                      WHEN 'reassigned' THEN 2 ELSE 0 END
    """,
    _("a deleted account has nothing on its balance"): """
        SELECT 'account ' || account.id, 'balance ' || SUM(entry.amount)
        FROM accounts_account account
        JOIN billing_ledgerentry entry ON entry.account_id = account.id AND entry.book = 'account'
        WHERE account.status = 'deleted' GROUP BY account.id HAVING SUM(entry.amount) <> 0
    """,
    _("nothing is charged in another currency than the account's"): """
        SELECT 'charge ' || charge.id, charge.currency || ' on an account in ' || account.currency
        FROM billing_charge charge JOIN accounts_account account ON account.id = charge.account_id
        WHERE charge.currency <> account.currency
    """,
    _("the parts of a split add up"): """
        SELECT 'charge ' || whole.id, 'amount ' || whole.amount || ', parts ' || SUM(part.amount)
        FROM billing_charge whole JOIN billing_charge part ON part.parent_id = whole.id
        WHERE part.source IN ('used_part', 'continuing_part', 'refund_part', 'remainder')
        GROUP BY whole.id
        HAVING SUM(part.amount) <> whole.amount AND BOOL_OR(part.source IN ('refund_part', 'remainder'))
    """,
    _("no live charge of a deleted subscription"): """
        SELECT 'charge ' || charge.id, charge.status || ' of the deleted subscription ' || subscription.id
        FROM billing_charge charge JOIN subscriptions_subscription subscription
             ON subscription.id = charge.subscription_id
        WHERE subscription.status = 'deleted' AND charge.status IN ('new', 'opened', 'blocked')
          -- In postpay what was used is closed on the next billing day.
          AND NOT (
            subscription.payment_model = 'postpay' AND charge.status = 'blocked'
            AND COALESCE(subscription.due_on > %(today)s, FALSE)
          )
    """,
    _("nothing is reserved for a stopped subscription"): """
        SELECT 'charge ' || charge.id, 'blocked for the subscription ' || subscription.id || ' which is '
               || subscription.status
        FROM billing_charge charge JOIN subscriptions_subscription subscription
             ON subscription.id = charge.subscription_id
        WHERE subscription.status IN ('ordered', 'graced', 'stopping', 'stopped', 'stopping_failed', 'blocked')
          AND charge.status = 'blocked' AND subscription.billing_type = ANY(%(by_days)s)
          AND (subscription.payment_model = 'prepay' OR charge.operate_to > %(today)s)
    """,
    **unit_audit.CHECKS,
    _("charges of what was used are the sums of what was told"): """
        WITH told AS (
            SELECT subscription_resource_id AS resource, counted_to,
                   CASE WHEN cost IS NULL THEN unit_price ELSE -1 END AS unit_price,
                   SUM(CASE WHEN cost IS NULL THEN quantity ELSE cost * (100 + markup) * 0.01 END) AS quantity
            FROM billing_usage GROUP BY 1, 2, 3
        ), charged AS (
            SELECT subscription_resource_id AS resource,
                   CASE WHEN type = 'consumption' THEN -1 ELSE unit_price END AS unit_price, operate_to AS counted_to,
                   SUM(CASE WHEN type = 'consumption' THEN COALESCE(exact_price, unit_price) ELSE quantity END)
                       AS quantity
            FROM billing_charge WHERE source = 'usage' AND status IN ('blocked', 'closed') GROUP BY 1, 2, 3
        )
        SELECT 'subscription ' || held.subscription_id, held.name || ', up to ' || counted_to || ': told '
               || TRIM_SCALE(COALESCE(told.quantity, 0)) || ', charged ' || TRIM_SCALE(COALESCE(charged.quantity, 0))
        FROM told FULL JOIN charged USING (resource, unit_price, counted_to)
        JOIN subscriptions_subscriptionresource held ON held.id = resource
        LEFT JOIN billing_usagetocharge waits ON waits.subscription_id = held.subscription_id
        WHERE GREATEST(told.quantity, 0) <> COALESCE(charged.quantity, 0)
          AND (waits.day IS NULL OR counted_to <= waits.day)
    """,
    _("every billing type has its rules"): """
        SELECT 'subscription ' || id, 'billing type ' || billing_type FROM subscriptions_subscription
        WHERE NOT billing_type = ANY(%(known)s)
    """,
    _("a subscription's quantity is that of its resources"): """
        SELECT 'subscription ' || subscription.id, 'quantity ' || subscription.quantity || ', resources '
               || SUM(resource.quantity)
        FROM subscriptions_subscription subscription
        JOIN subscriptions_subscriptionresource resource ON resource.subscription_id = subscription.id
        GROUP BY subscription.id HAVING SUM(resource.quantity) <> subscription.quantity
    """,
    _("an order that waits has one payment that waits, others none"): """
        SELECT 'order ' || orders.id, orders.status || ' with ' || COUNT(payment.id) || ' waiting payments'
        FROM subscriptions_order orders
        JOIN subscriptions_subscription subscription ON subscription.id = orders.subscription_id
        LEFT JOIN billing_payment payment
             ON payment.order_id = orders.id AND payment.status = 'waiting_for_payment'
        GROUP BY orders.id, subscription.payment_model
        -- In postpay an order is confirmed, and not paid.
        HAVING COUNT(payment.id) <> CASE
            WHEN orders.status = 'waiting_for_payment' AND subscription.payment_model = 'prepay' THEN 1 ELSE 0
        END
    """,
    _("a closed charge stands on an invoice once its night has come"): """
        WITH begun AS (
            SELECT charge.account_id, subscription.billing_day, MIN(invoice.period_from) AS day
            FROM billing_invoice invoice JOIN billing_invoiceline line ON line.invoice_id = invoice.id
            JOIN billing_charge charge ON charge.id = line.charge_id
            JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
            GROUP BY charge.account_id, subscription.billing_day
        )
        SELECT 'charge ' || charge.id, 'closed on ' || charge.closed_on || ', on no invoice'
        FROM billing_charge charge
        JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
        JOIN begun ON begun.account_id = charge.account_id AND begun.billing_day = subscription.billing_day
        WHERE charge.status = 'closed' AND charge.closed_on > begun.day
          AND NOT EXISTS (SELECT FROM billing_invoiceline line WHERE line.charge_id = charge.id)
          AND NOT EXISTS (
            SELECT FROM billing_toinvoice noted
            WHERE noted.account_id = charge.account_id AND noted.billing_day = subscription.billing_day
              AND charge.closed_on BETWEEN noted.since AND noted.day AND noted.day >= %(today)s
          )
    """,
    _("an invoice asks for its charges, and its payment for the invoice"): """
        SELECT 'invoice ' || invoice.id, 'total ' || invoice.total || ', tax ' || invoice.tax || ', charges '
               || COALESCE(SUM(line.amount), 0) || ', payment ' || COALESCE(payment.amount::text, 'none')
        FROM billing_invoice invoice
        LEFT JOIN billing_invoiceline line ON line.invoice_id = invoice.id
        LEFT JOIN billing_payment payment ON payment.id = invoice.payment_id
        GROUP BY invoice.id, payment.id
        HAVING COALESCE(SUM(line.amount), 0) <> invoice.total - invoice.added_tax
            OR payment.amount - payment.tax <> SUM(line.amount) OR payment.tax NOT IN (0, invoice.added_tax)
            OR payment.account_id <> invoice.account_id OR payment.kind <> 'rendered_services'
    """,
    _("what is blocked is postpay and says why"): """
        SELECT 'subscription ' || id, status || ', ' || payment_model || ', reason ' || stop_reason
        FROM subscriptions_subscription
        WHERE status = 'blocked'
          AND (payment_model <> 'postpay' OR stop_reason NOT IN ('payment_expired', 'credit_limit'))
    """,
    _("new charges belong to an order that waits"): """
        SELECT 'charge ' || charge.id, 'new, of the order ' || COALESCE(charge.order_id::text, 'none') || ' which is '
               || COALESCE(orders.status, 'missing')
        FROM billing_charge charge LEFT JOIN subscriptions_order orders ON orders.id = charge.order_id
        WHERE charge.status = 'new'
          AND COALESCE(orders.status, '') NOT IN ('waiting_for_payment', 'waiting_for_provisioning')
    """,
    _("refunds wait only for the vendor"): """
        SELECT 'charge ' || charge.id, 'waits for a refund, of the order ' || COALESCE(charge.order_id::text, 'none')
               || ' which is ' || COALESCE(orders.status, 'missing')
        FROM billing_charge charge LEFT JOIN subscriptions_order orders ON orders.id = charge.order_id
        WHERE charge.status = 'waiting_for_refund'
          AND COALESCE(orders.status, 'missing') NOT IN ('provisioning', 'provisioning_failed')
    """,
    **document_audit.CHECKS,
}


# The billing types that a check is about, by what their rules say.
GROUPS: dict[str, Callable[[Rules], bool]] = {
    "by_units": lambda rules: rules.counts_units,
    "by_days": lambda rules: rules.keeps is Keeps.USED_DAYS,
    "whole_term": lambda rules: rules.keeps is Keeps.WHOLE_TERM,
    "by_months": lambda rules: rules.keeps is Keeps.WHOLE_MONTH,
}


def audit(*, today: date) -> list[Finding]:
    """Return everything in the books that does not fit, with the night carried out up to `today`."""
    return list(findings(today=today))


def findings(*, today: date) -> Iterator[Finding]:
    """Yield what does not fit, one after the other: a million findings take no more memory than one."""
    values: dict[str, Any] = {"today": today, "known": list(TYPES)} | {
        name: [key for key, rules in TYPES.items() if holds(rules)] for name, holds in GROUPS.items()
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            # All findings are wanted, not soon the first; to compile a statement takes longer than it saves.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '32MB'; SET LOCAL jit = off")
        for check, statement in CHECKS.items():
            with connection.chunked_cursor() as cursor:
                cursor.execute(statement, values)
                for subject, detail in cursor:
                    yield Finding(check, subject, detail)
