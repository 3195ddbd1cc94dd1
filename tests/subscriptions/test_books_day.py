"""A verb that is dated before the day of the books acts on that day (decision 31): every verb, by one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts import account_terms, registration
from accounts.actors import SYSTEM
from accounts.models import Account
from billing import corrections, guarantees, parking, payments
from billing.audit import audit
from billing.books import day_of
from billing.funds import funds_of
from billing.models import Charge, Correction, GuaranteedPayment, LedgerEntry, Payment, Usage, UsageToCharge
from core.errors import Refused
from notifications.models import Notification
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night import renewals
from subscriptions.people import (
    closing,
    failures,
    limits,
    ordering,
    paying,
    renewal,
    stopping,
    switching,
    turns,
)
from subscriptions.workers import provisioning, usage
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, change, work
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db
BILLING_DAY = date(2018, 9, 1)
BOOKS_DAY = date(2018, 9, 3)


@dataclass(frozen=True)
class World:
    """Acme, whose books are of BOOKS_DAY, with something that each verb can begin with."""

    acme: Account
    plan: Plan
    active: Subscription
    stopped: Subscription
    changed: Subscription
    metered: Subscription
    term: Subscription
    annual: Subscription
    owing: Subscription
    other: Plan
    failed: Subscription
    unpaid: Order
    provided: VendorOperation
    waiting: Payment
    parked: Payment


@pytest.fixture
def world(acme: Account, plan: Plan, backup_plan: Plan, failed: Subscription) -> World:
    top_up(account=acme, amount="2000", today=ORDERED_ON)
    active, stopped = (make.subscription(account=acme, plan=plan, today=ORDERED_ON) for _ in range(2))
    changed = make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)
    metered = make.subscription(account=acme, plan=make.plan(billing_type="payg_internal"), today=ORDERED_ON)
    term = make.subscription(account=acme, plan=make.plan(months=1), today=ORDERED_ON)
    annual = make.subscription(account=acme, plan=make.plan(billing_type="csp_annual", months=12), today=ORDERED_ON)
    afterwards = cast.account(account_class=cast.account_class(payment_model="postpay"))
    owing = make.order(account=afterwards, plan=plan, today=ORDERED_ON).subscription
    work()
    renewals.run_billing_day(today=BILLING_DAY)
    stopping.stop(actor=SYSTEM, subscription=stopped, today=BILLING_DAY)
    changed.refresh_from_db()
    change(changed, 3, BILLING_DAY)
    provided = VendorOperation.objects.get(action="change")
    provided.state = "confirmed"
    provided.save(update_fields=["state"])
    wanted_no_more = make.order(account=acme, plan=plan, today=BILLING_DAY)
    late = Payment.objects.get(order=wanted_no_more)
    ordering.cancel_order(actor=SYSTEM, order=wanted_no_more, today=BILLING_DAY)
    late.refresh_from_db()
    return World(
        metered=metered,
        term=term,
        annual=annual,
        owing=owing,
        other=make.plan(),
        parked=payments.complete_payment(actor=SYSTEM, payment=late, today=BILLING_DAY),
        acme=acme,
        plan=plan,
        active=active,
        stopped=stopped,
        changed=changed,
        failed=failed,
        unpaid=make.order(account=acme, plan=plan, today=BILLING_DAY),
        provided=provided,
        waiting=payments.open_top_up(actor=SYSTEM, account=acme, amount=Decimal(7), today=BOOKS_DAY),
    )


def _carried_to(day: date) -> None:
    with transaction.atomic():
        renewals.renew_accounts(account_ids=list(Account.objects.values_list("pk", flat=True)), today=day)


def _corrected(world: World, day: date, *, approved: bool) -> Correction:
    asked = corrections.ask_correction(
        actor=SYSTEM, account=world.acme, amount=Decimal(3), reason="Goodwill", today=day
    )
    return corrections.approve_correction(actor=SYSTEM, correction=asked, today=day) if approved else asked


def _guaranteed(world: World, day: date) -> GuaranteedPayment:
    until = BOOKS_DAY + timedelta(days=9)
    return guarantees.give_guarantee(
        actor=SYSTEM, account=world.acme, amount=Decimal(3), expires_on=until, reason="Paid", today=day
    )


Deed = Callable[[World, date], Any]
DEEDS: dict[str, Deed] = {
    "ordering.place_order": lambda w, day: make.order(account=w.acme, plan=w.plan, today=day),
    "ordering.cancel_order": lambda w, day: ordering.cancel_order(actor=SYSTEM, order=w.unpaid, today=day),
    "changes.change_quantities": lambda w, day: change(w.active, 4, day),
    "stopping.stop": lambda w, day: stopping.stop(actor=SYSTEM, subscription=w.active, today=day),
    "stopping.activate": lambda w, day: stopping.activate(actor=SYSTEM, subscription=w.stopped, today=day),
    "stopping.delete": lambda w, day: stopping.delete(actor=SYSTEM, subscription=w.active, today=day),
    "closing.close_charges": lambda w, day: closing.close_charges(actor=SYSTEM, subscription=w.annual, today=day),
    "switching.switch_plan": lambda w, day: switching.switch_plan(
        actor=SYSTEM,
        subscription=w.active,
        period=w.other.periods.get(),
        quantities={"seats": 2},
        today=day,
        now=make.noon(day),
    ),
    "turns.set_turns": lambda w, day: turns.set_turns(
        actor=SYSTEM, account=w.acme, places={w.changed.pk: 1}, today=day
    ),
    "limits.limit_subscription": lambda w, day: limits.limit_subscription(
        actor=SYSTEM, subscription=w.owing, limit=Decimal(5), today=day
    ),
    "renewal.renew": lambda w, day: renewal.renew(actor=SYSTEM, subscription=w.term, today=day),
    "renewal.auto_renew": lambda w, day: renewal.auto_renew(actor=SYSTEM, subscription=w.term, on=True, today=day),
    "paying.pay_order_from_balance": lambda w, day: paying.pay_order_from_balance(
        actor=SYSTEM, order=w.unpaid, today=day
    ),
    "paying.carry_out_paid_order": lambda w, day: paying.carry_out_paid_order(actor=SYSTEM, order=w.unpaid, today=day),
    "failures.retry": lambda w, day: failures.retry(
        actor=SYSTEM, subscription=w.failed, today=day, now=make.noon(BOOKS_DAY)
    ),
    "failures.cancel_failed_order": lambda w, day: failures.cancel_failed_order(
        actor=SYSTEM, order=w.failed.orders.get(), today=day
    ),
    "provisioning.conclude": lambda w, day: provisioning.conclude(operation=w.provided, today=day),
    "renewals.renew_accounts": lambda w, day: renewals.renew_accounts(account_ids=[w.acme.pk], today=day),
    "payments.open_top_up": lambda w, day: payments.open_top_up(
        actor=SYSTEM, account=w.acme, amount=Decimal(5), today=day
    ),
    "payments.complete_payment": lambda w, day: payments.complete_payment(actor=SYSTEM, payment=w.waiting, today=day),
    "payments.cancel_payment": lambda w, day: payments.cancel_payment(actor=SYSTEM, payment=w.waiting, today=day),
    "corrections.ask_correction": lambda w, day: _corrected(w, day, approved=False),
    "corrections.approve_correction": lambda w, day: _corrected(w, day, approved=True),
    "guarantees.give_guarantee": _guaranteed,
    "guarantees.revoke_guarantee": lambda w, day: guarantees.revoke_guarantee(
        actor=SYSTEM, guarantee=_guaranteed(w, BOOKS_DAY), today=day
    ),
    "parking.reassign_money": lambda w, day: parking.reassign_money(
        actor=SYSTEM, payment=w.parked, account=w.acme, today=day
    ),
    "parking.return_money": lambda w, day: parking.return_money(actor=SYSTEM, payment=w.parked, today=day),
    "usage.record_usage": lambda w, day: usage.record_usage(
        subscription=w.metered, measured=[usage.Measured("seats", Decimal(9), ORDERED_ON, "9")], today=day
    ),
    "usage.record_usage_of_many": lambda w, day: usage.record_usage_of_many(
        {w.metered.pk: [usage.Measured("seats", Decimal(9), ORDERED_ON, "9")]}, today=day
    ),
    "registration.hold_account": lambda w, day: registration.hold_account(actor=SYSTEM, account=w.acme, today=day),
    "registration.release_account": lambda w, day: registration.release_account(
        actor=SYSTEM, account=registration.hold_account(actor=SYSTEM, account=w.acme, today=BOOKS_DAY), today=day
    ),
    "registration.delete_account": lambda w, day: registration.delete_account(actor=SYSTEM, account=w.acme, today=day),
    "registration.change_account": lambda w, day: registration.change_account(
        actor=SYSTEM, account=w.acme, values={"credit_limit_override": Decimal(3)}, today=day
    ),
    "account_terms.change_account_class": lambda w, day: account_terms.change_account_class(
        actor=SYSTEM,
        account_class=w.acme.account_class,
        values={"credit_limit": Decimal(3), "pay_with_negative_balance": True},
        today=day,
    ),
}
# Refused, or nothing is due here.
LEAVES_NOTHING = {
    "registration.delete_account",
    "renewals.renew_accounts",
    "account_terms.change_account_class",
}


def _books() -> list[Any]:
    """Return all that the verbs write, without the numbers that a roll-back uses up."""
    charges = Charge.objects.order_by("pk").values_list(
        "status", "source", "quantity", "amount", "operate_from", "operate_to", "created_on", "closed_on"
    )
    entries = LedgerEntry.objects.order_by("created_at", "pk").values_list("kind", "book", "amount", "balance", "day")
    orders = Order.objects.order_by("pk").values_list(
        "type", "status", "total", "placed_on", "paid_on", "expires_on", "provisioned_on", "closed_on"
    )
    opened = Payment.objects.order_by("pk").values_list("kind", "status", "amount", "opened_on", "due_on", "closed_on")
    lives = Subscription.objects.order_by("pk").values_list(
        "status",
        "stop_reason",
        "stopped_on",
        "start_date",
        "expiration_date",
        "next_billing_day",
        "due_on",
        "quantity",
        "auto_renew",
        "billing_priority",
        "subscription_credit_limit",
    )
    planned = VendorOperation.objects.order_by("created_at").values_list("action", "state")
    statuses = Account.objects.order_by("pk").values_list("status", "credit_limit_override")
    told = Notification.objects.order_by("pk").values_list("event", flat=True)
    adjusted = Correction.objects.order_by("pk").values_list("status", "amount", "opened_on", "closed_on")
    given = GuaranteedPayment.objects.order_by("pk").values_list("status", "amount", "opened_on", "revoked_on")
    used = Usage.objects.order_by("pk").values_list("key", "quantity", "day", "counted_to")
    uncharged = UsageToCharge.objects.order_by("pk").values_list("day", flat=True)
    all_rows = (charges, entries, orders, opened, lives, planned, statuses, told, used, uncharged, adjusted, given)
    return [list(rows) for rows in all_rows]


class _Undone(Exception):
    """Rolls a deed back."""


def _outcome(deed: Deed, world: World, day: date) -> object:
    """Return what the deed leaves in the books, or its refusal; nothing of it stays."""
    left: object = None
    try:
        with transaction.atomic():
            deed(world, day)
            left = _books()
            raise _Undone
    except _Undone:
        return left
    except Refused as no:
        return no.code, str(no)


def test_a_deed_dated_back_is_one_of_the_books_day(world: World) -> None:
    _carried_to(BOOKS_DAY)
    before = _books()
    for name, deed in DEEDS.items():
        expected = _outcome(deed, world, BOOKS_DAY)
        for days_back in (1, 2, 31):
            assert _outcome(deed, world, BOOKS_DAY - timedelta(days=days_back)) == expected, (name, days_back)
        assert name in LEAVES_NOTHING or (isinstance(expected, list) and expected != before), (name, expected)


def test_lowered_by_a_request_from_before_the_billing_day(acme: Account, plan: Plan) -> None:
    """Renewed on 1 September and lowered 5 → 4 by a request of 31 August: it holds 4 and pays for 4."""
    top_up(account=acme, amount="100", today=ORDERED_ON)
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    renewals.run_billing_day(today=BILLING_DAY)
    seats.refresh_from_db()
    change(seats, 4, BILLING_DAY - timedelta(days=1))
    assert funds_of(acme).blocked == Decimal("40.00")
    renewals.run_billing_day(today=date(2018, 10, 1))
    closed = Charge.objects.filter(status="closed", operate_from=BILLING_DAY)
    assert sum(charge.amount for charge in closed) == Decimal("40.00")
    assert audit(today=date(2018, 10, 1)) == []


def test_a_night_that_began_before_midnight_goes_no_day_back(acme: Account, plan: Plan) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    renewals.run_billing_day(today=BILLING_DAY)
    with transaction.atomic():
        renewals.renew_accounts(account_ids=[acme.pk], today=date(2018, 8, 31))
    assert day_of(acme.pk, date(2018, 8, 31)) == BILLING_DAY


@pytest.mark.parametrize(("days", "cancelled_on"), [(0, 21), (1, 21), (2, 22)])
def test_an_order_can_be_paid_to_the_end_of_its_day(days: int, cancelled_on: int, plan: Plan) -> None:
    """Clarification 6: 0 days is the end of the day of the order."""
    account = cast.account(account_class=cast.account_class(cancel_unpaid_order_in=days))
    make.order(account=account, plan=plan, today=ORDERED_ON)
    renewals.run_billing_day(today=date(2018, 8, cancelled_on - 1))
    assert Order.objects.get().status == "waiting_for_payment"
    renewals.run_billing_day(today=date(2018, 8, cancelled_on))
    assert Order.objects.get().status == "cancelled"
