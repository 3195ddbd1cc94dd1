"""What a subscription costs each month from its next billing day on: shown before an order or change, and on its page.

Read of the rows as they stand, a waiting order counted in as if it were paid and provided. The next billing day
reserves the same: both ask the engine (`next_period`, and for what is paid in advance its own lines).
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.charging import PLAN
from billing.engine.lines import Changes, Line, LineStatus
from billing.engine.periods import next_billing_day
from billing.engine.rules import Keeps
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import Order, OrderItem, OrderType, Subscription, SubscriptionStatus, TakesEffect

# Nothing is reserved on the billing day of these, as they stand or are about to.
AT_REST = (
    SubscriptionStatus.STOPPED,
    SubscriptionStatus.BLOCKED,
    SubscriptionStatus.STOPPING,
    SubscriptionStatus.STOPPING_FAILED,
    SubscriptionStatus.GRACED,
    SubscriptionStatus.DELETING,
    SubscriptionStatus.DELETION_FAILED,
    SubscriptionStatus.DELETED,
)

# What is paid for ahead of its days: ordered, or waiting for its billing day.
_AHEAD = (LineStatus.NEW, LineStatus.OPENED, LineStatus.BLOCKED)


@dataclass(frozen=True, slots=True)
class Priced:
    """Units of a resource at one price, as the next billing day charges them; `amount` in the books' currency."""

    name: str
    quantity: int
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What the billing day `day` reserves of one subscription, and each later one while nothing changes.

    `until` is the first day no longer served of a subscription that ends; nothing is reserved from then on.
    """

    day: date
    amount: Decimal
    currency: str
    lines: tuple[Priced, ...] = ()
    until: date | None = None

    def price_of(self, name: str) -> tuple[Decimal, ...]:
        """Return the prices a unit of a resource; more than one where units were bought at different prices."""
        return tuple(sorted({line.unit_price for line in self.lines if line.name == name}))

    def amount_of(self, name: str) -> Decimal:
        """Return what the resource costs of the sum."""
        return sum((line.amount for line in self.lines if line.name == name), Decimal(0))

    @property
    def is_last(self) -> bool:
        """Whether no billing day after `day` reserves anything."""
        return self.until is not None and self.day >= self.until


def upkeep_of(subscription: Subscription, today: date) -> Upkeep | None:
    """Return what each month costs from the next billing day after `today` on; nothing while it is stopped.

    None where no month's cost is known ahead: what is used is charged, or nothing is. Seven statements at most.
    """
    contract = contract_of(subscription, today)
    if contract.rules.keeps in (Keeps.WHAT_WAS_USED, Keeps.NOTHING):
        return None
    day = subscription.next_billing_day or next_billing_day(today, subscription.billing_day)
    until = _end(contract)
    lines: tuple[Line, ...] = ()
    if subscription.status not in AT_REST and (until is None or day < until):
        lines = _endless(contract, day) if until is None else _paid_ahead(contract, day, today)
    names = {PLAN: subscription.plan_name} | {key: resource.name for key, resource in contract.resources.items()}
    priced = tuple(Priced(names[line.resource], line.quantity, line.unit_price, line.amount) for line in lines)
    amount = sum((line.amount for line in lines), Decimal(0))
    return Upkeep(day, amount, subscription.currency, priced, until)


def _end(contract: Contract) -> date | None:
    """Return the first day no longer served; of an order that is not paid yet, as if it were paid as placed."""
    subscription = contract.subscription
    terms, order = contract.ordering_terms, contract.waiting
    if subscription.expiration_date is not None or terms.months is None or order is None:
        return subscription.expiration_date
    return contract.rules.ends_on(terms, order.placed_on)


def _endless(contract: Contract, day: date) -> tuple[Line, ...]:
    """Return what the night of `day` adds for the units that are wanted."""
    units = _wanted(contract.waiting, day) | _wanted(contract.arranged, day)
    wanted = {
        key: resource.chargeable_of(units.get(resource.pk, resource.quantity))
        for key, resource in contract.resources.items()
    }
    return contract.rules.next_period(contract.terms_on(day), wanted, contract.lines, day).add


def _paid_ahead(contract: Contract, day: date, today: date) -> tuple[Line, ...]:
    """Return the lines of a finite subscription that begin on `day`, with what a raise adds to them."""
    terms = replace(contract.ordering_terms, expires_on=_end(contract))
    coming = Changes()
    if contract.leaving:
        coming = contract.rules.leave(terms, contract.lines, contract.leaving, day)
    elif contract.waiting is not None and contract.waiting.type == OrderType.CHANGE:
        new = [line for line in contract.lines if line.status is LineStatus.NEW]
        coming = contract.rules.pay_raise(terms, contract.lines, new[0].period.start if new else today)
        if contract.raised_lines:
            raised = contract.raised_lines
            coming += contract.rules.provide_raise(
                terms, contract.lines, raised, min(line.period.start for line in raised)
            )
    lines = coming.applied_to(contract.lines)
    return tuple(line for line in lines if line.period.start == day and line.status in _AHEAD)


def _wanted(order: Order | None, day: date) -> dict[int, int]:
    """Return the units of each resource that an unfinished order has led to by `day`, by the resource's id."""
    later = order is not None and order.takes_effect == TakesEffect.END_OF_TERM
    if order is None or (later and order.effective_on is not None and order.effective_on > day):
        return {}
    items = OrderItem.objects.filter(order=order)
    return dict(items.values_list("subscription_resource", "quantity_after"))
