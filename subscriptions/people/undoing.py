"""A failed order is given up: everything is as it was before it was paid, and the money stays on the balance."""

from datetime import date, timedelta

from billing import tax_book
from billing.charging import line_of, record, resource_key, take_all_back
from billing.engine.lines import FEES, Changes, fresh_block
from billing.engine.periods import next_billing_day
from billing.models import Charge, ChargeStatus
from subscriptions.contract.cancelling import give_up
from subscriptions.contract.due import grace_ends, schedule
from subscriptions.contract.handover import STOP, hand_over, stop_as_decided
from subscriptions.contract.held import note_units
from subscriptions.contract.terms import Contract
from subscriptions.models import (
    Order,
    OrderItem,
    OrderStatus,
    OrderType,
    StopReason,
    SubscriptionStatus,
    TakesEffect,
)
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.opening import save_state


def has_failed(order: Order | None) -> bool:
    """Return whether there is an order and the vendor refused it."""
    return order is not None and order.status == OrderStatus.PROVISIONING_FAILED


def give_up_failed(contract: Contract, order: Order, today: date) -> None:
    """Cancel the failed order: what it reserved is released, what it gave back is reserved again.

    A sale takes its subscription with it; after a change the subscription runs on with the units it had.
    """
    row = contract.subscription
    row.awaited_operation = ""
    if order.type == OrderType.SALES:
        _release_sale(contract, order, today)
    elif order.type == OrderType.RENEWAL:
        _undo_renewal(contract, order, today)
    elif order.type == OrderType.SWITCH:
        _undo_switch(contract, order, today)
    else:
        _undo_change(contract, order, today)
    tax_book.given_back(order.pk, today)
    order.status = OrderStatus.CANCELLED
    order.closed_on = today
    order.save(update_fields=["status", "closed_on"])
    save_state(contract, today)
    # What the night did not touch while the vendor had the word is caught up now.
    renew_accounts(account_ids=[row.account_id], today=today)


def give_up_sale(contract: Contract, order: Order, today: date) -> None:
    """Cancel a sale of which nothing is provided yet: what it reserved is released, the money stays on the balance."""
    _release_sale(contract, order, today)
    tax_book.given_back(order.pk, today)
    order.status, order.closed_on = OrderStatus.CANCELLED, today
    order.save(update_fields=["status", "closed_on"])
    contract.waiting = None


def _release_sale(contract: Contract, order: Order, today: date) -> None:
    """Delete all charges of a sale, and take back what was written off at once: no day of it was served."""
    record([contract.booking(contract.rules.withdraw_order(contract.lines), today, order)])
    take_all_back(Charge.objects.filter(order=order, status=ChargeStatus.CLOSED).order_by("pk"), day=today)
    contract.subscription.status = SubscriptionStatus.DELETED
    contract.subscription.quantity = 0
    for resource in contract.resources.values():
        resource.quantity = 0
        resource.save(update_fields=["quantity"])
    schedule(contract.subscription, None, today, status=SubscriptionStatus.DELETED)


def _undo_renewal(contract: Contract, order: Order, today: date) -> None:
    """Release what a renewal reserved: no term has begun, and the subscription stands where its end has left it."""
    row = contract.subscription
    record([contract.booking(give_up(contract), today, order)])
    expires = row.expiration_date
    if row.stopped_on is not None:
        row.status = SubscriptionStatus.STOPPED
    elif expires is not None and today < grace_ends(row, expires):
        row.status = SubscriptionStatus.GRACED
    else:
        row.stop_reason, row.stop_comment, row.stopped_on = StopReason.EXPIRED, "", today
        hand_over(contract, STOP, day=today)
        return
    schedule(row, None, today, status=SubscriptionStatus(row.status))


def _undo_switch(contract: Contract, order: Order, today: date) -> None:
    """Release what a switch reserved: the plan before it has served all the time, and was charged."""
    record([contract.booking(contract.rules.withdraw_order(contract.lines_of_switch), today, order)])
    take_all_back(Charge.objects.filter(order=order, status=ChargeStatus.CLOSED).order_by("pk"), day=today)
    if contract.stop_decided:
        stop_as_decided(contract, today)
    else:
        contract.subscription.status = SubscriptionStatus.ACTIVE


