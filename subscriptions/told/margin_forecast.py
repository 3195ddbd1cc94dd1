"""What the next twelve months bring a reseller: charged to its customers, earned from below, owed upstream, its margin.

Where everything is paid, what a subscription is charged hangs on nothing but what the engine is told of it. So the
database gives one number to subscriptions that stand alike, the nights to come are carried out for one of each number
(`course`), and the rest is counted.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from accounts.actors import Actor
from accounts.models import Account
from billing.engine.chain import vendors_price
from billing.engine.lines import LineType
from billing.engine.periods import add_months
from billing.engine.terms import PLAN
from billing.models import Charge, ChargeStatus
from subscriptions.models import UNFINISHED, ResourcePrice
from subscriptions.night.ahead import DUE_STATUSES
from subscriptions.night.holds import HOLDS, MAY_ACTIVATE
from subscriptions.told.course import Course
from subscriptions.told.forecast_rows import starts_of
from subscriptions.told.foreseen import ONE_DAY, Closing, Start

MONTHS = 12
# Of so many that do not stand alike the nights to come are carried out for one answer; each takes some milliseconds.
SITUATIONS_AT_MOST = 1000
BATCH = 250

# Of the subscriptions of a reseller and of those below it: how many stand alike in all that the engine is told, the
# most first, and one of them. What waits for something of its own is alike to nothing.
SITUATIONS = """
    WITH RECURSIVE below AS (
        SELECT id FROM accounts_reseller WHERE id = %(reseller)s
        UNION ALL
        SELECT child.id FROM accounts_reseller child JOIN below ON child.parent_id = below.id
    ), granted AS (
        SELECT account.id AS account_id, string_agg(discount.id::text, ',' ORDER BY discount.id) AS discounts
        FROM accounts_account account
        JOIN subscriptions_discount discount ON discount.reseller_id = account.reseller_id AND discount.active
             AND discount.type = 'account' AND (
                 EXISTS (SELECT FROM subscriptions_discount_accounts listed
                         WHERE listed.discount_id = discount.id AND listed.account_id = account.id)
                 OR EXISTS (SELECT FROM subscriptions_discount_account_classes listed
                            WHERE listed.discount_id = discount.id
                              AND listed.accountclass_id = account.account_class_id))
        WHERE account.reseller_id IN (SELECT id FROM below) GROUP BY account.id
    ), live AS MATERIALIZED (
        SELECT one.id, ROW(one.plan_id, one.period_id, one.reseller_id, one.billing_type, one.currency,
            one.billing_day, one.fixed_price, one.trial, one.payment_model, one.status, one.stop_reason,
            one.stopped_on, one.expiration_date, one.auto_renew, one.due_on, one.next_billing_day, one.promo_code_id,
            one.ends_on, one.subscription_credit_limit, one.closed_to, one.closings,
            CASE WHEN one.expiration_date IS NOT NULL OR one.fixed_price
                THEN ROW(one.start_date, one.term_anchor)::text END,
            account.status, account.subscription_credit_limit, class.subscription_credit_limit,
            class.payment_expiration_days, class.cancel_unpaid_order_in, granted.discounts,
            CASE WHEN EXISTS (
                SELECT FROM subscriptions_order waiting
                WHERE waiting.subscription_id = one.id AND waiting.status = ANY(%(unfinished)s)
            ) OR EXISTS (SELECT FROM billing_usagetocharge told WHERE told.subscription_id = one.id)
                THEN one.id END)::text AS agreed
        FROM subscriptions_subscription one
        JOIN accounts_account account ON account.id = one.account_id
        JOIN accounts_accountclass class ON class.id = account.account_class_id
        LEFT JOIN granted ON granted.account_id = one.account_id
        WHERE one.reseller_id IN (SELECT id FROM below) AND (
            (one.due_on IS NOT NULL AND one.status = ANY(%(due)s))
            OR (one.status = ANY(%(stopped)s) AND one.stop_reason = ANY(%(held)s))
        )
    ), units AS (
        SELECT held.subscription_id, string_agg(ROW(held.plan_resource_id, held.of_plan, held.quantity, held.included,
            CASE WHEN one.fixed_price
                THEN ROW(held.ordering_price, held.ordered_at_id, held.ordered_on, held.retail)::text END
            )::text, ',' ORDER BY held.id) AS held
        FROM subscriptions_subscriptionresource held
        JOIN subscriptions_subscription one ON one.id = held.subscription_id
        WHERE held.subscription_id IN (SELECT id FROM live) GROUP BY held.subscription_id
    ), lines AS (
        SELECT charge.subscription_id, string_agg(ROW(charge.type, charge.status, charge.source,
            charge.block, charge.quantity, charge.unit_price, charge.exact_price, charge.amount, charge.discount,
            charge.tax, charge.discount_rate, charge.discounted_by_id, charge.price_id, charge.plan_price_id,
            charge.priced_on, charge.retail, charge.granted, charge.operate_from, charge.operate_to,
            charge.period_from, charge.period_to, resource.plan_resource_id)::text, ',' ORDER BY charge.id) AS shape
        FROM billing_charge charge
        LEFT JOIN subscriptions_subscriptionresource resource ON resource.id = charge.subscription_resource_id
        WHERE charge.status = ANY(%(live)s) AND charge.subscription_id IN (SELECT id FROM live)
        GROUP BY charge.subscription_id
    )
    SELECT MIN(live.id), COUNT(*)
    FROM live LEFT JOIN units ON units.subscription_id = live.id LEFT JOIN lines ON lines.subscription_id = live.id
    GROUP BY hashtextextended(ROW(live.agreed, units.held, lines.shape)::text, 0)
    ORDER BY COUNT(*) DESC, MIN(live.id)
