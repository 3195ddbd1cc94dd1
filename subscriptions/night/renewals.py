"""The billing day: what the night closes, renews, stops, ends and deletes, for many accounts at once.

Every account is brought up to date day by day, in the order of the days, so that a night run late gives the books of a
night run in time (decision 14). A day that is carried out leaves nothing due on it: running it again changes nothing.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Account
from billing import guarantees
from billing.books import open_days
from billing.charging import record
from billing.engine.lines import Changes
from billing.engine.rules import Keeps
from billing.funds import funds_of_many, lock_accounts
from billing.invoicing import make_invoices
from billing.tax_book import tax_asked
from core.among import Among
from core.prepared import Asked, Prepared
from subscriptions.contract import renewing
from subscriptions.contract.ahead import order_ahead
from subscriptions.contract.cancelling import close_orders, give_up, is_unpaid, is_waiting
from subscriptions.contract.confirming import OverCreditLimit, limit_of
from subscriptions.contract.due import (
    grace_ends,
    next_term_on,
    renew_point,
    renews_itself,
    schedule,
    stop_period_over,
)
from subscriptions.contract.effect import hand_over_scheduled
from subscriptions.contract.handover import DELETE, STOP, save_states
from subscriptions.contract.terms import UNDER_CHANGE, Contract, contracts_among, in_turn
from subscriptions.models import OrderStatus, OrderType, StopReason, Subscription, SubscriptionStatus
from subscriptions.night.ahead import DUE_STATUSES, accounts_waiting, ahead_of
from subscriptions.night.holds import settle_holds, unsettled_days
from subscriptions.night.ledge import Ledge
from subscriptions.night.rendered import block, look_at_accounts
from subscriptions.night.used import charge_used, to_charge

logger = logging.getLogger(__name__)

BATCH = 500
# What does not run, and is deleted when its stop period is over.
AT_REST = (SubscriptionStatus.STOPPED, SubscriptionStatus.BLOCKED)
_RUNS = (SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED)


@dataclass
class Night:
    """What a run of the billing day did."""

    accounts: int = 0
    subscriptions: int = 0
    failed_accounts: list[int] = field(default_factory=list)
    through: bool = True  # False: time was up before all accounts were carried out


def run_billing_day(*, today: date, batch_size: int = BATCH, go_on: Callable[[], bool] = lambda: True) -> Night:
    """Bring every account up to `today`, batch by batch, each in its own transaction.

    May be killed at any moment and run again, and may run beside itself and beside people: accounts that somebody else
    holds are left to the end. An account that cannot be carried out is reported, and does not hold up the others.
    `go_on` is asked between batches; where it says no, the run ends there and says that it is not through.
    """
    night = Night()
    for wait in (False, True):
        last = 0
        waiting = accounts_waiting(today)
        while batch := _run_batch(night, waiting.filter(pk__gt=last), today, batch_size, wait=wait):
            last = batch[-1]
            if not go_on():
                night.through = False
                return night
    return night


def _run_batch(night: Night, due: QuerySet[Account], today: date, size: int, *, wait: bool) -> list[int]:
    """Carry out the first accounts of `due` in one transaction; return their ids, in order."""
    ids: list[int] = []
    waiting = due.exclude(pk__in=night.failed_accounts).order_by("pk")
    try:
        with transaction.atomic():
            locked = waiting.select_for_update(no_key=True, skip_locked=not wait)
            ids = list(locked.values_list("pk", flat=True)[:size])
            done = renew_accounts(account_ids=ids, today=today).steps if ids else 0
    except Exception:
        if not ids:
            raise
        logger.exception("the billing day failed for %s accounts, from %s on", len(ids), ids[0])
        if len(ids) == 1:
            night.failed_accounts += ids
        else:
            for account_id in ids:
                _run_batch(night, due.filter(pk=account_id), today, 1, wait=True)
        return ids
    night.accounts += len(ids)
    night.subscriptions += done
    return ids


@dataclass(frozen=True)
class Renewed:
    """Accounts that are locked and brought up to date: as they now stand, the day to act on of each, steps it took."""

    accounts: dict[int, Account]
    days: dict[int, date]
    steps: int
    asked: dict[int, Decimal]  # what each subscription needed to go on, whether it had it or not


def renew_accounts(*, account_ids: Collection[int], today: date, more_is_told: bool = False) -> Renewed:
    """Lock the accounts and carry out all that is due on them up to and with `today`; return how they then stand.

    Where the books of an account are of a later day already, up to that day: it is not gone back (decision 31).
    Holds come in the order of the days too, after what else is due on a day. A fixed number of statements for each day,
    however many accounts and subscriptions; what is stopped or deleted at its vendor, and an account that enters or
    leaves a hold, takes a few more. `more_is_told`: what was used on the day itself is charged later, all at once.
    """
    accounts = {account.pk: account for account in lock_accounts(account_ids)}
    days = open_days(accounts, today)
    steps, asked = 0, dict[int, Decimal]()
    for day in sorted(set(days.values())):
        of_day = {pk: account for pk, account in accounts.items() if days[pk] == day}
        steps += _renew_up_to(of_day, day, asked, used_up_to=day - timedelta(days=more_is_told))
    return Renewed(accounts, days, steps, asked)


def _renew_up_to(accounts: Mapping[int, Account], today: date, asked: dict[int, Decimal], *, used_up_to: date) -> int:
    steps = 0
    among = Among("account", accounts)
    while True:
        ahead = ahead_of(accounts.values(), today, used_up_to=used_up_to)
        holds = unsettled_days(accounts.values(), today, ahead.left_over)
        day = min(filter(None, (*ahead.days, *holds.values())), default=None)
        if day is None:
            return steps
        if day == ahead.paid_on:
            steps += look_at_accounts(accounts, day)
        # A credit that expires, what the night closes, and the tax on it may take a balance below its limit.
        concerned = guarantees.expire(accounts, day) if day == ahead.over_on else set()
        if day == ahead.used_on:
            charge_used(accounts, to_charge(day).filter(among, day=day), day)
        stepped = []
        if day == ahead.due_on:
            stepped = _carry_out_day(accounts, _DUE(accounts=list(accounts), day=day), day, asked)
        if day == ahead.invoiced_on:
            concerned |= make_invoices(accounts, day)
        concerned |= {*stepped, *(pk for pk, begins in holds.items() if begins == day)}
        moved = settle_holds([accounts[pk] for pk in sorted(concerned)], day, left_over=day == today)
        steps += len(stepped) + moved


_DUE = Prepared(
    lambda: in_turn(
        Subscription.objects.filter(Among("account", Asked("accounts")), due_on=Asked("day"), status__in=DUE_STATUSES)
    )
)


def _carry_out_day(
    accounts: Mapping[int, Account], due: list[Subscription], day: date, asked: dict[int, Decimal]
) -> list[int]:
    """Carry out one day for the subscriptions due on it, noting what each needs; return their accounts' ids."""
    contracts = contracts_among(accounts, due, night_of=day)
    funds = funds_of_many([accounts[pk] for pk in {contract.subscription.account_id for contract in contracts}])
    ledges = {account_id: Ledge(of_account.available, asked=asked) for account_id, of_account in funds.items()}
    closings = []
    for contract in contracts:
        hand_over_scheduled(contract, day)
        closings.append(contract.booking(closing_of(contract, day), day))
    for contract in contracts:
        step(contract, ledges[contract.subscription.account_id], day)
    steps = [booking for ledge in ledges.values() for booking in ledge.bookings]
    record([booking for booking in (*closings, *steps) if booking.changes])
    close_orders(order_ids=[pk for ledge in ledges.values() for pk in ledge.cancelled_orders], day=day)
    save_states(contracts, day)
    return [contract.subscription.account_id for contract in contracts]


