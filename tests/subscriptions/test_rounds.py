"""Rounds of verbs at once, a fifth of them dated a day back: the books agree, each unit is charged for each day once.

What was in service is counted here by itself: from what stood in the subscriptions' rows on the evening of each day,
never from charges, nor from what the audit reads.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.models import Charge, Payment
from billing.payments import complete_payment
from core.errors import Refused
from subscriptions.models import Order, OrderItem, Plan, Subscription
from subscriptions.night.renewals import renew_accounts, run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.failures import cancel_failed_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.vendors.example.vendor import ExampleVendor

ROUNDS = 3000 if os.environ.get("PROVE") else 200
AT_ONCE = 2
ROUNDS_OF_A_DAY = 3
STARTED = date(2018, 8, 20)
ONE_DAY = timedelta(days=1)
RUNNING_CHANGE = ("updating", "updating_failed")

pytestmark = pytest.mark.django_db(transaction=True)
Deed = Callable[[Random, Account, date], object]


def picked(rng: Random, account: Account, *statuses: str) -> Subscription | None:
    """Return one of the account's subscriptions with one of these statuses, or any other now and then."""
    rows = Subscription.objects.filter(account=account).exclude(status="deleted").order_by("pk")
    found = list(rows.filter(status__in=statuses)) if rng.random() < 0.9 else list(rows)
    return rng.choice(found) if found else None


def ordered(rng: Random, account: Account, day: date) -> object:
    if Subscription.objects.filter(account=account).exclude(status="deleted").count() > 4:
        return None
    plan = rng.choice(list(Plan.objects.order_by("pk")))
    return make.order(account=account, plan=plan, today=day, quantities={"seats": rng.randint(1, 9)})


def paid(rng: Random, account: Account, day: date) -> object:
    orders = list(Order.objects.filter(account=account, status="waiting_for_payment").order_by("pk"))
    if not orders:
        return None
    order = rng.choice(orders)
    if rng.random() < 0.4:
        return pay_order_from_balance(actor=SYSTEM, order=order, today=day)
    payment = Payment.objects.filter(order=order, status="waiting_for_payment").first()
    return None if payment is None else complete_payment(actor=SYSTEM, payment=payment, today=day)


def changed(rng: Random, account: Account, day: date, *, step: int) -> object:
    found = picked(rng, account, "active")
    if found is None:
        return None
    seats = max(found.quantity + step * rng.randint(1, 3), 0)
    return change_quantities(
        actor=SYSTEM,
        subscription=Subscription.objects.select_related("plan__template__connection").get(pk=found.pk),
        quantities={"seats": seats},
        today=day,
        now=make.noon(day),
        pay_from_balance=rng.random() < 0.6,
    )


def verb_on(verb: Callable[..., object], *statuses: str) -> Deed:
    def deed(rng: Random, account: Account, day: date) -> object:
        found = picked(rng, account, *statuses)
        return None if found is None else verb(actor=SYSTEM, subscription=found, today=day)

    return deed


def worked(_rng: Random | None, _account: Account | None, day: date) -> object:
    """Do what a worker does, with the clock of that day."""
    done = [carry_out(operation_id=pk, now=make.noon(day), today=day) for pk in unfinished_work(now=make.noon(day))]
    return done or None


def given_up(rng: Random | None, account: Account | None, day: date) -> object:
    failed = Order.objects.filter(status="provisioning_failed").order_by("pk")
    if account is not None:
        failed = failed.filter(account=account)
    orders = list(failed)
    if not orders:
        return None
    return cancel_failed_order(actor=SYSTEM, order=rng.choice(orders) if rng else orders[0], today=day)


DEEDS: dict[str, tuple[int, Deed]] = {
    "order": (4, ordered),
    "pay": (6, paid),
    "raise": (5, lambda rng, account, day: changed(rng, account, day, step=1)),
    "lower": (5, lambda rng, account, day: changed(rng, account, day, step=-1)),
    "stop": (3, verb_on(stop, "active", "graced", "activating_failed")),
    "activate": (4, verb_on(activate, "stopped", "stopping_failed")),
    "delete": (1, verb_on(delete, "active", "stopped", "ordered")),
    "night": (1, lambda _rng, _account, day: run_billing_day(today=day)),
    "conclude": (4, worked),
    "give up": (2, given_up),
    "top up": (1, lambda rng, account, day: top_up(account=account, amount=f"{rng.randint(1, 40)}", today=day)),
}


