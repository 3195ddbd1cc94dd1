"""Accounts as they stand, read for a look at their nights to come: a fixed number of statements, however many."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from accounts.models import Account
from billing.engine.rules import Metered, Used
from billing.funds import UNPAID, funds_of_many
from billing.holds import standings_of
from billing.models import GuaranteedPayment, GuaranteeStatus, InvoiceLine, Payment, PaymentKind, PaymentStatus
from core.among import Among
from subscriptions.contract.terms import Contract, contracts_among
from subscriptions.models import OrderItem, Subscription
from subscriptions.night.ahead import DUE_STATUSES
from subscriptions.night.holds import STANDS
from subscriptions.night.used import sums_of_use, to_charge
from subscriptions.told.foreseen import ONE_DAY, Bill, Start, Unbilled

# What has closed up to a billing day and stands on no invoice yet: as billing.invoicing makes it up.
UNBILLED = """
    SELECT due.account_id, due.day, charge.subscription_id, SUM(charge.amount)
    FROM billing_toinvoice due
    JOIN billing_charge charge ON charge.account_id = due.account_id AND charge.status = 'closed'
         AND charge.closed_on BETWEEN due.since AND due.day
    JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
         AND subscription.billing_day = due.billing_day
    WHERE due.account_id = ANY(%s)
      AND NOT EXISTS (SELECT FROM billing_invoiceline line WHERE line.charge_id = charge.id)
    GROUP BY due.account_id, due.day, charge.subscription_id
"""


def looked_at() -> Q:
    """Return which subscriptions a look ahead has to know: on which something is due, or that a hold has stopped."""
    return Q(due_on__isnull=False, status__in=DUE_STATUSES) | STANDS


def starts_of(accounts: Mapping[int, Account], today: date, only: Collection[int] | None = None) -> list[Start]:
    """Return the accounts as their books stand today; classes and resellers are loaded.

    `only`: with these subscriptions alone.
    """
    rows = Subscription.objects.filter(looked_at(), Among("account", accounts))
    if only is not None:
        rows = rows.filter(Among("pk", only))
    of_account: dict[int, list[Contract]] = defaultdict(list)
    contracts = contracts_among(accounts, rows, day=today)
    for contract in contracts:
        # What a vendor has to do is taken for done: the books alone decide what is charged.
        contract.subscription.plan.template.connection = None
        of_account[contract.subscription.account_id].append(contract)
    funds, standings = funds_of_many(list(accounts.values())), standings_of(list(accounts.values()))
    items, bills, unbilled = _items(contracts), _bills(accounts), _unbilled(accounts)
    guarantees, used = _guarantees(accounts), _used(contracts, today)
    return [
        Start(
            account=account,
            contracts=of_account.get(pk, []),
            balance=funds[pk].balance,
            blocked=funds[pk].blocked,
            since=standings[pk].since,
            items=items,
            bills=bills.get(pk, []),
            unbilled=unbilled.get(pk, {}),
            guarantees=guarantees.get(pk, []),
            used=used.get(pk, {}),
        )
        for pk, account in sorted(accounts.items())
    ]


def _items(contracts: Iterable[Contract]) -> dict[int, list[OrderItem]]:
    """Return what the renewals that wait are for."""
    waiting = [contract.waiting.pk for contract in contracts if contract.waiting is not None]
    items: dict[int, list[OrderItem]] = defaultdict(list)
    for item in OrderItem.objects.filter(order__in=waiting).order_by("pk"):
        items[item.order_id].append(item)
    return items


def _bills(account_ids: Iterable[int]) -> dict[int, list[Bill]]:
    """Return what is to be paid for rendered services, the oldest first."""
    owed = Payment.objects.filter(Among("account", account_ids), kind=PaymentKind.RENDERED_SERVICES, status__in=UNPAID)
    payments = list(owed.order_by("pk"))
    served: dict[int | None, set[int]] = defaultdict(set)
    lines = InvoiceLine.objects.filter(invoice__payment__in=payments).order_by().distinct()
    for payment_id, subscription_id in lines.values_list("invoice__payment", "charge__subscription"):
        served[payment_id].add(subscription_id)
    bills: dict[int, list[Bill]] = defaultdict(list)
    for one in payments:
        waits = one.status == PaymentStatus.WAITING_FOR_PAYMENT
        look_on = one.look_on if waits else None
        bill = Bill(one.amount, one.opened_on, one.expires_on, look_on, frozenset(served[one.pk]))
        # One that is looked at again only to expire had its due date, unless it was due on the day it was made.
        bill.missed = look_on is not None and look_on == one.expires_on and look_on > one.opened_on + ONE_DAY
        bills[one.account_id].append(bill)
    return bills


def _unbilled(account_ids: Iterable[int]) -> dict[int, dict[date, Unbilled]]:
    found: dict[int, dict[date, Unbilled]] = defaultdict(lambda: defaultdict(Unbilled))
    with connection.cursor() as cursor:
        cursor.execute(UNBILLED, [list(account_ids)])
        for account_id, day, subscription_id, amount in cursor.fetchall():
            of_day = found[account_id][day]
            of_day.amount += amount
            of_day.subscriptions.add(subscription_id)
    return found


def _guarantees(account_ids: Iterable[int]) -> dict[int, list[tuple[date, Decimal]]]:
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    standing = GuaranteedPayment.objects.filter(Among("account", account_ids), status=GuaranteeStatus.PROVIDED)
    for account_id, day, amount in standing.order_by("pk").values_list("account", "expires_on", "amount"):
        found[account_id].append((day, amount))
    return found


def _used(contracts: Iterable[Contract], today: date) -> dict[int, dict[date, dict[int, list[Used]]]]:
    """Return, by account and day, what the next night charges of what was told to have been used (`night.used`)."""
    found: dict[int, dict[date, dict[int, list[Used]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    metered = {one.subscription.pk: one.subscription for one in contracts if isinstance(one.rules, Metered)}
    if not metered:
        return found
    told = to_charge(today).filter(Among("subscription", metered)).order_by("day").values_list("day", "subscription")
    days: dict[date, list[int]] = defaultdict(list)
    for day, subscription_id in told:
        days[day].append(subscription_id)
    for day, ids in days.items():
        for subscription_id, used in sums_of_use(ids, day):
            found[metered[subscription_id].account_id][day][subscription_id].append(used)
    return found
