"""What was told to have been used is charged: once a day for all that was told on it, or when somebody acts.

Telling writes rows and makes no charge (decision 38): the charge of a period is made anew from their sum by whoever
opens the account next, a verb of people or the night, so that a day's hours leave one charge behind and not one each.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Account
from billing.charging import record, resource_key
from billing.engine.rules import Metered, Used
from billing.engine.terms import Taken, UnitPrice
from billing.models import UsageToCharge
from subscriptions.contract.terms import contracts_among
from subscriptions.models import Subscription

SUMS = """
    WITH told AS (
        SELECT subscription_id, subscription_resource_id, unit_price, SUM(quantity) AS quantity,
               SUM(cost * (100 + markup) * 0.01) AS cost, MIN(id) AS first
        FROM billing_usage WHERE subscription_id = ANY(%s) AND counted_to > %s GROUP BY 1, 2, 3
    )
    SELECT told.subscription_id, told.subscription_resource_id, told.unit_price, told.quantity, usage.price_id,
           price.valid_from, usage.day, usage.retail, told.cost
    FROM told
    JOIN billing_usage usage ON usage.id = told.first
    LEFT JOIN subscriptions_resourceprice price ON price.id = usage.price_id
    ORDER BY told.first
"""


def to_charge(today: date) -> QuerySet[UsageToCharge]:
    """Return of which subscriptions something was told up to and with `today` that no charge holds yet."""
    return UsageToCharge.objects.filter(day__lte=today)


def charge_used(accounts: Mapping[int, Account], told: QuerySet[UsageToCharge], day: date) -> None:
    """Charge what was told on `day`, in whose billing period it counts. The accounts are locked by the caller.

    A fixed number of statements, however many subscriptions.
    """
    contracts = contracts_among(accounts, Subscription.objects.filter(pk__in=told.values("subscription")), day=day)
    sums: dict[int, list[Used]] = {}
    for subscription_id, used in sums_of_use([contract.subscription.pk for contract in contracts], day):
        sums.setdefault(subscription_id, []).append(used)
    bookings = []
    for contract in contracts:
        rules, of_one = contract.rules, sums.get(contract.subscription.pk, [])
        if isinstance(rules, Metered) and of_one:
            bookings.append(contract.booking(rules.use(contract.terms, contract.lines, of_one, day), day))
    record([booking for booking in bookings if booking.changes])
    told.delete()


def sums_of_use(subscription_ids: Collection[int], day: date) -> Iterator[tuple[int, Used]]:
    """Yield, with its subscription, what counts in the billing period of `day`: each price's sum, in order of telling.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [list(subscription_ids), day])
        for subscription_id, resource_id, unit_price, quantity, price_id, *more in cursor.fetchall():
            valid_from, told_on, retail, cost = more
            taken = Taken(told_on, None if retail is None else tuple(retail))
            price = UnitPrice(unit_price, price_id, taken=taken)
            yield (
                subscription_id,
                Used(resource_key(resource_id), price, quantity, valid_from, cost or Decimal(0)),
            )