def closing_of(contract: Contract, day: date) -> Changes:
    """Return what the night of `day` closes; from then on the contract is without it."""
    changes = contract.rules.close_period(contract.terms, contract.provided_lines, day)
    contract.lines = _without_moved(contract, changes)
    return changes


def coming_of(contract: Contract, day: date) -> Changes:
    """Return what the night of the billing day `day` reserves for the period that begins; what ends is closed."""
    return contract.rules.next_period(contract.terms, contract.chargeable, contract.provided_lines, day)


def step(contract: Contract, ledge: Ledge, day: date) -> None:
    """Take one subscription through the night of `day`, after all closings of its account."""
    subscription = contract.subscription
    # What the vendor is changing runs on meanwhile with the units it has.
    changing = subscription.status in UNDER_CHANGE
    status = SubscriptionStatus.ACTIVE if changing else SubscriptionStatus(subscription.status)
    expires = subscription.expiration_date
    if is_unpaid(contract.waiting) and contract.waiting.expires_on is not None and contract.waiting.expires_on <= day:
        _give_up(contract, ledge, day)
        if status == SubscriptionStatus.ORDERED:
            return
    if _ended_at_vendor(subscription, day):
        _delete(contract, ledge, day)
    elif status == SubscriptionStatus.ACTIVE and expires is not None and day >= expires:
        _expire(contract, ledge, day, expires)
    elif status == SubscriptionStatus.ACTIVE and day == subscription.next_billing_day:
        _renew(contract, ledge, day)
    elif status == SubscriptionStatus.GRACED and expires is not None and day >= grace_ends(subscription, expires):
        _stop_at_the_end(contract, ledge, day)
    elif status in AT_REST and stop_period_over(subscription, day):
        _delete(contract, ledge, day)
    elif status == SubscriptionStatus.DELETED:
        subscription.due_on = None  # its last charges are closed
    else:
        if status == SubscriptionStatus.STOPPED and contract.rules.keeps is Keeps.WHOLE_TERM:
            _runs_on(contract, ledge, day)
        schedule(subscription, contract.waiting, day, status=status)
    if subscription.status == SubscriptionStatus.ACTIVE and day == renew_point(subscription):
        if next_term_on(subscription, day) is not None:
            return  # it is renewed already
        _order_renewal(contract, ledge, day)


