"""Charges by the million beside the bench's subscriptions: five to each, made by set-based SQL, kept between runs."""

import time

from django.db import connection, transaction

CHARGES_PER_SUBSCRIPTION = 5
CHUNK = 200_000

RESOURCES = """
    INSERT INTO subscriptions_applicationresource (template_id, key, name, unit, vendor_reference)
    SELECT min(id), 'seats', 'Seats', 'unit', '' FROM subscriptions_applicationtemplate;
    INSERT INTO subscriptions_planresource (plan_id, resource_id, name, position, measurable, included, minimum, public,
        active)
    SELECT plan.id, (SELECT max(id) FROM subscriptions_applicationresource), 'Seats', 0, true, 0, 0, true, true
    FROM subscriptions_plan plan;
"""
HELD = """
    INSERT INTO subscriptions_subscriptionresource (id, subscription_id, plan_resource_id, name, quantity, included,
        ordering_price, vendor_reference)
    SELECT subscription.id, subscription.id, resource.id, 'Seats', subscription.quantity, 0, 10, ''
    FROM subscriptions_subscription subscription
    JOIN subscriptions_planresource resource ON resource.plan_id = subscription.plan_id
    WHERE subscription.id BETWEEN %(first)s AND %(last)s
"""
# The charges of the five last months; the newest is reserved where the subscription runs.
CHARGES = """
    INSERT INTO billing_charge (id, account_id, reseller_id, subscription_id, subscription_resource_id, type, source,
        status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to, period_from,
        period_to, created_on, closed_on, created_at, updated_at)
    SELECT (month.n - 1) * %(all)s::bigint + subscription.id, subscription.account_id, subscription.reseller_id,
        subscription.id, subscription.id, 'recurring_fee', 'renewal', state.status,
        'Seats, ' || days.first || ' to ' || days.last, 1, subscription.quantity, 10, subscription.currency,
        subscription.quantity * 10, days.first, days.last, days.first, days.last, days.first,
        CASE WHEN state.status = 'closed' THEN days.last END,
        days.first + interval '1 hour' + (subscription.id %% 3600) * interval '1 second',
        days.first + interval '1 hour' + (subscription.id %% 5000) * interval '7 second'
    FROM subscriptions_subscription subscription
    CROSS JOIN generate_series(1, %(months)s) month(n)
    JOIN LATERAL (SELECT (date '2026-06-01' + (month.n || ' months')::interval)::date AS first,
                         (date '2026-07-01' + (month.n || ' months')::interval)::date AS last) days ON true
    JOIN LATERAL (SELECT CASE
        WHEN month.n < %(months)s THEN CASE WHEN subscription.id %% 40 = 0 THEN 'deleted' ELSE 'closed' END
        WHEN subscription.status = 'active' THEN 'blocked' WHEN subscription.status = 'stopped' THEN 'opened'
        WHEN subscription.id %% 900 = 1 THEN 'new' ELSE 'deleted' END AS status) state ON true
    WHERE subscription.id BETWEEN %(first)s AND %(last)s AND subscription.quantity > 0
"""
TABLE = "billing_charge"


def fill(subscriptions: int) -> None:
    """Make the charges of so many subscriptions where they are not there yet, all or none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM billing_charge)")
        if cursor.fetchone()[0]:
            return
    begun = time.perf_counter()
    print(f"   making {subscriptions * CHARGES_PER_SUBSCRIPTION:,} charges …", flush=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no checks of foreign keys
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute(RESOURCES)
        indexes = _take_indexes_away(cursor)
        for first in range(1, subscriptions + 1, CHUNK):
            chunk = {"first": first, "last": min(first + CHUNK - 1, subscriptions), "all": subscriptions}
            cursor.execute(HELD, chunk)
            cursor.execute(CHARGES, {**chunk, "months": CHARGES_PER_SUBSCRIPTION})
        for definition in indexes:
            cursor.execute(definition)
        last = subscriptions * CHARGES_PER_SUBSCRIPTION
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [TABLE, last])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE billing_charge")
        cursor.execute("VACUUM ANALYZE subscriptions_subscriptionresource")
    print(f"   made in {time.perf_counter() - begun:.0f} s", flush=True)


def _take_indexes_away(cursor: object) -> list[str]:
    """Drop the table's indexes and its exclusion constraint; return what makes them again, in one pass each."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'",
        [TABLE],
    )
    constraints = cursor.fetchall()
    for name, _definition in constraints:
        cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisunique",
        [TABLE],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    again = [f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} {definition}" for name, definition in constraints]
    return [definition for _name, definition in indexes] + again
