"""What the vendor refused: tried again, or given up with everything as it was before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.charging import line_of, record
from billing.engine.csp_monthly.quantities import lower_units
from billing.engine.csp_monthly.stopping import delete
from billing.engine.lines import Changes, Line, LineStatus, Move, Source, fresh_block
from billing.models import Charge, ChargeStatus
from core.errors import Refused
from subscriptions.handover import WORK_FAILED
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
    save_state(row)
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
    save_state(row)
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
    """Put charges and units back where they were before a change. The night has left the subscription alone since."""
    items = list(order.items.order_by("pk"))
    changes = _take_back_raise(contract, order, items)
    for item in items:
        if item.quantity_after < item.quantity_before:
            changes += _give_back_lowering(contract, order, str(item.subscription_resource_id))
    record([contract.booking(changes, today, order)])
    for item in items:
        resource = contract.resources[str(item.subscription_resource_id)]
        resource.quantity = item.quantity_before
        resource.save(update_fields=["quantity"])
    contract.subscription.quantity = sum(resource.quantity for resource in contract.resources.values())
    contract.subscription.status = SubscriptionStatus.ACTIVE


def _take_back_raise(contract: Contract, order: Order, items: Iterable[OrderItem]) -> Changes:
    """Return the raised units given back on the day they were paid: the newest lines, and nothing of them was used."""
    units = {}
    for item in items:
        included = contract.resources[str(item.subscription_resource_id)].included
        added = max(item.quantity_after - included, 0) - max(item.quantity_before - included, 0)
        if added > 0:
            units[str(item.subscription_resource_id)] = added
    if not units or order.paid_on is None:
        return Changes()
    return lower_units(contract.terms, contract.lines, units, order.paid_on)


def _give_back_lowering(contract: Contract, order: Order, key: str) -> Changes:
    """Return the units that a lowering gave back, in lines of their own, at the amounts that were to be refunded."""
    deleted = Charge.objects.filter(superseded_by=order, subscription_resource=int(key), status=ChargeStatus.DELETED)
    made = Charge.objects.filter(order=order, subscription_resource=int(key)).exclude(status=ChargeStatus.DELETED)
    parts = {charge.pk: charge for charge in made}
    block = fresh_block([*contract.lines, *(line_of(charge) for charge in parts.values())], key)
    changes = Changes()
    for charge in deleted.order_by("pk"):
        mine = [part for part in parts.values() if part.parent_id == charge.pk]
        changes += _restored(line_of(charge), [line_of(part) for part in mine], order.placed_on, block)
        block += 1
    return changes


def _restored(line: Line, parts: list[Line], day: date, block: int) -> Changes:
    """Return what brings back the units taken from one line by a lowering on `day`."""
    if line.period.start > day:
        # A later period: the smaller line goes, the former one comes again.
        again = replace(line, status=LineStatus.OPENED, row=None, parent=line)
        return Changes(add=(again,), move=tuple(Move(part, LineStatus.DELETED) for part in parts))
    if not parts:
        again = replace(line, status=LineStatus.BLOCKED, row=None, parent=line, block=block)
        return Changes(add=(again,))
    refund = next(part for part in parts if part.source is Source.REFUND_PART)
    again = replace(
        refund, status=LineStatus.BLOCKED, source=Source.CONTINUING_PART, row=None, parent=refund, block=block
    )
    return Changes(add=(again,), move=(Move(refund, LineStatus.DELETED),))
