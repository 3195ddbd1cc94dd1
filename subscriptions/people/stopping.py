"""Stopping a subscription, activating it again, deleting it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.charging import record
from billing.engine.lines import Changes
from billing.engine.rules import Deed
from billing.funds import funds_of
from core.errors import Refused, Remedy
from subscriptions.contract.cancelling import cancel_waiting, is_waiting
from subscriptions.contract.confirming import refuse_activation
from subscriptions.contract.due import schedule
from subscriptions.contract.handover import (
    ACTIVATE,
    DELETE,
    STOP,
    WORK_FAILED,
    Work,
    give_up_arranged,
    hand_over,
    waiting_operation,
)
from subscriptions.contract.held import activated_lines
from subscriptions.contract.telling import done_at_once
from subscriptions.contract.terms import Contract
from subscriptions.models import StopReason, Subscription, SubscriptionStatus
from subscriptions.night.holds import MAY_ACTIVATE, RUNNING, hold_as_the_balance_says
from subscriptions.night.rendered import unpaid_behind
from subscriptions.people.arranging import set_end
from subscriptions.people.opening import open_contract, refuse_held, require_status, save_state
from subscriptions.people.paying import FundsShort
from subscriptions.people.supported import refuse_unsupported
from subscriptions.people.type_says import refuse_by_type
from subscriptions.people.undoing import give_up_failed, give_up_sale, has_failed
from subscriptions.tasks import hand_to_worker
from subscriptions.workers.counting import count_units_of
from vendors.commitments import AtEnd

# What failed at the vendor on the way there may be left by the opposite way.
MAY_STOP = RUNNING | {SubscriptionStatus.ACTIVATING_FAILED}
# What nobody has paid for, or no vendor has provided, binds nobody.
NEVER_BEGUN = {
    SubscriptionStatus.ORDERED,
    SubscriptionStatus.INSTALLING,
    SubscriptionStatus.INSTALLATION_FAILED,
}
# What is gone at the vendor fails for ever: the way out, deleting, stands open from every failed state.
MAY_DELETE = MAY_STOP | MAY_ACTIVATE | {SubscriptionStatus.ORDERED, SubscriptionStatus.BLOCKED, *WORK_FAILED}


class PaymentHasExpired(Refused):
    """What is Blocked for an expired payment is activated by paying it."""

    code = "payment_has_expired"


class PeriodIsOver(Refused):
    """A subscription whose period has ended is not activated again."""

    code = "period_is_over"


@transaction.atomic
def stop(*, actor: Actor, subscription: Subscription, today: date, comment: str = "") -> Subscription:
    """Stop a running subscription: the days used are written off, the rest of the period is released.

    The day itself is not charged. An order that waits for its payment is cancelled. Raises Forbidden, NotInThisStatus;
    AccountOnHold to a customer.
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.stop", today=today)
    may_stop(actor, contract, today)
    _cancel_waiting(contract, today)
    contract.subscription.stop_reason = StopReason.MANUAL
    contract.subscription.stop_comment = comment
    contract.subscription.stopped_on = today
    if contract.subscription.status == SubscriptionStatus.ACTIVATING_FAILED:
        changes = contract.rules.withdraw_activation(contract.lines, activated_lines(contract), today)
    else:
        changes = contract.rules.stop(contract.terms, contract.lines, today)
    return _carry_out(contract, changes, STOP, today, actor)


def may_stop(actor: Actor, contract: Contract, today: date) -> None:
    """Raise NotInThisStatus, to a customer AccountOnHold, where the subscription cannot be stopped now."""
    if actor.is_customer:
        refuse_held(contract.subscription.account, today)
    require_status(contract, MAY_STOP, _("Only an active subscription can be stopped."))
    refuse_by_type(contract, Deed.STOP)
    refuse_unsupported(contract.subscription, "suspend")


