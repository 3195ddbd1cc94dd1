"""What a look at the nights to come works with: an account as it stands, what happens, and hands that write nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from accounts.models import Account
from billing.engine.chain import Owed, owed
from billing.engine.lines import Changes, Line
from billing.engine.rules import Used
from subscriptions.contract import renewing
from subscriptions.contract.due import schedule
from subscriptions.contract.handover import Work, status_after
from subscriptions.contract.hands import Hands
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, OrderItem, OrderStatus, SubscriptionStatus

ONE_DAY = timedelta(days=1)
# Rows that are not in the database come after all that are.
FIRST_ROW = 10**15


class Closing(NamedTuple):
    """A charge that leaves the balance on a day; `line` as it was made, with what the levels above take."""

    day: date
    contract: Contract
    line: Line

    @property
    def owed(self) -> tuple[Owed, ...]:
        """What the levels above the seller are owed for it; nothing of a plan of the seller's own."""
        levels = self.contract.owner.chain.get(self.line.resource, ())
        return owed(self.line, levels, self.contract.subscription.currency) if levels else ()


class Need(NamedTuple):
    """Money that a day needs of a subscription, or of the account as a whole (None), and what of it is missing.

    In the account's currency. `missing` is the top-up that keeps everything running.
    """

    day: date
    subscription_id: int | None
    needed: Decimal
    missing: Decimal


class Happening(NamedTuple):
    """What becomes of a subscription on a day: its status from then on and why, or that another term begins."""

    day: date
    subscription_id: int
    status: SubscriptionStatus
    reason: str
    begins_term: bool


class DayEnd(NamedTuple):
    """How the account stands at the end of a day on which something happened."""

    day: date
    balance: Decimal
    available: Decimal


@dataclass
class Bill:
    """A payment for rendered services, and the subscriptions whose charges it is for. `look_on` None: it is over.

    `missed`: on its due date less was there than it asks for.
    """

    amount: Decimal
    opened_on: date
    expires_on: date | None
    look_on: date | None
    subscriptions: frozenset[int]
    paid: bool = False
    missed: bool = False

    @property
    def due_on(self) -> date | None:
        """The last day to pay it."""
        return self.expires_on - ONE_DAY if self.expires_on is not None else None


@dataclass
class Unbilled:
    """What has closed up to a billing day and stands on no invoice yet."""

    amount: Decimal = Decimal(0)
    subscriptions: set[int] = field(default_factory=set)


@dataclass
class Start:
    """An account as it stands, read once (`forecast_rows`): of it as many courses may be played as are wanted."""

    account: Account
    contracts: list[Contract]
    balance: Decimal
    blocked: Decimal
    since: date | None
    items: Mapping[int, list[OrderItem]] = field(default_factory=dict)
    bills: list[Bill] = field(default_factory=list)
    unbilled: Mapping[date, Unbilled] = field(default_factory=dict)
    guarantees: list[tuple[date, Decimal]] = field(default_factory=list)
    used: Mapping[date, Mapping[int, list[Used]]] = field(default_factory=dict)


class Foresight(Hands):
    """Hands that write nothing: what the night wants written is kept on the objects that it was decided on."""

    def __init__(self, items: Mapping[int, list[OrderItem]]) -> None:
        self._items = dict(items)
        self._numbers = count(FIRST_ROW)

    def hand_over(self, contract: Contract, work: Work, day: date) -> None:
        """Let the subscription be at once what the vendor makes of it."""
        subscription = contract.subscription
        then = status_after(subscription, work)
        schedule(subscription, contract.waiting, day, status=then)
        subscription.status, subscription.awaited_operation = then, ""

    def cancel(self, order_ids: Collection[int], day: date) -> None:
        """Do nothing: the contract waits for the order no more."""

    def place(self, contract: Contract, day: date) -> tuple[Order, Changes]:
        order, items, changes = renewing.draft(contract, renewing.as_it_is(contract), day, automatic=True)
        order.pk = next(self._numbers)
        self._items[order.pk] = items
        return order, changes

    def ask(self, contract: Contract, order: Order) -> None:
        """Do nothing: the night in which the term begins asks again."""

    def wait(self, order: Order, day: date) -> None:
        order.paid_on, order.status = day, OrderStatus.WAITING_FOR_PROVISIONING

    def paid(self, order: Order, day: date, *, from_balance: bool) -> None:
        order.paid_on = day

    def carry_out(self, contract: Contract, order: Order, day: date) -> None:
        term = renewing.term_of_renewal(contract, day)
        renewing.take_term(contract, term, order, self._items.get(order.pk, ()), day)

    def stopped_for_funds(self, contract: Contract, day: date, required: Decimal, available: Decimal) -> None:
        """Do nothing: nobody is told of what has not happened."""

    def blocked(self, contract: Contract, day: date) -> None:
        """Do nothing: nobody is told of what has not happened."""
