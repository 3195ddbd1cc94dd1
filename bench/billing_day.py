"""The billing day of 20,000 subscriptions: how many a second, and how far that is from the bare rows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from accounts.actors import SYSTEM
from accounts.models import AccountClass, AccountType, Reseller
from bench.database import use_database
from billing.audit import audit
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees
from subscriptions.catalogue.products import Timers, create_service_term
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import Plan
from subscriptions.night.renewals import BATCH, run_billing_day

SUBSCRIPTIONS = {"small": 2_000, "full": 20_000}
OF_AN_ACCOUNT = 2
TARGET = 1_000  # subscriptions a second
STARTED, BILLING_DAY = date(2018, 8, 1), date(2018, 9, 1)

ACCOUNTS = """
    INSERT INTO accounts_account (reseller_id, account_type_id, account_class_id, status, name, primary_name, currency,
        trial, tax_id, contact_first_name, contact_middle_name, contact_last_name, contact_email, contact_phone, email,
        phone, country, region, city, street, building, office, zip, attributes)
    SELECT %(reseller)s, %(type)s, %(class)s, 'active', 'Account ' || n, '', 'USD', false, '', '', '', '', '', '',
        'a' || n || '@example.com', '', '', '', '', '', '', '', '', '{}'
    FROM generate_series(1, %(accounts)s) n
"""
TOP_UPS = """
    WITH paid AS (
        INSERT INTO billing_payment (account_id, reseller_id, kind, status, method, amount, currency, opened_on,
            closed_on, comment)
        SELECT id, reseller_id, 'top_up', 'completed', '', 1000, 'USD', %(started)s, %(started)s, ''
        FROM accounts_account RETURNING id, account_id, gen_random_uuid() AS posting
    )
    INSERT INTO billing_ledgerentry (posting, key, kind, book, account_id, number, amount, balance, currency, day,
        description, payment_id)
    SELECT posting, 'payment:' || id, 'payment', book, account_id, number, amount, balance, 'USD', %(started)s,
        'Payment', id
    FROM paid CROSS JOIN (VALUES ('account', 1, 1000, 1000), ('cash', NULL, -1000, NULL))
        AS side(book, number, amount, balance)
"""
BOUGHT = """
    INSERT INTO subscriptions_subscription (account_id, reseller_id, plan_id, period_id, name, status, stop_reason,
        stop_comment, trial, individual_price, billing_type, currency, billing_day, fixed_price, billing_priority,
        start_date, next_billing_day, due_on, quantity, attributes, parameters, vendor_ids, awaited_operation,
        account_name, plan_name, reseller_name)
    SELECT account.id, account.reseller_id, %(plan)s, %(period)s, 'Subscription ' || account.id || '-' || n, 'active',
        '', '', false, false, 'csp_monthly', 'USD', 1, false, 100, %(started)s, %(due)s, %(due)s, 5, '{}', '{}', '{}',
        '', account.name, 'Plan', 'Reseller'
    FROM accounts_account account CROSS JOIN generate_series(1, %(each)s) n
"""
RESOURCES = """
    INSERT INTO subscriptions_subscriptionresource (subscription_id, plan_resource_id, name, quantity, included,
        ordering_price, vendor_reference)
    SELECT id, %(resource)s, 'Seats', 5, 0, 10, '' FROM subscriptions_subscription
"""
HELD = """
    INSERT INTO subscriptions_heldunits (subscription_resource_id, day, units)
    SELECT id, %(started)s, 5 FROM subscriptions_subscriptionresource
"""
CHARGES = """
    INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, type, source,
        status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to, period_from,
        period_to, created_on)
    SELECT subscription.account_id, subscription.reseller_id, subscription.id, resource.id, 'recurring_fee', 'purchase',
        'blocked', 'Seats: 5', 1, 5, 10, 'USD', 50, %(started)s, %(due)s, %(started)s, %(due)s, %(started)s
    FROM subscriptions_subscription subscription
    JOIN subscriptions_subscriptionresource resource ON resource.subscription_id = subscription.id