@transaction.atomic
def activate(*, actor: Actor, subscription: Subscription, today: date) -> Subscription:
    """Activate a stopped subscription: the days from today to the billing day are reserved.

    Raises Forbidden, NotInThisStatus, PeriodIsOver, AccountOnHold; FundsShort with the missing amount (decision 11).
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.activate", today=today)
    changes, row = may_activate(contract, today), contract.subscription
    if contract.arranged is not None and row.lowers_on is not None and row.lowers_on <= today:
        give_up_arranged(contract, contract.arranged, today)  # the vendor's term has ended while it was stopped
    row.stop_reason = row.stop_comment = ""
    row.stopped_on = None
    return _carry_out(contract, changes, ACTIVATE, today, actor)


def may_activate(contract: Contract, today: date) -> Changes:
    """Return what activating would make of the charges.

    Raises NotInThisStatus, PeriodIsOver, AccountOnHold, FundsShort where it cannot be done now; in postpay also
    PaymentHasExpired, OverCreditLimit.
    """
    require_status(
        contract, MAY_ACTIVATE | {SubscriptionStatus.BLOCKED}, _("Only a stopped subscription can be activated.")
    )
    refuse_by_type(contract, Deed.ACTIVATE)
    row = contract.subscription
    if row.expiration_date is not None and row.expiration_date <= today:
        raise PeriodIsOver(
            _("The period of the subscription is over. Order a new one."), remedy=Remedy("new_order", row.account_id)
        )
    refuse_held(row.account, today)
    if row.status == SubscriptionStatus.BLOCKED:
        _refuse_unpaid(row)
    changes = contract.rules.activate(contract.terms, contract.lines, contract.chargeable, today)
    if contract.postpay:
        refuse_activation(contract, changes, today)
        return changes
    missing = changes.missing(funds_of(row.account).available)
    if missing:
        raise FundsShort(missing, row.account)
    return changes


def _refuse_unpaid(row: Subscription) -> None:
    payment = unpaid_behind(row).order_by("pk").first()
    if payment is not None:
        raise PaymentHasExpired(
            _("Payment %(payment)s has expired. Pay it: the subscription is active again once it has come.")
            % {"payment": payment.number},
            remedy=Remedy("payment", payment.pk),
        )


@transaction.atomic
def delete(*, actor: Actor, subscription: Subscription, today: date, ends_on: date | None = None) -> Subscription:
    """Delete a subscription for good: the days used are written off, all else is released (decision 20).

    An order that waits for its payment is cancelled; one that failed is given up first, its money stays on the balance.
    `ends_on` is the first day after a vendor's term that gives nothing back (`ask_vendor_of_deletion`): its night
    deletes it. Raises Forbidden, NotInThisStatus; AccountOnHold to a customer, for what was paid before.
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.delete", today=today)
    may_delete(actor, contract, today)
    if ends_on is not None and ends_on > today and contract.subscription.status == SubscriptionStatus.ACTIVE:
        set_end(contract, AtEnd.ENDS, ends_on, today, actor)
        return contract.subscription
    if waiting_operation(contract.subscription) is not None:
        return _overtaken(contract, today, actor)
    if count_units_of(contract.subscription, today=today):  # nothing more can be told afterwards
        contract, today = open_contract(
            actor=actor, subscription=subscription, right="subscriptions.delete", today=today
        )
    never_paid = contract.subscription.status == SubscriptionStatus.ORDERED
    _cancel_waiting(contract, today)
    if contract.waiting is not None and has_failed(contract.waiting):
        give_up_failed(contract, contract.waiting, today)
        contract, today = open_contract(
            actor=actor, subscription=subscription, right="subscriptions.delete", today=today
        )
        if contract.subscription.status == SubscriptionStatus.DELETED:
            return contract.subscription
        # A stop that was decided meanwhile is on its way: the deletion comes after it.
        may = MAY_DELETE | {SubscriptionStatus.STOPPING}
        require_status(contract, may, _("There is nothing left to delete."))
    if never_paid:
        contract.subscription.status = SubscriptionStatus.DELETED
        schedule(contract.subscription, None, today, status=SubscriptionStatus.DELETED)
        save_state(contract, today)
        done_at_once(contract.subscription, DELETE.action, asked_by=actor.person)
        return contract.subscription
    failed = contract.subscription.status == SubscriptionStatus.ACTIVATING_FAILED
    unprovided = activated_lines(contract) if failed else []
    changes = contract.rules.delete(contract.terms, contract.lines, today, unprovided=unprovided)
    return _carry_out(contract, changes, DELETE, today, actor)


def may_delete(actor: Actor, contract: Contract, today: date) -> None:
    """Raise NotInThisStatus where there is nothing to delete; to a customer AccountOnHold for what was paid before."""
    if actor.is_customer and contract.subscription.status != SubscriptionStatus.ORDERED:
        refuse_held(contract.subscription.account, today)
    if waiting_operation(contract.subscription) is None:
        require_status(contract, MAY_DELETE, _("There is nothing left to delete."))
    if contract.subscription.status not in NEVER_BEGUN:
        refuse_by_type(contract, Deed.DELETE)


def _cancel_waiting(contract: Contract, today: date) -> None:
    order = contract.waiting
    if order is not None and is_waiting(order):
        cancel_waiting(contract, order, today)


def _overtaken(contract: Contract, today: date, actor: Actor) -> Subscription:
    """Give up a sale for which the vendor waits for somebody; what it has begun there is ended (decision 45)."""
    row = contract.subscription
    operation = hand_over(contract, DELETE, day=today, asked_by=actor.person)
    there = (row.status, row.awaited_operation)
    if contract.waiting is not None:
        give_up_sale(contract, contract.waiting, today)
    row.status, row.awaited_operation = there
    save_state(contract, today)
    hold_as_the_balance_says(row.account, today)
    if operation is not None:
        hand_to_worker(operation.pk)
    return row


def _carry_out(contract: Contract, changes: Changes, work: Work, today: date, actor: Actor) -> Subscription:
    record([contract.booking(changes, today)])
    operation = hand_over(contract, work, day=today, asked_by=actor.person)
    save_state(contract, today)
    if operation is not None:
        hand_to_worker(operation.pk)
    else:
        done_at_once(contract.subscription, work.action, asked_by=actor.person)
    hold_as_the_balance_says(contract.subscription.account, today)
    return contract.subscription
