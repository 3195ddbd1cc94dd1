"""A change of units has a day from which it holds, and its charges follow it (decision 37).

At once; on the day after the vendor has accepted it, which is told at once; or on the billing day, on which the vendor
is told. The vendor's plugin says which (vendors.base.ChangeRule). Or with the renewal at a vendor that binds us for
terms of its own, which is told at once (decision 74).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.utils import timezone

from billing.charging import closed_after, lines_of, record, resource_key
from billing.engine.lines import Changes, Line
from billing.engine.rules import Keeps
from subscriptions.contract.cancelling import cancel_waiting, is_unpaid
from subscriptions.contract.handover import UPDATE, complete, hand_over
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, OrderItem, OrderStatus, Subscription, SubscriptionStatus, TakesEffect
from vendors.base import ChangeRule
from vendors.models import OperationAction, VendorOperation
from vendors.registry import plugin_for

A_DAY = timedelta(days=1)


def rule_of(subscription: Subscription) -> ChangeRule:
    """Return when the vendor behind the plan takes other units; at any time and at once where there is none."""
    template = subscription.plan.template
    if template.connection is None:
        return ChangeRule()
    return plugin_for(template.connection.plugin).change_rule(template.settings)


def first_day(contract: Contract, effect: str, day: date) -> date:
    """Return the first day of the units that a change raises and that is sent to the vendor on `day`.

    Never after the last day of a term: what is paid on that day is charged for it.
    """
    if effect != TakesEffect.NEXT_DAY:
        return day
    expires = contract.terms.expires_on
    return day + A_DAY if expires is None else max(min(day + A_DAY, expires - A_DAY), day)


def lines_on(contract: Contract, day: date) -> list[Line]:
    """Return the live lines as they are on `day`, tomorrow at the latest: after its night where it is a billing day.

    Of a term that was bought, also what was written off ahead of its days: new units are blocks of their own.
    """
    if day != contract.subscription.next_billing_day:
        ahead = contract.rules.keeps is Keeps.WHOLE_TERM
        return [*contract.lines, *closed_after(contract.subscription.pk, day)] if ahead else contract.lines
    closed = contract.rules.close_period(contract.terms, contract.lines, day).applied_to(contract.lines)
    return contract.rules.next_period(contract.terms, contract.chargeable, closed, day).applied_to(closed)


def waits_for_its_day(order: Order | None, operation: VendorOperation, today: date) -> bool:
    """Return whether the vendor has accepted a change that it does on the next day, and that day has not come."""
    if order is None or order.takes_effect != TakesEffect.NEXT_DAY or operation.finished_at is None:
        return False
    if operation.action != OperationAction.CHANGE:
        return False
    effective_on = timezone.localtime(operation.finished_at).date() + A_DAY
    if order.effective_on != effective_on:
        order.effective_on = effective_on
        order.save(update_fields=["effective_on"])
    return today < effective_on


def let_go(contract: Contract, order: Order | None, day: date) -> Changes:
    """Let the units go that the vendor has lowered from `day` on, which were charged until then; return the charges.

    The caller saves STATE_FIELDS. Nothing for a change whose units went when it was placed.
    """
    if order is None or order.takes_effect != TakesEffect.NEXT_DAY:
        return Changes()
    present = contract.chargeable
    units = _lowered(contract, order.items.order_by("pk"))
    if contract.stop_decided:
        return contract.rules.leave(contract.terms, contract.lines, units, day)
    wanted = {key: present[key] - count for key, count in units.items()}
    return contract.rules.change(contract.terms, contract.lines, present, wanted, day)


def hand_over_scheduled(contract: Contract, day: date) -> None:
    """Have the vendor see to a change that waited for `day`, whose night has not been carried out yet.

    It waited for the billing day, or for the renewal at the vendor: there it has been arranged, and a worker looks
    whether it has come about. The units go now: the night renews those that stay. The caller saves STATE_FIELDS.
    """
    order, row = due_change(contract, day), contract.subscription
    if order is None:
        return
    if order.is_arranged:
        _begin_arranged(contract, order, day)
    items = list(order.items.select_related("subscription_resource__plan_resource__resource").order_by("pk"))
    due = row.next_billing_day, row.due_on
    operation = hand_over(
        contract,
        UPDATE,
        day=day,
        order=order,
        quantities={item.subscription_resource.plan_resource.resource.key: item.quantity_after for item in items},
    )
    row.next_billing_day, row.due_on = due
    present = contract.chargeable
    if order.takes_effect == TakesEffect.END_OF_TERM:
        _note_present(contract, items)
    changes = leaving_changes(contract, _lowered(contract, items), present, day)
    record([contract.booking(changes, day, order)])
    contract.lines = lines_of([row.pk])[row.pk]
    contract.leaving = {}
    order.status = OrderStatus.PROVISIONING
    order.save(update_fields=["status"])
    if operation is None:
        complete(order, day)
        contract.waiting = None


def due_change(contract: Contract, day: date) -> Order | None:
    """Return the change that waits for `day`, the one for the billing day before that for the vendor's next term.

    What is arranged gives way while an order that is paid waits for its term: it is looked at again on the next day.
    """
    waiting, arranged = contract.waiting, contract.arranged
    if waiting is not None and is_due(contract, waiting, day):
        return waiting
    free = waiting is None or is_unpaid(waiting)
    return arranged if arranged is not None and free and is_due(contract, arranged, day) else None


def leaving_changes(contract: Contract, units: Mapping[str, int], present: Mapping[str, int], day: date) -> Changes:
    """Return what becomes of the charges of units that leave on `day`; `present` are those charged before.

    On a billing day they are not renewed; within a period the rest of it is given back.
    """
    if day == contract.subscription.next_billing_day:
        return contract.rules.leave(contract.terms, contract.lines, units, day)
    wanted = {key: present[key] - count for key, count in units.items()}
    return contract.rules.change(contract.terms, contract.lines, present, wanted, day)


def _begin_arranged(contract: Contract, order: Order, day: date) -> None:
    """Take an arranged order up; one that nobody has paid by then was reckoned from the units before, and is cancelled.

    What is told to the vendor from now on is of its next term.
    """
    if contract.waiting is not None:
        cancel_waiting(contract, contract.waiting, day)
    contract.waiting, contract.arranged, contract.arranged_units = order, None, {}
    contract.subscription.lowers_on = None
    contract.subscription.save(update_fields=["lowers_on"])


def _note_present(contract: Contract, items: Iterable[OrderItem]) -> None:
    """Note on the items how many units there are by now: others may have come since they were arranged."""
    for item in items:
        item.quantity_before = contract.resources[resource_key(item.subscription_resource_id)].quantity
        item.save(update_fields=["quantity_before"])


def is_due(contract: Contract, order: Order, day: date) -> bool:
    """Return whether a change waits for the day `day`, of a subscription that runs on from it."""
    row = contract.subscription
    runs = row.status == SubscriptionStatus.ACTIVE and (row.expiration_date is None or day < row.expiration_date)
    scheduled = order.status == OrderStatus.SCHEDULED and order.effective_on is not None and order.effective_on <= day
    return runs and scheduled


def _lowered(contract: Contract, items: Iterable[OrderItem]) -> Mapping[str, int]:
    """Hold fewer units of what the items lower; return how many fewer are charged, by the engine's key."""
    units = {}
    for item in items:
        key = resource_key(item.subscription_resource_id)
        resource = contract.resources[key]
        if item.quantity_after < resource.quantity:
            before = resource.chargeable
            resource.quantity = item.quantity_after
            resource.save(update_fields=["quantity"])
            units[key] = before - resource.chargeable
    contract.sum_up()
    return units