@dataclass
class Evenings:
    """What stood in the rows on the evening of each day: whether it ran, and its units less those included."""

    seen: dict[int, dict[date, tuple[bool, int]]] = field(default_factory=dict)

    def look(self, day: date) -> None:
        """Write the rows of an evening down."""
        raised = {
            item.subscription_resource_id: item.quantity_before
            for item in OrderItem.objects.filter(
                order__type="change", order__status__in=("provisioning", "provisioning_failed")
            )
            if item.quantity_after > item.quantity_before
        }
        for subscription in Subscription.objects.prefetch_related("resources"):
            changing = subscription.status in RUNNING_CHANGE
            runs = subscription.status == "active" or (changing and not subscription.stop_reason)
            for resource in subscription.resources.all():
                held = raised.get(resource.pk, resource.quantity) if changing else resource.quantity
                self.seen.setdefault(resource.pk, {})[day] = (runs, max(held - resource.included, 0))

    def take_back(self, order: Order) -> None:
        """A lowering that the vendor refused was given up: the units had been there since its day."""
        for item in order.items.select_related("subscription_resource"):
            if item.quantity_after < item.quantity_before:
                held = max(item.quantity_before - item.subscription_resource.included, 0)
                days = self.seen.get(item.subscription_resource_id, {})
                days.update({day: (runs, held) for day, (runs, _) in days.items() if day >= order.placed_on})

    def unit_days(self) -> Counter[tuple[int, date]]:
        """Return the units in service by resource and day."""
        return Counter(
            {
                (pk, day): units
                for pk, days in self.seen.items()
                for day, (runs, units) in days.items()
                if runs and units
            }
        )


def charged_until(last: date) -> Counter[tuple[int, date]]:
    """Return the units written off or reserved by resource and day, up to and with `last`."""
    charged: Counter[tuple[int, date]] = Counter()
    for charge in Charge.objects.filter(status__in=("closed", "blocked"), type="recurring_fee"):
        day = charge.operate_from
        while day < min(charge.operate_to, last + ONE_DAY):
            charged[charge.subscription_resource_id, day] += charge.quantity
            day += ONE_DAY
    return charged


def finished(day: date) -> list[Order]:
    """Let the workers end, give up what the vendor refused; return the orders given up."""
    orders = []
    while worked(None, None, day):
        pass
    while isinstance(order := given_up(None, None, day), Order):
        orders.append(order)
        while worked(None, None, day):
            pass
    for failed in Subscription.objects.filter(status="activating_failed"):
        stop(actor=SYSTEM, subscription=failed, today=day)
    return orders


def tried(deed: Deed, seed: int, account: Account, day: date) -> object:
    try:
        return deed(Random(seed), account, day)
    except Refused as no:
        return no


@pytest.mark.slow
@pytest.mark.prove
def test_every_unit_is_charged_once_for_every_day(backup_plan: Plan, example_vendor: ExampleVendor) -> None:
    """Two verbs at once on three accounts, a round after the other, through months of days and nights."""
    rng = Random(20180820)
    make.plan()
    make.plan(prices={"seats": "3.33"}, bounds={"seats": {"included": 2}}, fixed_price=True)
    make.plan(months=2)
    make.plan(months=3, connection=backup_plan.template.connection)
    make.plan(connection=backup_plan.template.connection, offer="unheard-of")
    accounts = [cast.account() for _ in range(3)]
    for account, funds in zip(accounts, ("90000", "2000", "150"), strict=True):
        top_up(account=account, amount=funds, today=STARTED)
    names, weights = list(DEEDS), [weight for weight, _ in DEEDS.values()]
    evenings, done, back, tries, day = Evenings(), Counter[str](), 0, 0, STARTED
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(ROUNDS):
            if number % ROUNDS_OF_A_DAY == 0:
                if number:
                    evenings.look(day)
                    day += ONE_DAY
                # Opened before anybody acts, so that what is dated a day back is older than the books.
                with transaction.atomic():
                    renew_accounts(account_ids=[account.pk for account in accounts], today=day)
            example_vendor.refusing = rng.random() < 0.15
            drawn = [(name, rng.random() < 0.2) for name in rng.choices(names, weights, k=AT_ONCE)]
            acts = [
                threads.submit(
                    tried, DEEDS[name][1], rng.getrandbits(32), rng.choice(accounts), day - ONE_DAY if late else day
                )
                for name, late in drawn
            ]
            for (name, late), act in zip(drawn, acts, strict=True):
                given = act.result()
                done[name] += given is not None and not isinstance(given, Refused)
                back, tries = back + late, tries + 1
                if name == "give up" and isinstance(given, Order):
                    evenings.take_back(given)
        together = threading.Barrier(AT_ONCE)
        for _ in range(AT_ONCE):
            threads.submit(lambda: (together.wait(), connection.close()))
    example_vendor.refusing = False
    for order in finished(day):
        evenings.take_back(order)
    evenings.look(day)
    assert audit(today=day) == []
    held, charged = evenings.unit_days(), charged_until(day)
    assert {key: (held[key], charged[key]) for key in held | charged if held[key] != charged[key]} == {}
    assert held.total() == charged.total() > 5 * ROUNDS
    assert 0.15 < back / tries < 0.25
    assert all(done[name] >= 2 for name in names), done
    assert Decimal(0) < sum(charge.amount for charge in Charge.objects.filter(status="closed"))
