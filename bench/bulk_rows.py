"""Bulk statements: the processor seconds of PostgreSQL for 1,000, 2,000, 4,000 … rows have to grow as the rows do.

What a trigger does for each row is done so often as there are rows; what it does for each row *with all rows* shows here
as a ratio of sixteen. Processor seconds of the one server process, so that it does not matter what else the machine does.
"""

from typing import Any

from django.db import connection, transaction

from bench.billing_day import ACCOUNTS, BOUGHT, CHARGES, HELD, RESOURCES, TOP_UPS, values_of
from bench.database import use_database
from bench.measuring import database_seconds

ROWS = {"small": (1_000, 2_000, 4_000), "full": (1_000, 2_000, 4_000, 8_000, 16_000)}
TIMES = 3  # each is measured so often; the least counts
TARGET = 5.0  # 4,000 rows to 1,000: linear is 4, what grows with the square 16; of so short times a fifth is noise

ORDERS = """
    INSERT INTO subscriptions_order (account_id, reseller_id, subscription_id, type, status, total, currency, placed_on,
        failure, notes)
    SELECT account_id, reseller_id, id, 'purchase', 'completed', 50, currency, start_date, '', ''
    FROM subscriptions_subscription
"""
ITEMS = """
    INSERT INTO subscriptions_orderitem (order_id, subscription_resource_id, quantity_before, quantity_after, unit_price,
        amount)
    SELECT placed.id, resource.id, 0, 5, 10, 50 FROM subscriptions_order placed
    JOIN subscriptions_subscriptionresource resource ON resource.subscription_id = placed.subscription_id
"""
PAYMENTS = """
    INSERT INTO billing_payment (account_id, reseller_id, order_id, kind, status, method, amount, currency, opened_on,
        closed_on, comment)
    SELECT account_id, reseller_id, id, 'order', 'paid_from_balance', '', total, currency, placed_on, placed_on, ''
    FROM subscriptions_order
"""
SPELLED = "translate(id::text, '0123456789', 'abcdefghij')"
STATEMENTS = {
    "insert accounts": ACCOUNTS,
    "insert top-ups and postings": TOP_UPS,
    "insert subscriptions": BOUGHT,
    "insert resources": RESOURCES,
    "insert units held": HELD,
    "insert orders": ORDERS,
    "insert order items": ITEMS,
    "insert payments of orders": PAYMENTS,
    "insert charges": CHARGES,
    "update accounts": "UPDATE accounts_account SET city = 'Minsk'",
    "update days of subscriptions": "UPDATE subscriptions_subscription SET due_on = due_on + 1",
    "update status of subscriptions": "UPDATE subscriptions_subscription SET status = 'stopped'",
    "update names of subscriptions": f"UPDATE subscriptions_subscription SET name = 'new' || {SPELLED}",
    "update resources": "UPDATE subscriptions_subscriptionresource SET quantity = quantity + 1",
    "update vendor's ids": f"UPDATE subscriptions_subscriptionresource SET vendor_reference = 'ref' || {SPELLED}",
    "update orders": "UPDATE subscriptions_order SET notes = 'seen'",
    "update payments": "UPDATE billing_payment SET comment = 'seen'",
    "update charges": "UPDATE billing_charge SET status = 'closed', closed_on = %(due)s",
}


def run(size: str) -> bool:
    """Measure each statement with each number of rows; return whether all are linear."""
    use_database("brokerage_bench_bulk_rows", fresh=True)
    numbers = ROWS[size]
    taken: dict[str, dict[int, float]] = {name: {} for name in STATEMENTS}
    for number in numbers:
        for _time in range(TIMES):
            for name, seconds in _measured(number).items():
                taken[name][number] = min(seconds, taken[name].get(number, seconds))
    print(f"   {'processor seconds of PostgreSQL':32}" + "".join(f"{number:>9,}" for number in numbers) + "    4k:1k")
    linear = True
    for name, seconds in taken.items():
        ratio = seconds[4_000] / seconds[1_000]
        linear = linear and ratio <= TARGET
        print(f"   {name:32}" + "".join(f"{seconds[number]:9.3f}" for number in numbers) + f"{ratio:9.1f}")
    print(f"   target: 4,000 rows cost at most {TARGET} times 1,000")
    return linear


def _measured(number: int) -> dict[str, float]:
    """Return the seconds of each statement over so many rows, deferred checks included; nothing is kept."""
    taken = {}
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = values_of(accounts=number, each=1)
        for name, statement in STATEMENTS.items():
            if name == "update accounts":
                cursor.execute("ANALYZE")  # as a database is in which rows were made before
            begun = database_seconds()
            cursor.execute(statement, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            taken[name] = database_seconds() - begun
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return taken
