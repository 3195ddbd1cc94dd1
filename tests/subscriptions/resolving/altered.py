"""Office 365 of today, sold many times, and altered at Microsoft behind our back: a difference of each kind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from accounts.actors import SYSTEM
from accounts.models import Account
from sandbox.microsoft.listing import keep
from subscriptions.models import DifferenceKind, Plan, Subscription
from subscriptions.people.stopping import stop
from subscriptions.workers.committing import refresh_commitments
from subscriptions.workers.comparing import compare_with_vendors
from subscriptions.workers.observing import observe_services
from subscriptions.workers.provisioning import conclude
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.stories.office365 import Story, a_story
from vendors.models import OperationState, VendorOperation

DAY = date(2027, 3, 10)
SUBSCRIPTION = "subscription_id.seats"


@dataclass
class Altered:
    """A story of two customers, and what was altered of each subscription: (kind, subscription id)."""

    story: Story
    plan: Plan
    injected: list[tuple[str, int | None]] = field(default_factory=list)
    untouched: list[Subscription] = field(default_factory=list)

    def customer(self, number: int) -> Account:
        """Return another customer with money, for whom is ordered from now on."""
        account = cast.account(
            name=f"Customer {number}", country="US", region="WA", city="Redmond", zip="98052", phone="4255550100",
            contact_first_name="Tania", contact_last_name="Carr", contact_email=f"tania{number}@customer.example",
        )  # fmt: skip
        top_up(account=account, amount="1000000", today=self.story.today)
        self.story.account, self.story.domain = account, f"customer{number}"
        return account

    def sold(self, seats: int = 5) -> Subscription:
        """Return another subscription of the present customer that is active on both sides.

        The first is bought over HTTP; the others are ordered and applied by the same verbs, and Microsoft's answer is
        that to the first, with an id of its own: hundreds are there in a minute.
        """
        first = self.story.account.subscriptions.order_by("pk").first()
        row = self.story.order(self.plan, seats) if first is None else self._another(first, seats)
        assert row.status == "active", row.status
        return row

    def _another(self, first: Subscription, seats: int) -> Subscription:
        story = self.story
        order = make.order(account=story.account, plan=self.plan, today=story.today, quantities={"seats": seats})
        pay(order=order, today=story.today)
        vendor_id = self.bought_by_hand(first, name=str(order))
        operation = VendorOperation.objects.get(key=f"order:{order.pk}:provision")
        operation.state, operation.finished_at = OperationState.CONFIRMED, story.moment
        operation.result = {"vendor_ids": {**first.vendor_ids, SUBSCRIPTION: vendor_id}, "facts": []}
        operation.save()
        conclude(operation=operation, today=story.today)
        return Subscription.objects.get(pk=order.subscription_id)

    def bought_by_hand(self, like: Subscription, name: str) -> str:
        """Let the customer have another one like it at Microsoft, of which the books know nothing; return its id."""
        world, vendor_id = self.story.microsoft.world, str(uuid4()).upper()
        kind = f"subscription:{like.vendor_ids['customer_id']}"
        kept = world.store.get(kind, like.vendor_ids[SUBSCRIPTION].lower())
        assert kept is not None
        keep(world, kind, {**kept, "id": vendor_id, "name": name, "version": 1})
        return vendor_id

    def theirs(self, row: Subscription, **members: Any) -> None:
        """Alter it at Microsoft."""
        self.story.microsoft.alter_subscription(subscription_id=row.vendor_ids[SUBSCRIPTION], **members)

    def night(self, *, hours: float = 2) -> int:
        """Look at the vendors' side as the night does; return how many differences are new."""
        self.story.moment += timedelta(hours=hours)
        self.story.microsoft.set_clock(at=self.story.moment.isoformat(), stopped=True)
        observe_services(now=self.story.moment)
        refresh_commitments(now=self.story.moment)
        return compare_with_vendors(now=self.story.moment)

    # -- one of each kind -----------------------------------------------------------------------------------------

    def alter(self, kind: str) -> None:
        """Sell one more and alter it in the way of a kind."""
        row = self.sold()
        self.injected.append((kind, _ALTER[kind](self, row)))


def _quantity(world: Altered, row: Subscription) -> int:
    world.theirs(row, quantity=8 if row.pk % 2 else 3)
    return row.pk


def _suspended(world: Altered, row: Subscription) -> int:
    world.theirs(row, status="suspended")
    return row.pk


def _running(world: Altered, row: Subscription) -> int:
    stop(actor=SYSTEM, subscription=row, today=world.story.today)
    world.story.work()
    world.theirs(row, status="active")
    return row.pk


def _ended(world: Altered, row: Subscription) -> int:
    world.theirs(row, status="deleted", auto_renew=False)
    return row.pk


def _term(world: Altered, row: Subscription) -> int:
    world.theirs(row, term="P1M")
    return row.pk


def _end_of_term(world: Altered, row: Subscription) -> int:
    world.theirs(row, auto_renew=False)
    return row.pk


def _agreement(_world: Altered, row: Subscription) -> int:
    """All of the second customer's: his agreement is voided at the end."""
    return row.pk


def _unknown(world: Altered, row: Subscription) -> None:
    """Buy another one in Partner Center by hand."""
    world.untouched.append(row)
    world.bought_by_hand(row, "Bought by hand")


_ALTER: dict[str, Callable[[Altered, Subscription], int | None]] = {
    DifferenceKind.QUANTITY: _quantity,
    DifferenceKind.SUSPENDED: _suspended,
    DifferenceKind.RUNNING: _running,
    DifferenceKind.ENDED: _ended,
    DifferenceKind.TERM: _term,
    DifferenceKind.END_OF_TERM: _end_of_term,
    DifferenceKind.AGREEMENT: _agreement,
    DifferenceKind.UNKNOWN: _unknown,
}
# In one customer's subscriptions; the agreement is of the whole customer.
KINDS = tuple(kind for kind in _ALTER if kind != DifferenceKind.AGREEMENT)


@contextmanager
def an_altered_world(each: int, *, untouched: int = 4) -> Iterator[Altered]:
    """Yield a world with so many differences of each kind, and subscriptions that nobody has touched."""
    with a_story(DAY) as story:
        world = Altered(story, story.plan())
        world.customer(1)
        world.untouched += [world.sold() for _one in range(untouched)]
        for kind in KINDS:
            for _turn in range(each):
                world.alter(kind)
        if each:
            world.customer(2)
            for _turn in range(each):
                world.alter(DifferenceKind.AGREEMENT)
            story.microsoft.void_agreements(domain="customer2.onmicrosoft.com")
        yield world
