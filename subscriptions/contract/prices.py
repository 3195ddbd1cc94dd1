"""What a plan's resources cost: the price lists, and the rows that are valid on a day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from billing.engine.terms import Price
from billing.engine.types import is_by_cost, rules_of
from core.among import Among
from core.prepared import Asked, Prepared
from subscriptions.models import PlanPrice, ResourcePrice, Subscription


def price_lists(plan_resource_ids: Iterable[int], *, entered_before: date | None = None) -> dict[int, list[Price]]:
    """Return the price list of each of the plans' resources, oldest first; of one day the later written comes last.

    Only what was entered before a day, where that is given.
    """
    wanted = set(plan_resource_ids)
    lists: dict[int, list[Price]] = {}
    if wanted:
        for plan_resource_id, *price in _PRICES(ids=list(wanted), before=entered_before or date.max):
            lists.setdefault(plan_resource_id, []).append(Price(*price))
    return lists


_PRICES = Prepared(
    lambda: (
        ResourcePrice.objects.filter(Among("plan_resource", Asked("ids")), entered_on__lt=Asked("before"))
        .order_by("plan_resource", "valid_from", "pk")
        .values_list("plan_resource", "valid_from", "recurring_fee", "pk", "setup_fee", "renewal_fee")
    )
)


def plan_price_lists(period_ids: Iterable[int], *, entered_before: date | None = None) -> dict[int, list[Price]]:
    """Return what the plans cost themselves for each of the periods, as `price_lists`; no statement for no period."""
    wanted = set(period_ids)
    lists: dict[int, list[Price]] = {}
    if wanted:
        for period_id, *price in _PLAN_PRICES(ids=list(wanted), before=entered_before or date.max):
            lists.setdefault(period_id, []).append(Price(*price))
    return lists


_PLAN_PRICES = Prepared(
    lambda: (
        PlanPrice.objects.filter(Among("period", Asked("ids")), entered_on__lt=Asked("before"))
        .order_by("period", "valid_from", "pk")
        .values_list(
            "period", "valid_from", "recurring_fee", "pk", "setup_fee", "renewal_fee", "transfer_fee", "markup"
        )
    )
)


def ordering_prices(plan_resource_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """Return the plan's prices per unit on `day`; what has no price that early is missing."""
    return {pk: price.amount for pk, price in price_rows(plan_resource_ids, day).items()}


def price_rows(plan_resource_ids: Collection[int], day: date) -> dict[int, Price]:
    """Return the rows of the plan's price lists that are valid on `day`; what has no price that early is missing."""
    found = {pk: price_on(prices, day) for pk, prices in price_lists(plan_resource_ids).items()}
    return {pk: price for pk, price in found.items() if price is not None}


def price_on(prices: Sequence[Price], day: date) -> Price | None:
    """Return the row of a price list, oldest first, that is valid on a day; of one day the later written."""
    return next((price for price in reversed(prices) if price.valid_from <= day), None)


def may_cost(subscription: Subscription) -> bool:
    """Return whether the plan's prices are asked for: at a fixed price they are for fees, and for another term."""
    if not subscription.fixed_price or subscription.expiration_date:
        return True
    return bool(rules_of(subscription.billing_type).fees)


def plan_may_cost(subscription: Subscription) -> bool:
    """Return whether something of the plan's own may be charged yet: with its order, with another term, by use."""
    if is_by_cost(subscription.billing_type):
        return True
    begins = subscription.start_date is None or subscription.expiration_date is not None
    return begins and bool(rules_of(subscription.billing_type).fees)


def prices_on(plan_resource_ids: Collection[int], day: date) -> dict[int, ResourcePrice]:
    """Return the row of each resource's price list that holds on `day`. One statement."""
    rows = ResourcePrice.objects.filter(plan_resource__in=plan_resource_ids, valid_from__lte=day)
    newest = rows.order_by("plan_resource", "-valid_from", "-pk").distinct("plan_resource")
    return {row.plan_resource_id: row for row in newest}