def _undo_change(contract: Contract, order: Order, today: date) -> None:
    """Put charges and units back where they were before a change.

    Nothing of a raise was provided, so nothing of it is charged. Units of a lowering were there all the time: they are
    charged for every day again, those of billing days that have passed since among them.
    """
    if _is_arranging(contract, order):
        _forget_arranging(contract, today)
        return
    items = list(order.items.order_by("pk"))
    changes = contract.rules.withdraw_raise(contract.terms, contract.lines, contract.lines_of_raise)
    for item in items:
        # What the vendor was to lower on the next day was there all the time, and charged.
        if item.quantity_after < item.quantity_before and order.takes_effect != TakesEffect.NEXT_DAY:
            changes += _give_back_lowering(contract, order, item, today)
    record([contract.booking(changes, today, order)])
    fees = Charge.objects.filter(order=order, status=ChargeStatus.CLOSED, type__in=FEES)
    take_all_back(fees.order_by("pk"), day=today)  # of units that nobody has provided
    for item in items:
        resource = contract.resources[str(item.subscription_resource_id)]
        resource.quantity = item.quantity_before
        resource.save(update_fields=["quantity"])
    contract.sum_up()
    contract.awaited = {}
    _note_as_before(contract, order)
    if contract.stop_decided:
        stop_as_decided(contract, today)
    else:
        contract.subscription.status = SubscriptionStatus.ACTIVE


def _is_arranging(contract: Contract, order: Order) -> bool:
    """Return whether the vendor was only to take the change for its next term: nothing is in the books yet."""
    return order.takes_effect == TakesEffect.END_OF_TERM and contract.subscription.lowers_on is not None


def _forget_arranging(contract: Contract, today: date) -> None:
    """Let the subscription go on with the units it has, or stop where that was decided meanwhile."""
    contract.subscription.lowers_on = None
    contract.subscription.save(update_fields=["lowers_on"])
    if contract.stop_decided:
        stop_as_decided(contract, today)
    else:
        contract.subscription.status = SubscriptionStatus.ACTIVE


def _note_as_before(contract: Contract, order: Order) -> None:
    """Write down the units in service as if the change had never been: from its day, and none from a stop since."""
    row = contract.subscription
    decided, row.stop_reason = row.stop_reason, ""
    note_units([contract], order.lowered_from)
    row.stop_reason = decided
    if contract.stop_decided and row.stopped_on is not None:
        note_units([contract], row.stopped_on)


def _give_back_lowering(contract: Contract, order: Order, item: OrderItem, today: date) -> Changes:
    """Return the units that a lowering gave back, in lines of their own, at the amounts that were to be refunded."""
    lowered_on = order.lowered_from
    ended = lowered_on - timedelta(days=1)
    on_billing_day = next_billing_day(ended, contract.subscription.billing_day) == lowered_on
    if order.takes_effect != TakesEffect.AT_ONCE and on_billing_day:
        lowered_on = ended  # before the period that began on that day was renewed
    key = resource_key(item.subscription_resource_id)
    deleted_by = Charge.objects.filter(superseded_by=order, subscription_resource=int(key), status=ChargeStatus.DELETED)
    made = Charge.objects.filter(order=order, subscription_resource=int(key)).exclude(status=ChargeStatus.DELETED)
    parts = {charge.pk: charge for charge in made}
    block = fresh_block([*contract.lines, *(line_of(charge) for charge in parts.values())], key)
    row = contract.subscription
    stopped_on = row.stopped_on if contract.stop_decided else None
    changes = Changes()
    for charge in deleted_by.order_by("pk"):
        mine = [line_of(part) for part in parts.values() if part.parent_id == charge.pk]
        changes += contract.rules.restore(line_of(charge), mine, lowered_on, today, block=block, stopped_on=stopped_on)
        block += 1
    resource = contract.resources[key]
    units = resource.chargeable_of(item.quantity_before) - resource.chargeable_of(item.quantity_after)
    if units:
        changes += contract.rules.restore_renewals(
            contract.terms,
            key,
            units,
            lowered_on=lowered_on,
            until=stopped_on or today + timedelta(days=1),
            day=today,
            block=block,
        )
    return changes
