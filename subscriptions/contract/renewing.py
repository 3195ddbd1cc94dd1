"""Another term of a subscription that ends: ordered, paid, begun. The night and people's verbs share it.

spec/billing-types.md 5.1. A renewal ordered before the end waits for it: what is due of it is reserved, and the night
in which its term begins carries it out. Ordered afterwards, it is carried out once it is paid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from billing.charging import resource_key
from billing.engine.lines import Changes, Line
from billing.engine.postpay import Postpay
from billing.models import Payment
from billing.payments import open_order_payment
from core.period import Period
from subscriptions.contract import confirming
from subscriptions.contract.due import grace_ends, months_of, renews_itself, schedule, unpaid_until
from subscriptions.contract.handover import RENEW, RENEW_STOPPED, STOP, complete, does, hand_over
from subscriptions.contract.held import note_units
from subscriptions.contract.telling import order_placed, renewed
from subscriptions.contract.terms import Contract
from subscriptions.models import (
    Order,
    OrderItem,
    OrderStatus,
    OrderType,
    StopReason,
    SubscriptionResource,
    SubscriptionStatus,
)
from vendors.base import Term
from vendors.models import OperationAction, VendorOperation


def term_of_renewal(contract: Contract, day: date) -> Period:
    """Return the term that a renewal paid on `day` buys: from the end on, of a stopped subscription from `day` on."""
    stopped = contract.subscription.stopped_on is not None
    start = contract.rules.renewal_starts(contract.terms, day, stopped=stopped)
    return Period(start, contract.rules.renewal_ends(contract.renewal_terms, start))


def draft(
    contract: Contract, units: Mapping[str, int], day: date, **how: Any
) -> tuple[Order, list[OrderItem], Changes]:
    """Return a renewal that waits for its payment, for `units` by the engine's key, with its New lines; not written.

    `how` are further columns of the order. From now on the contract waits for it.
    """
    subscription, terms = contract.subscription, contract.renewal_terms
    start = term_of_renewal(contract, day).start
    chargeable = {key: contract.resources[key].chargeable_of(count) for key, count in units.items()}
    changes = contract.rules.renew(terms, chargeable, start, day)
    order = Order(
        account_id=subscription.account_id,
        reseller_id=subscription.reseller_id,
        subscription=subscription,
        type=OrderType.RENEWAL,
        status=OrderStatus.WAITING_FOR_PAYMENT,
        total=contract.rules.renewal_due(changes.add, day),
        discount=changes.discount,
        currency=subscription.currency,
        placed_on=day,
        expires_on=unpaid_until(subscription.account, day),
        **how,
    )
    items = [
        OrderItem(
            order=order,
            subscription_resource=resource,
            quantity_before=resource.quantity,
            quantity_after=units[key],
            unit_price=terms.unit_price(key, day),
            amount=contract.rules.renewal_due([line for line in changes.add if line.resource == key], day),
        )
        for key, resource in contract.resources.items()
    ]
    contract.waiting, contract.renewal_lines = order, list(changes.add)
    return order, items, changes


def place(contract: Contract, units: Mapping[str, int], day: date, **how: Any) -> tuple[Order, Changes]:
    """Write down what `draft` returns. The caller books the lines, and opens the payment of what is due."""
    order, items, changes = draft(contract, units, day, **how)
    order.save(force_insert=True)
    OrderItem.objects.bulk_create(items)
    return order, changes


def as_it_is(contract: Contract) -> dict[str, int]:
    """Return the units that a subscription has, which a renewal of itself is for, by the engine's key."""
    return {key: resource.quantity for key, resource in contract.resources.items()}


def place_automatic(contract: Contract, day: date) -> tuple[Order, Changes]:
    """Write down the renewal of a subscription that renews itself, for the units that it has."""
    return place(contract, as_it_is(contract), day, automatic=True)


def open_payment(actor: Actor, contract: Contract, order: Order) -> Payment:
    """Open the payment of a renewal, for all that is due of it."""
    return open_order_payment(
        actor=actor,
        account=contract.subscription.account,
        order_id=order.pk,
        amount=order.total,
        today=order.placed_on,
        due_on=order.expires_on,
    )


def ask_for_payment(contract: Contract, order: Order) -> None:
    """Open the payment of an automatic renewal, and tell the customer of it."""
    order_placed(order, open_payment(SYSTEM, contract, order))


def needed(contract: Contract, day: date) -> Decimal:
    """Return what the night of `day`, in which the contract's term ends, has to reserve for another; a dry run."""
    if not renews_itself(contract.subscription):
        return Decimal(0)
    if contract.renewal is not None:
        return paid(contract, day).reserves
    lines = contract.rules.renew(contract.renewal_terms, contract.chargeable, day, day).add
    return contract.rules.renewal_due(lines, day)


def refuse_over_limit(contract: Contract, changes: Changes, day: date) -> None:
    """Do nothing where the credit limit allows a postpay renewal whose payment makes `changes`.

    Raises OverCreditLimit.
    """
    rules = contract.subscription.rules
    confirming.refuse_over_limit(
        contract,
        debt=rules.debt(contract.terms, contract.lines, day) if isinstance(rules, Postpay) else Decimal(0),
        new=confirming.newly_blocked(changes),
        after=changes.applied_to(contract.renewal_lines),
        day=day,
    )


def paid(contract: Contract, day: date) -> Changes:
    """Return what payment on `day` makes of the lines of the contract's renewal, or the night in which it begins."""
    return _carried(contract, day, provided=not _at_vendor(contract))