def _ended_at_vendor(row: Subscription, day: date) -> bool:
    """Return whether it was ended at its vendor for this day or one before; what the vendor changes waits for that."""
    return row.ends_on is not None and row.ends_on <= day and row.status in (*AT_REST, *_RUNS)


def _runs_on(contract: Contract, ledge: Ledge, day: date) -> None:
    """Charge what begins on `day` of a term that was bought and runs on while it is stopped, whatever is available."""
    coming = coming_of(contract, day)
    ledge.available -= coming.reserves
    ledge.bookings.append(contract.booking(coming, day))


def _renew(contract: Contract, ledge: Ledge, day: date) -> None:
    """Block the coming period, or stop the subscription where less is available than it costs."""
    coming = coming_of(contract, day)
    ledge.asked[contract.subscription.pk] = coming.reserves
    if contract.postpay:
        limit = limit_of(contract.subscription)
        if limit is not None and coming.reserves > limit and contract.rules.needs_funds:
            _give_up(contract, ledge, day)
            block(contract, StopReason.CREDIT_LIMIT, day, ledge.hands)
            return
    if contract.postpay or not contract.rules.needs_funds or ledge.covers(coming.reserves, contract):
        ledge.available -= coming.reserves
        ledge.bookings.append(contract.booking(coming, day))
        schedule(contract.subscription, contract.waiting, day, status=SubscriptionStatus.ACTIVE)
        return
    _give_up(contract, ledge, day)
    _stop(contract, ledge, StopReason.FUNDS_SHORT, day)
    ledge.hands.stopped_for_funds(contract, day, coming.reserves, ledge.available)


def _expire(contract: Contract, ledge: Ledge, day: date, expires: date) -> None:
    """End the term of a subscription, or begin another; without one it works on for the days of grace."""
    subscription = contract.subscription
    if contract.renewal is None:
        _give_up(contract, ledge, day)
    ledge.bookings.append(contract.booking(contract.rules.end(contract.terms, contract.provided_lines, day), day))
    changed_meanwhile = subscription.status in UNDER_CHANGE
    if not changed_meanwhile and _goes_on(contract, ledge, day):
        return
    if day < grace_ends(subscription, expires) and not changed_meanwhile:
        subscription.status = SubscriptionStatus.GRACED
        schedule(subscription, contract.waiting, day, status=SubscriptionStatus.GRACED)
    else:
        _stop_at_the_end(contract, ledge, day)


