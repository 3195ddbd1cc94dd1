"""What a unit costs the reseller that sells it: upstream's retail price less its discount, or the vendor's price."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from subscriptions.contract.chains import chains_of
from subscriptions.contract.prices import prices_on


def costs_on(plan_resource_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """Return the net cost of a unit and month on `day` of each resource that has one; a fixed number of statements."""
    chains, _periods = chains_of(plan_resource_ids, [])
    costs = {pk: row.net_cost for pk, row in prices_on(plan_resource_ids, day).items() if row.net_cost is not None}
    for plan_resource_id, levels in chains.items():
        retail = levels[0].retail_on(day)
        if retail is not None:
            costs[plan_resource_id] = retail.recurring_fee * (100 - levels[0].granted_on(day)) / 100
    return costs