def renewed_by_vendor(contract: Contract, day: date) -> Changes:
    """Return what becomes of them once the vendor has renewed on `day` (decision 22)."""
    return _carried(contract, day, provided=True)


def folded(placed: Changes, paid_at_once: Changes) -> Changes:
    """Return the lines of an order that is paid as it is placed, as what they have become; none was written before."""
    then = {id(move.line): {"status": move.status, "closed_on": move.closed_on} for move in paid_at_once.move}
    return Changes(add=tuple(replace(line, **then.get(id(line), {})) for line in placed.add))


def wait_for_term(order: Order, day: date) -> None:
    """Keep a renewal paid on `day` for the night in which its term begins."""
    order.paid_on, order.status = day, OrderStatus.WAITING_FOR_PROVISIONING
    order.save(update_fields=["paid_on", "status"])


def carry_out(contract: Contract, order: Order, day: date, *, asked_by: User | None = None) -> VendorOperation | None:
    """Begin the term of a paid renewal, or have the vendor renew first; return what that is asked for.

    What was stopped runs again. The caller saves STATE_FIELDS.
    """
    subscription = contract.subscription
    work = RENEW
    if subscription.stopped_on is not None and not does(subscription, OperationAction.RENEW):
        work = RENEW_STOPPED
    if not does(subscription, work.action):
        begin(contract, order, day)
        return None
    order.status = OrderStatus.PROVISIONING
    order.save(update_fields=["status", "paid_on"])
    term = Term(months_of(subscription.period), expires_on=term_of_renewal(contract, day).end)
    more = {"term": term.payload} if work is RENEW else None
    return hand_over(contract, work, day=day, order=order, asked_by=asked_by, more=more)


def begin(contract: Contract, order: Order, day: date) -> None:
    """Begin the term of a renewal on `day`: units, prices and end are those of it from now on.

    Units are in service from its first day, also where that was before the payment (days of grace). The caller saves
    STATE_FIELDS.
    """
    subscription, term = contract.subscription, term_of_renewal(contract, day)
    closed_by_hand, items = subscription.closed_to is not None, list(order.items.order_by("pk"))
    take_term(contract, term, order, items, day)
    if closed_by_hand:
        subscription.save(update_fields=["closed_to"])
    for item in items:
        resource = contract.resources[resource_key(item.subscription_resource_id)]
        resource.save(update_fields=["quantity", "ordering_price", "ordered_at", "ordered_on", "retail"])
    note_units([contract], term.start)
    if term.end <= day:
        _over_already(contract, term.end, day)
    complete(order, day)
    renewed(order, term)


def take_term(contract: Contract, term: Period, order: Order, items: Iterable[OrderItem], day: date) -> None:
    """Let the contract have the term, units and prices of a renewal from `day` on; nothing is written."""
    subscription = contract.subscription
    if subscription.expiration_date != term.start:
        subscription.term_anchor = term.start  # after a gap, or for whole months from the first of one on
    subscription.expiration_date = term.end
    subscription.closed_to = None  # what was closed by hand was closed until the renewal (5.7)
    taken = {line.resource: line for line in contract.renewal_lines}
    for item in items:
        key = resource_key(item.subscription_resource_id)
        resource = contract.resources[key]
        resource.quantity, resource.ordering_price = item.quantity_after, item.unit_price
        _note_price(contract, resource, taken.get(key), order.placed_on)
    contract.sum_up()
    subscription.status = SubscriptionStatus.ACTIVE
    subscription.stop_reason = subscription.stop_comment = subscription.awaited_operation = ""
    subscription.stopped_on = None
    contract.lines, contract.renewal_lines = [*contract.lines, *contract.renewal_lines], []
    contract.waiting = None
    vars(contract).pop("terms", None)
    schedule(subscription, None, day, status=SubscriptionStatus.ACTIVE)


def _note_price(contract: Contract, resource: SubscriptionResource, line: Line | None, placed_on: date) -> None:
    """Keep of which row and day the price of the term is, and what belongs to it at the levels above."""
    resource.ordered_at_id = line.price_row if line is not None else None
    resource.ordered_on = (line.taken.on if line is not None else None) or placed_on
    kept = line.taken.retail if line is not None else None
    resource.retail = list(kept) if kept is not None else contract.retail_on(resource_key(resource.pk), placed_on)


def _over_already(contract: Contract, end: date, day: date) -> None:
    """End a term at once whose days were all days of grace of the one before: it has days of grace of its own."""
    subscription = contract.subscription
    if day < grace_ends(subscription, end):
        subscription.status = SubscriptionStatus.GRACED
        schedule(subscription, None, day, status=SubscriptionStatus.GRACED)
    else:
        subscription.stop_reason, subscription.stopped_on = StopReason.EXPIRED, day
        hand_over(contract, STOP, day=day)
    note_units([contract], end)


def _carried(contract: Contract, day: date, *, provided: bool) -> Changes:
    start = term_of_renewal(contract, day).start
    return contract.rules.pay_renewal(contract.renewal_terms, contract.renewal_lines, start, day, provided=provided)


def _at_vendor(contract: Contract) -> bool:
    """Return whether a vendor has to renew, or to let run again, before the term begins."""
    subscription = contract.subscription
    renews = does(subscription, OperationAction.RENEW)
    return renews or (subscription.stopped_on is not None and does(subscription, OperationAction.RESUME))