def _goes_on(contract: Contract, ledge: Ledge, day: date) -> bool:
    """Begin another term where one was paid for, or the subscription renews itself and the funds suffice (5.1).

    What they do not suffice for waits to be paid.
    """
    order = contract.renewal
    if order is not None and order.status == OrderStatus.WAITING_FOR_PROVISIONING:
        ledge.bookings.append(contract.booking(renewing.paid(contract, day), day, order))
        ledge.hands.carry_out(contract, order, day)
        return True
    if not renews_itself(contract.subscription):
        return False
    placed, tax = Changes(), tax_asked(order)
    if order is None:
        ledge.hands.cancel(ledge.cancelled_orders, day)  # of one subscription, one order is open
        order, placed = ledge.hands.place(contract, day)
    changes = renewing.paid(contract, day)
    if not _covered(contract, changes.reserves + tax, changes, ledge, day):
        ledge.bookings.append(contract.booking(placed, day, order))
        if placed and not contract.postpay:
            ledge.hands.ask(contract, order)
        return False
    ledge.available -= changes.reserves + tax
    ledge.bookings.append(contract.booking(renewing.folded(placed, changes) if placed else changes, day, order))
    ledge.hands.paid(order, day, from_balance=True)
    ledge.hands.carry_out(contract, order, day)
    return True


def _covered(contract: Contract, asked: Decimal, changes: Changes, ledge: Ledge, day: date) -> bool:
    """Return whether the funds suffice for what another term asks, or in postpay the credit limit."""
    ledge.asked[contract.subscription.pk] = asked
    if not contract.postpay:
        return not asked or ledge.covers(asked, contract)
    try:
        renewing.refuse_over_limit(contract, changes, day)
    except OverCreditLimit:
        return False
    return True


def _order_renewal(contract: Contract, ledge: Ledge, day: date) -> None:
    """Order the renewal of a subscription that renews itself, so many days ahead of its end; it waits for its payment.

    Not while another order waits: the night in which it ends looks again.
    """
    if contract.waiting is not None:
        return
    ledge.hands.cancel(ledge.cancelled_orders, day)
    order, placed = order_ahead(contract, day, ledge.hands)
    ledge.bookings.append(contract.booking(placed, day, order))


def _stop_at_the_end(contract: Contract, ledge: Ledge, day: date) -> None:
    """Stop what has ended, or delete it where the terms keep it no day more; a renewal goes on waiting to be paid."""
    if stop_period_over(contract.subscription, day) and contract.subscription.status not in UNDER_CHANGE:
        _delete(contract, ledge, day)
    else:
        _stop(contract, ledge, StopReason.EXPIRED, day)


def _delete(contract: Contract, ledge: Ledge, day: date) -> None:
    _give_up(contract, ledge, day)
    ledge.bookings.append(contract.booking(contract.rules.delete(contract.terms, contract.lines, day), day))
    ledge.hands.hand_over(contract, DELETE, day)


def _stop(contract: Contract, ledge: Ledge, reason: StopReason, day: date) -> None:
    subscription = contract.subscription
    subscription.stop_reason = reason
    subscription.stop_comment = ""
    subscription.stopped_on = day
    if subscription.status in UNDER_CHANGE:
        # The vendor's word comes first: it is stopped, or Graced, once the change has ended there.
        subscription.due_on = subscription.next_billing_day = None
    else:
        ledge.hands.hand_over(contract, STOP, day)


def _give_up(contract: Contract, ledge: Ledge, day: date) -> None:
    """Cancel the order that nobody paid; a sale takes its subscription with it."""
    order = contract.waiting
    if order is None or not is_waiting(order):
        return
    changes = give_up(contract)
    if any(move.line.row is None for move in changes.move):
        # It was ordered in this night: none of its lines is in the books yet.
        ledge.bookings = [booking for booking in ledge.bookings if booking.order_id != order.pk]
    else:
        ledge.bookings.append(contract.booking(changes, day, order))
    ledge.cancelled_orders.append(order.pk)
    if order.type == OrderType.SALES:
        contract.subscription.status = SubscriptionStatus.DELETED
        schedule(contract.subscription, None, day, status=SubscriptionStatus.DELETED)


def _without_moved(contract: Contract, changes: Changes) -> list:
    moved = {move.line.row for move in changes.move}
    return [line for line in contract.lines if line.row not in moved]
