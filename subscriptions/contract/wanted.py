"""What our books want vendors to hold of services: read for many of them in a fixed number of statements."""

from collections.abc import Mapping, Sequence

from subscriptions.contract.compared import Wanted
from subscriptions.contract.ends import WantedEnd, options_sold, wanted_ends
from subscriptions.models import Subscription, SubscriptionResource
from vendors.holdings import ListsHoldings, Sold
from vendors.registry import plugin_for


def wanted_of(subscriptions: Sequence[Subscription]) -> dict[int, Wanted]:
    """Return what the books want of each subscription. Three statements, four where fewer units are arranged.

    Plan, template and connection are read.
    """
    ids = [row.pk for row in subscriptions]
    units: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    names: dict[int, dict[str, str]] = {pk: {} for pk in ids}
    held = SubscriptionResource.objects.filter(subscription__in=ids, of_plan=True).order_by("pk")
    for pk, key, name, quantity in held.values_list("subscription", "plan_resource__resource__key", "name", "quantity"):
        units[pk][key], names[pk][key] = quantity, name
    options = options_sold(ids)
    ends = wanted_ends(subscriptions, options)
    return {
        row.pk: _wanted(
            row,
            units[row.pk],
            names[row.pk],
            options.get(row.pk, row.plan.template.settings),
            ends.get(row.pk),
        )
        for row in subscriptions
    }


def _wanted(
    row: Subscription,
    units: Mapping[str, int],
    names: Mapping[str, str],
    options: Mapping[str, str],
    end: WantedEnd | None,
) -> Wanted:
    template = row.plan.template
    plugin = plugin_for(template.connection.plugin) if template.connection is not None else None
    sold = plugin.sold(options) if isinstance(plugin, ListsHoldings) else Sold()
    return Wanted(
        status=row.status,
        units=units,
        names=names,
        sold=sold,
        at_end=None if end is None else end.at_end,
        scheduled=None if end is None else end.units,
        suspends=plugin is None or plugin.support.suspend,
    )
