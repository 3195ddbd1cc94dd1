"""Sixteen threads on one account at one moment, round after round: each thing that was asked for happens once.

Three presses of one order button; an order paid from the balance, by the bank and by card; a card's word told three
times; a stop pressed twice while the units change; a deletion pressed twice; two nights; money of a bank. The books of
every round are reckoned here from what was asked and answered, never from what the audit reads.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from time import monotonic

import pytest
from django.db import connection, connections
from django.db.models import Sum

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.gateways.paying import begin_card_payment, take_word
from billing.models import Charge, GatewayPayment, LedgerEntry, Payment, PaymentGateway
from billing.payments import complete_payment, open_top_up
from core.errors import Refused
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.people.stopping import delete, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import card_gateway, top_up

AT_ONCE = 16
ROUNDS = 1000 if os.environ.get("PROVE") else 4
# A customer's books grow by a month a round; then another customer comes.
ROUNDS_OF_A_CUSTOMER = 40
FIRST = date(2018, 9, 1)
CARD, BANK = Decimal(100), Decimal(7)

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Till:
    """A customer in roubles, a plan of seats at 10.00 a month, and what is known of the money."""

    account: Account
    plan: Plan
    gateway: PaymentGateway
    received: Decimal = Decimal(0)  # by the bank and by card, whatever became of it
    done: Counter[str] = field(default_factory=Counter)

    def card(self, begun: GatewayPayment, day: date) -> str | None:
        """Take the gateway's word, as it sends it."""
        amount = f"{begun.amount:.6f}"
        signed = hashlib.sha256(f"{amount}:{begun.pk}:second".encode()).hexdigest()
        fields = {"OutSum": amount, "InvId": str(begun.pk), "SignatureValue": signed}
        return take_word(gateway=self.gateway, fields=fields, today=day, now=make.noon(day))

    def begun(self, payment: Payment) -> GatewayPayment:
        return begin_card_payment(actor=SYSTEM, payment=payment)


@dataclass
class Round:
    """What stands there the day before, and what everybody does to it on the first of the month."""

    till: Till
    day: date
    runs: Subscription  # is stopped, while its units change and its next month begins
    stopped: Subscription  # is deleted
    waits: Order  # is paid in three ways

    def __post_init__(self) -> None:
        eve = self.day - timedelta(days=1)
        self.payment = Payment.objects.get(order=self.waits)
        self.paid_by_card = self.till.begun(self.payment)
        self.money = open_top_up(actor=SYSTEM, account=self.till.account, amount=CARD, today=eve)
        self.money_by_card = self.till.begun(self.money)
        self.key = f"round {self.day}"

    def deeds(self) -> list[tuple[str, Callable[[], object]]]:
        """Return what sixteen people, gateways and nights do at once."""
        on, who = {"today": self.day}, {"actor": SYSTEM, "today": self.day}
        return [
            *[("order", partial(make.order, account=self.till.account, plan=self.till.plan,
                                idempotency_key=self.key, **on))] * 3,
            ("pay from the balance", partial(pay_order_from_balance, order=self.waits, **who)),
            ("the bank pays", partial(complete_payment, payment=self.payment, **who)),
            ("the card pays", partial(self.till.card, self.paid_by_card, self.day)),
            *[("the card's word", partial(self.till.card, self.money_by_card, self.day))] * 3,
            *[("stop", partial(stop, subscription=self.runs, **who))] * 2,
            ("change", partial(change_quantities, subscription=self.runs, quantities={"seats": 7},
                               now=make.noon(self.day), pay_from_balance=True, **who)),
            ("delete", partial(delete, subscription=self.stopped, **who)),
            *[("night", partial(run_billing_day, **on))] * 2,
            ("top up", partial(top_up, account=self.till.account, amount=str(BANK), **on)),
        ]  # fmt: skip


class Threads:
    """Threads that stay, each with a connection of its own; a round sets out when all of them are there."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.start = threading.Barrier(AT_ONCE)

    def at_once(self, deeds: list[Callable[[], object]]) -> list[object]:
        """Do all at the same moment; return what each gave, or how it was refused."""

        def do(deed: Callable[[], object]) -> object:
            self.start.wait()
            try:
                return deed()
            except Refused as no:
                return no

        assert len(deeds) == AT_ONCE
        return [act.result() for act in [self.pool.submit(do, deed) for deed in deeds]]

    def close(self) -> None:
        """Close every thread's connection."""
        self.at_once([connections.close_all] * AT_ONCE)
        self.pool.shutdown()


@pytest.fixture
def threads(transactional_db: None) -> Iterator[Threads]:
    made = Threads()
    yield made
    made.close()


def deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has ended in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def run_round(one: Round, threads: Threads) -> Order:
    """Carry a round out, and hold what came of it to what was asked; return the order that waits after it."""
    till = one.till
    asked = one.deeds()
    answers: dict[str, list[object]] = {}
    for (name, _deed), given in zip(asked, threads.at_once([deed for _name, deed in asked]), strict=True):
        answers.setdefault(name, []).append(given)
    told = {name: [type(given).__name__ for given in all_given] for name, all_given in answers.items()}
    for name, all_given in answers.items():
        till.done[name] += sum(not isinstance(given, Refused) for given in all_given)
    paid_by_bank = not isinstance(answers["the bank pays"][0], Refused)
    till.received += CARD + BANK + one.payment.amount * (1 + paid_by_bank)
    holds_of_orders(one, answers, told)
    holds_of_money(one, told, paid_by_bank=paid_by_bank)
    return answers["order"][0]


def holds_of_orders(one: Round, answers: dict[str, list[object]], told: dict[str, list[str]]) -> None:
    """Each order is one, runs once, and the subscription is stopped and deleted once."""
    assert len({order.pk for order in answers["order"]}) == 1, told
    assert Order.objects.filter(account=one.till.account, idempotency_key__endswith=one.key).count() == 1
    one.waits.refresh_from_db()
    assert one.waits.status == "completed", told
    live = Charge.objects.filter(subscription=one.waits.subscription, status__in=("blocked", "closed"))
    assert [charge.quantity for charge in live if charge.operate_from <= one.day < charge.operate_to] == [5], told
    assert sum(isinstance(given, Subscription | Order) for given in answers["stop"]) == 1, told
    found = Subscription.objects.in_bulk([one.runs.pk, one.stopped.pk])
    assert (found[one.runs.pk].status, found[one.stopped.pk].status) == ("stopped", "deleted"), told
    assert sum(night.failed_accounts != [] for night in answers["night"]) == 0


def holds_of_money(one: Round, told: dict[str, list[str]], *, paid_by_bank: bool) -> None:
    """What a card told counts once; all that came is on the balance or set aside; the balance is what is left."""
    account = one.till.account
    booked = LedgerEntry.objects.filter(account=account, book="account")
    assert [entry.amount for entry in booked.filter(payment=one.money)] == [CARD], told
    assert booked.filter(payment=one.payment).count() <= 1, told
    assert GatewayPayment.objects.filter(payment__account=account).exclude(state="paid").count() == 0
    mine = Payment.objects.filter(account=account)
    here = mine.filter(status="completed", from_balance=False).aggregate(sum=Sum("amount"))["sum"]
    aside = mine.filter(status="parked").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    assert here + aside == one.till.received, told
    closed = Charge.objects.filter(account=account, status="closed").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    assert funds_of(account).balance == here - closed, told
    one.payment.refresh_from_db()
    assert one.payment.status in ("completed", "parked"), told
    assert audit(today=one.day) == []


def begin(gateway: PaymentGateway, plan: Plan, first: date) -> Round:
    """Return the first round of a new customer, with 500.00, two subscriptions and an order."""
    till = Till(cast.account(reseller=gateway.reseller, currency="RUB"), plan, gateway)
    top_up(account=till.account, amount="500", today=first)
    stopped, runs = (make.subscription(account=till.account, plan=plan, today=first) for _ in range(2))
    stop(actor=SYSTEM, subscription=stopped, today=first)
    till.received = sum(Payment.objects.filter(account=till.account).values_list("amount", flat=True), Decimal(0))
    waits = make.order(account=till.account, plan=plan, today=first)
    return Round(till, month_after(first), runs, stopped, waits)


def leave(one: Round) -> None:
    """Let a customer delete what is left: nights to come have nothing to do for them."""
    for left in (one.runs, one.stopped):
        delete(actor=SYSTEM, subscription=left, today=one.day)


def month_after(day: date) -> date:
    return (day + timedelta(days=32)).replace(day=1)


@pytest.mark.prove
def test_sixteen_at_once_have_one_effect_each(threads: Threads) -> None:
    gateway = card_gateway(reseller=cast.reseller(currency="RUB"))
    plan = make.plan(reseller=gateway.reseller)
    before, began, done = deadlocks(), monotonic(), Counter[str]()
    one = begin(gateway, plan, FIRST)
    for number in range(ROUNDS):
        if number and number % ROUNDS_OF_A_CUSTOMER == 0:
            leave(one)
            one = begin(gateway, plan, one.day)
        ordered = run_round(one, threads)
        done, one.till.done = done + one.till.done, Counter()
        one = Round(one.till, month_after(one.day), one.waits.subscription, one.runs, ordered)
        if (number + 1) % 20 == 0:
            print(f"{number + 1} rounds, {monotonic() - began:.0f} s, done: {dict(done)}", flush=True)
    assert deadlocks() == before
    assert done["order"] == 3 * ROUNDS == done["the card's word"]
    assert done["stop"] == done["delete"] == done["the card pays"] == done["top up"] == ROUNDS
    assert done["night"] == 2 * ROUNDS
