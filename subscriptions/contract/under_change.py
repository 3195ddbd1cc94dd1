"""The units of changes that are not carried out yet: those that a vendor has yet to provide, those that leave later."""

from collections.abc import Iterable, Mapping

from billing.charging import resource_key
from billing.engine.terms import chargeable_units
from subscriptions.models import Order, OrderItem, OrderStatus, OrderType, SubscriptionResource

Units = dict[int, dict[str, int]]


def units_of_changes(
    orders: Iterable[Order], resources: Mapping[int, Mapping[str, SubscriptionResource]]
) -> tuple[Units, Units]:
    """Return the units that vendors have yet to provide of the orders' raises, and those that changes still hold back.

    Both by subscription and resource; the latter leave on a billing day.
    """
    at_vendor = {order.pk: order.subscription_id for order in orders if changes_at_vendor(order)}
    scheduled = {order.pk: order.subscription_id for order in orders if order.status == OrderStatus.SCHEDULED}
    awaited: Units = {}
    leaving: Units = {}
    if not at_vendor and not scheduled:
        return awaited, leaving
    items = OrderItem.objects.filter(order__in=[*at_vendor, *scheduled])
    for order, resource_id, before, after in items.values_list(
        "order", "subscription_resource", "quantity_before", "quantity_after"
    ):
        key = resource_key(resource_id)
        subscription = (at_vendor | scheduled)[order]
        included = resources[subscription][key].included
        raised = chargeable_units(after, included) - chargeable_units(before, included)
        if raised > 0 and order in at_vendor:
            awaited.setdefault(subscription, {})[key] = raised
        elif raised < 0 and order in scheduled:
            leaving.setdefault(subscription, {})[key] = -raised
    return awaited, leaving


def units_arranged(orders: Iterable[Order], resources: Mapping[int, Mapping[str, SubscriptionResource]]) -> Units:
    """Return the units of each resource that leave when the vendor renews, by subscription, as the units are now."""
    of = {order.pk: order.subscription_id for order in orders}
    items = OrderItem.objects.filter(order__in=of) if of else ()
    leaving: Units = {}
    for item in items:
        key = resource_key(item.subscription_resource_id)
        resource = resources[of[item.order_id]][key]
        fewer = resource.chargeable - resource.chargeable_of(item.quantity_after)
        if fewer > 0:
            leaving.setdefault(of[item.order_id], {})[key] = fewer
    return leaving


def changes_at_vendor(order: Order) -> bool:
    """Return whether it is a change that the vendor has yet to carry out."""
    return order.type == OrderType.CHANGE and is_at_vendor(order)


def is_at_vendor(order: Order) -> bool:
    """Return whether the vendor has yet to carry the order out, or has refused it."""
    return order.status in (OrderStatus.PROVISIONING, OrderStatus.PROVISIONING_FAILED)