"""
# The rows that the night makes, once more, through the same indexes, constraints and triggers.
BARE_CHARGES = """
    INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, type, source,
        status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to, period_from,
        period_to, created_on)
    SELECT account_id, reseller_id, subscription_id, subscription_resource_id, type, source, status, description,
        block + 1000, quantity, unit_price, currency, amount, operate_from, operate_to, period_from, period_to,
        created_on
    FROM billing_charge WHERE source = 'renewal'
"""
BARE_ENTRIES = """
    INSERT INTO billing_ledgerentry (posting, key, kind, book, account_id, number, amount, balance, currency, day,
        description, payment_id, charge_id)
    SELECT posting, 'again:' || key, kind, book, account_id, number + 1000, amount, balance, currency, day,
        description, payment_id, charge_id
    FROM billing_ledgerentry WHERE kind = 'charge'
"""


def run(size: str) -> bool:
    """Measure the night and print it; return whether it reaches the target."""
    use_database("brokerage_bench_billing_day", fresh=True)
    number = SUBSCRIPTIONS[size]
    _fill(number)
    with _counted() as count:
        begun, cpu = time.perf_counter(), time.process_time()
        night = run_billing_day(today=BILLING_DAY)
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    findings = audit(today=BILLING_DAY)
    bare = _bare()
    batches = -(-night.accounts // BATCH)
    rate = night.subscriptions / took
    print(
        f"   {night.subscriptions:,} subscriptions of {night.accounts:,} accounts in {took:.1f} s: {rate:,.0f} a second"
    )
    print(f"   our own process: {cpu:.1f} s of them; the rest is PostgreSQL")
    print(f"   {count['statements'] / batches:.1f} statements a batch of {BATCH} accounts")
    print(f"   one INSERT ... SELECT of the same rows: {bare:.2f} s, so the night costs {took / bare:.1f} times that")
    print(f"   audit: {len(findings)} findings; target: {TARGET:,} a second")
    return rate >= TARGET and not findings and night.subscriptions == number


def _fill(number: int, **days: date) -> None:
    values = values_of(accounts=number // OF_AN_ACCOUNT, each=OF_AN_ACCOUNT) | days
    for statement in (ACCOUNTS, TOP_UPS, BOUGHT, RESOURCES, HELD, CHARGES):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def values_of(*, accounts: int, each: int) -> dict[str, Any]:
    """Make an operator with a plan; return the statements' values for so many accounts of `each` subscriptions."""
    reseller = Reseller.objects.create(name="Operator", currency="USD", email="operator@example.com")
    plan = _plan(reseller)
    return {
        "reseller": reseller.pk,
        "type": AccountType.objects.create(reseller=reseller, name="Business", key="business").pk,
        "class": AccountClass.objects.create(reseller=reseller, name="Prepay", key="prepay").pk,
        "accounts": accounts,
        "each": each,
        "plan": plan.pk,
        "period": plan.periods.get().pk,
        "resource": plan.resources.get().pk,
        "started": STARTED,
        "due": BILLING_DAY,
    }


def _plan(reseller: Reseller) -> Plan:
    template = create_template(
        actor=SYSTEM, reseller=reseller, name="Seats", connection=None, resources=[Sold(key="seats", name="Seats")]
    )
    return create_plan(
        actor=SYSTEM,
        reseller=reseller,
        information=Information(
            name="Plan",
            template=template,
            service_term=create_service_term(
                actor=SYSTEM, reseller=reseller, name="Terms", key="terms", timers=Timers(billing_day=1)
            ),
        ),
        resources=[Offered(resource=template.resources.get(), fees=Fees(recurring_fee=Decimal(10)))],
        periods=[Lasting(endless=True)],
        today=STARTED,
    )


@contextmanager
def _counted() -> Iterator[dict[str, int]]:
    """Count the statements that are sent."""
    count = {"statements": 0}

    def counting(execute: Any, *arguments: Any) -> Any:
        count["statements"] += 1
        return execute(*arguments)

    with connection.execute_wrapper(counting):
        yield count


def _bare() -> float:
    """Return the seconds that the same rows take as one INSERT ... SELECT for each table, rolled back.

    Without the deferred check of the postings: PostgreSQL works through a queue of 40,000 in quadratic time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(BARE_CHARGES)
        cursor.execute(BARE_ENTRIES)
        took = time.perf_counter() - begun
        transaction.set_rollback(True)
    return took
