"""What a term that a vendor begins anew will cost: by the plan's prices of that day, and what the vendor asks then."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from billing.engine.terms import chargeable_units
from billing.engine.types import is_by_use
from subscriptions.contract.prices import price_lists, price_on
from subscriptions.contract.vendor_costs import VendorCost, vendor_costs_on
from subscriptions.models import CommitmentDate, DateKind, SubscriptionResource

# After these a term, or a month of an extended one, is charged again.
GOES_ON = (DateKind.RENEWS, DateKind.EXTENDS)


@dataclass(frozen=True, slots=True)
class NextPrice:
    """What a unit costs a month from the renewal on, in the subscription's currency, and all that are charged."""

    plan_resource_id: int
    unit_price: Decimal
    monthly: Decimal


def day_of(row: CommitmentDate) -> date:
    """Return the day of a date of the calendar: that on which a window closes, or the first of the next term."""
    return timezone.localtime(row.at).date()


def next_prices(rows: Iterable[CommitmentDate]) -> dict[int, NextPrice]:
    """Return what is charged after the ends of terms among the dates, by the date's id. Two statements.

    By the plan's price that is valid on the day of the renewal, for the units that the next term is to have less those
    included. What ends, and what is charged by use, is missing; so is what has no price.
    """
    ends = [row for row in rows if row.kind in GOES_ON and not is_by_use(row.subscription.billing_type)]
    resources = _resources({row.subscription_id for row in ends})
    prices = price_lists({one.plan_resource_id for one in resources.values()})
    found = {}
    for row in ends:
        one = resources.get((row.subscription_id, row.commitment.resource))
        price = price_on(prices.get(one.plan_resource_id, ()), day_of(row)) if one is not None else None
        if one is not None and price is not None:
            units = chargeable_units(row.units, one.included)
            found[row.pk] = NextPrice(one.plan_resource_id, price.amount, price.amount * units)
    return found


def next_costs(rows: Iterable[CommitmentDate], prices: dict[int, NextPrice], market: str) -> dict[int, VendorCost]:
    """Return what the vendor asks for a unit of the next term in a market, by the date's id; two statements a day."""
    found = {}
    for row in rows:
        if row.pk in prices:
            key = prices[row.pk].plan_resource_id
            cost = vendor_costs_on([key], market, day_of(row)).get(key)
            if cost is not None:
                found[row.pk] = cost
    return found


def _resources(subscription_ids: Collection[int]) -> dict[tuple[int, str], SubscriptionResource]:
    """Return the resources of the plans that the subscriptions have now, by subscription and template key."""
    rows = SubscriptionResource.objects.filter(subscription__in=subscription_ids, of_plan=True)
    return {
        (row.subscription_id, row.plan_resource.resource.key): row
        for row in rows.select_related("plan_resource__resource")
    }