"""


class Situation(NamedTuple):
    """A subscription, and how many stand like it, itself among them."""

    subscription_id: int
    alike: int


@dataclass
class Sums:
    """What a month brings, in one currency: charged to own customers, owed by the level below, owed further up."""

    charged: Decimal = Decimal(0)
    from_below: Decimal = Decimal(0)
    owed: Decimal = Decimal(0)

    @property
    def margin(self) -> Decimal:
        """What is left."""
        return self.charged + self.from_below - self.owed


@dataclass
class MarginForecast:
    """The months to come of a reseller, by currency; `left_out` subscriptions are in no sum.

    `used` is what use was charged to its own customers last month: an estimate of each month to come, in no sum.
    """

    months: list[date]
    left_out: int = 0
    sums: dict[str, dict[date, Sums]] = field(default_factory=dict)
    used: dict[str, Decimal] = field(default_factory=dict)

    def of(self, currency: str, month: date) -> Sums:
        """Return the sums of a month, to be added to."""
        of_currency = self.sums.setdefault(currency, {first: Sums() for first in self.months})
        return of_currency[month]


def margin_forecast(actor: Actor, today: date) -> MarginForecast | None:
    """Return the months to come of the actor's own reseller, and of no other; None for who belongs to none.

    A fixed number of statements for each BATCH of situations. Raises Forbidden.
    """
    actor.require("reseller_charges.view")
    if actor.reseller is None:
        return None
    reseller, first = actor.reseller.pk, today.replace(day=1)
    found = MarginForecast([add_months(first, number) for number in range(MONTHS + 1)])
    situations = _situations(reseller)
    counted = situations[:SITUATIONS_AT_MOST]
    found.left_out = sum(one.alike for one in situations[SITUATIONS_AT_MOST:])
    until = add_months(first, MONTHS + 1) - ONE_DAY
    for at in range(0, len(counted), BATCH):
        _add(found, dict(counted[at : at + BATCH]), reseller, today, until)
    found.used = _used_last_month(reseller, first)
    return found


def _situations(reseller: int) -> list[Situation]:
    values = {
        "reseller": reseller, "due": [str(status) for status in DUE_STATUSES], "unfinished": list(UNFINISHED),
        "stopped": [str(status) for status in MAY_ACTIVATE], "held": [str(reason) for reason in HOLDS.values()],
        "live": [ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SITUATIONS, values)
        return [Situation(*row) for row in cursor.fetchall()]


def _add(found: MarginForecast, alike: Mapping[int, int], reseller: int, today: date, until: date) -> None:
    """Carry out the nights of some subscriptions, each alone and fully paid, and add what they close."""
    accounts = Account.objects.filter(subscriptions__in=alike).distinct().prefetch_related("account_class", "reseller")
    starts = starts_of({account.pk: account for account in accounts}, today, only=list(alike))
    costs = _net_costs(starts)
    for start, contract in _one_by_one(starts):
        course = Course(start, today, paid=True)
        course.play(until)
        count = alike[contract]
        for closing in course.closings:
            month = max(closing.day, today).replace(day=1)
            _count(found.of(closing.contract.subscription.currency, month), closing, count, reseller, costs)


def _one_by_one(starts: Sequence[Start]) -> Iterator[tuple[Start, int]]:
    """Yield each subscription as if its account had nothing else, and no money: what is missing comes in."""
    for start in starts:
        for contract in start.contracts:
            used = {
                day: {pk: told for pk, told in of_day.items() if pk == contract.subscription.pk}
                for day, of_day in start.used.items()
            }
            blank = Start(start.account, [contract], Decimal(0), Decimal(0), None, start.items, used=used)
            yield blank, contract.subscription.pk


def _count(sums: Sums, closing: Closing, count: int, reseller: int, costs: Mapping[int | None, Decimal]) -> None:
    """Add a charge that closes of `count` subscriptions to both sides of the reseller that has to do with it."""
    line, subscription = closing.line, closing.contract.subscription
    upward = closing.owed
    if subscription.reseller_id == reseller:
        sums.charged += count * line.amount
        if not upward and line.resource != PLAN and line.type is LineType.RECURRING_FEE and line.price_row in costs:
            sums.owed += count * vendors_price(line, costs[line.price_row], subscription.currency)
    for owed in upward:
        if owed.level.creditor == reseller:
            sums.from_below += count * owed.amount
            if owed is upward[-1]:
                sums.owed += count * (owed.net_cost or Decimal(0))
        elif owed.level.debtor == reseller:
            sums.owed += count * owed.amount


def _net_costs(starts: Sequence[Start]) -> dict[int | None, Decimal]:
    """Return what a vendor takes by the rows of the price lists that say so."""
    resources = {
        resource.plan_resource_id
        for start in starts
        for contract in start.contracts
        for resource in contract.resources.values()
    }
    rows = ResourcePrice.objects.filter(plan_resource__in=resources, net_cost__isnull=False)
    return dict(rows.values_list("pk", "net_cost"))


def _used_last_month(reseller: int, first: date) -> dict[str, Decimal]:
    used = Charge.objects.filter(
        reseller=reseller, status=ChargeStatus.CLOSED, source="usage", closed_on__gte=add_months(first, -1),
        closed_on__lt=first,
    )  # fmt: skip
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in used.values_list("currency", "amount"):
        sums[currency] += amount
    return dict(sums)
