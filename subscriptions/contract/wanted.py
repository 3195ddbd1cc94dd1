"""What our books want vendors to hold of services: read for many of them in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from subscriptions.contract.compared import Wanted
from subscriptions.models import Order, OrderItem, OrderStatus, OrderType, Subscription, SubscriptionResource
from vendors.commitments import AtEnd
from vendors.holdings import ListsHoldings, Sold
from vendors.models import OperationAction, VendorOperation
from vendors.registry import plugin_for


def wanted_of(subscriptions: Sequence[Subscription]) -> dict[int, Wanted]:
    """Return what the books want of each subscription. Four statements; plan, template and connection are read."""
    ids = [row.pk for row in subscriptions]
    units: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    names: dict[int, dict[str, str]] = {pk: {} for pk in ids}
    held = SubscriptionResource.objects.filter(subscription__in=ids, of_plan=True).order_by("pk")
    for pk, key, name, quantity in held.values_list("subscription", "plan_resource__resource__key", "name", "quantity"):
        units[pk][key], names[pk][key] = quantity, name
    options, scheduled = _options_sold(ids), _scheduled(ids)
    wanted = {row.pk: _wanted(row, units[row.pk], names[row.pk], options.get(row.pk)) for row in subscriptions}
    return {pk: replace(one, scheduled=scheduled.get(pk, {})) for pk, one in wanted.items()}


def _wanted(
    row: Subscription, units: Mapping[str, int], names: Mapping[str, str], options: Mapping[str, str] | None
) -> Wanted:
    template = row.plan.template
    plugin = plugin_for(template.connection.plugin) if template.connection is not None else None
    settings = template.settings if options is None else options
    sold = plugin.sold(settings) if isinstance(plugin, ListsHoldings) else Sold()
    return Wanted(
        status=row.status,
        units=units,
        names=names,
        sold=sold,
        at_end=_chosen(row) or sold.at_end,
        suspends=plugin is None or plugin.support.suspend,
    )


def _scheduled(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the units that the renewal is to bring, of the resources for which an order waits for its day."""
    items = OrderItem.objects.filter(order__subscription__in=ids, order__status=OrderStatus.SCHEDULED)
    found: dict[int, dict[str, int]] = {}
    for pk, key, after in items.values_list(
        "order__subscription", "subscription_resource__plan_resource__resource__key", "quantity_after"
    ):
        found.setdefault(pk, {})[key] = after
    return found


def _chosen(row: Subscription) -> AtEnd | None:
    """Return what people chose for the end of the term, which goes before what was sold; None where nobody did."""
    if row.ends_on is not None:
        return AtEnd.ENDS
    return AtEnd(row.at_end) if row.at_end else None


def _options_sold(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the template's settings as each subscription was bought with them: later edits do not move it.

    Nothing for what was switched to another plan since: that is as its template says.
    """
    orders = Order.objects.filter(subscription__in=ids, type__in=(OrderType.SALES, OrderType.SWITCH))
    bought: dict[int, str] = {}
    for pk, subscription, kind, status in orders.order_by("pk").values_list("pk", "subscription", "type", "status"):
        if kind == OrderType.SALES:
            bought[subscription] = f"order:{pk}:{OperationAction.PROVISION}"
        elif status == OrderStatus.COMPLETED:
            bought.pop(subscription, None)
    keys = {key: pk for pk, key in bought.items()}
    planned = VendorOperation.objects.filter(key__in=list(keys)).values_list("key", "payload__options")
    return {keys[key]: options for key, options in planned if options is not None}
