"""What the vendor refused: tried again, or given up with everything as it was before."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.charging import line_of, record, resource_key
from billing.engine.csp_monthly.quantities import withdraw_raise
from billing.engine.csp_monthly.restoring import renewed_since, restored
from billing.engine.csp_monthly.stopping import delete
from billing.engine.lines import Changes, fresh_block
from billing.models import Charge, ChargeStatus
from core.errors import Refused
from subscriptions.handover import WORK_FAILED, stop_as_decided
from subscriptions.held import note_units
from subscriptions.models import Order, OrderItem, OrderStatus, OrderType, Subscription, SubscriptionStatus
from subscriptions.opening import NotInThisStatus, open_contract, save_state
from subscriptions.renewals import renew_accounts
from subscriptions.tasks import hand_to_worker
from subscriptions.terms import Contract, schedule
from vendors import operations
from vendors.models import VendorOperation


class OrderHasNotFailed(Refused):
    """Only an order that failed at the vendor is given up in this way."""

    code = "order_has_not_failed"


@transaction.atomic
def retry(*, actor: Actor, subscription: Subscription, today: date, now: datetime) -> Subscription:
    """Ask the vendor again for what it refused last, once the cause is removed. Raises Forbidden, NotInThisStatus."""
    contract, today = open_contract(actor=actor, subscription=subscription, right="orders.retry", today=today)
    row = contract.subscription
    work = WORK_FAILED.get(SubscriptionStatus(row.status))
    operation = VendorOperation.objects.filter(key=row.awaited_operation).first()
    if work is None or operation is None:
        raise NotInThisStatus(_("Nothing has failed here: there is nothing to try again."))
    operations.retry(operation, now=now)
    row.status = work.meanwhile
    save_state(contract, today)
    if contract.waiting is not None and contract.waiting.status == OrderStatus.PROVISIONING_FAILED:
        contract.waiting.status = OrderStatus.PROVISIONING
        contract.waiting.failure = ""
        contract.waiting.save(update_fields=["status", "failure"])
    hand_to_worker(operation.pk)
    return row


@transaction.atomic
def cancel_failed_order(*, actor: Actor, order: Order, today: date) -> Order:
    """Give up an order that failed at the vendor: what it reserved is released, what it gave back is reserved again.

    A sale takes its subscription with it; after a change the subscription runs on with the units it had. The money
    that was paid stays on the balance. Raises Forbidden, OrderHasNotFailed.
    """
    contract, today = open_contract(actor=actor, subscription=order.subscription, right="orders.retry", today=today)
    failed = contract.waiting
    if failed is None or failed.pk != order.pk or failed.status != OrderStatus.PROVISIONING_FAILED:
        raise OrderHasNotFailed(_("Order %(order)s has not failed: it cannot be given up.") % {"order": order})
    row = contract.subscription
    row.awaited_operation = ""
    if failed.type == OrderType.SALES:
        _release_sale(contract, failed, today)
    else:
        _undo_change(contract, failed, today)
    failed.status = OrderStatus.CANCELLED
    failed.closed_on = today
    failed.save(update_fields=["status", "closed_on"])
    save_state(contract, today)
    # What the night did not touch while the vendor had the word is caught up now.
    renew_accounts(account_ids=[row.account_id], today=today)
    return failed


def _release_sale(contract: Contract, order: Order, today: date) -> None:
    """Delete all charges of a sale: no day of it was served."""
    first_day = min((line.period.start for line in contract.lines), default=today)
    record([contract.booking(delete(contract.terms, contract.lines, first_day), today, order)])
    contract.subscription.status = SubscriptionStatus.DELETED
    contract.subscription.quantity = 0
    for resource in contract.resources.values():
        resource.quantity = 0
        resource.save(update_fields=["quantity"])
    schedule(contract.subscription, None, today, status=SubscriptionStatus.DELETED)


def _undo_change(contract: Contract, order: Order, today: date) -> None:
    """Put charges and units back where they were before a change.

    Nothing of a raise was provided, so nothing of it is charged. Units of a lowering were there all the time: they are
    charged for every day again, those of billing days that have passed since among them.
    """
    items = list(order.items.order_by("pk"))
    changes = withdraw_raise(contract.terms, contract.lines, contract.raised_lines)
    for item in items:
        if item.quantity_after < item.quantity_before:
            changes += _give_back_lowering(contract, order, item, today)
    record([contract.booking(changes, today, order)])
    for item in items:
        resource = contract.resources[str(item.subscription_resource_id)]
        resource.quantity = item.quantity_before
        resource.save(update_fields=["quantity"])
    contract.subscription.quantity = sum(resource.quantity for resource in contract.resources.values())
    contract.awaited = {}
    _note_as_before(contract, order)
    if contract.stop_decided:
        stop_as_decided(contract, today)
    else:
        contract.subscription.status = SubscriptionStatus.ACTIVE


def _note_as_before(contract: Contract, order: Order) -> None:
    """Write down the units in service as if the change had never been: from its day, and none from a stop since."""
    row = contract.subscription
    decided, row.stop_reason = row.stop_reason, ""
    note_units([contract], order.placed_on)
    row.stop_reason = decided
    if contract.stop_decided and row.stopped_on is not None:
        note_units([contract], row.stopped_on)


def _give_back_lowering(contract: Contract, order: Order, item: OrderItem, today: date) -> Changes:
    """Return the units that a lowering gave back, in lines of their own, at the amounts that were to be refunded."""
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
        changes += restored(line_of(charge), mine, order.placed_on, today, block=block, stopped_on=stopped_on)
        block += 1
    included = contract.resources[key].included
    units = max(item.quantity_before - included, 0) - max(item.quantity_after - included, 0)
    if units and row.expiration_date is None:
        changes += renewed_since(
            contract.terms,
            key,
            units,
            lowered_on=order.placed_on,
            until=stopped_on or today + timedelta(days=1),
            day=today,
            block=block,
        )
    return changes
