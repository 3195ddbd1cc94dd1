"""The levels above a seller: who sells it what it sells, at which retail prices and discounts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from billing.engine.chain import Grant, Level, Retail
from billing.engine.terms import PLAN
from subscriptions.catalogue.grants import Link, grants_of
from subscriptions.models import PlanPrice, ResourcePrice, Subscription, SubscriptionResource

# The plans above each plan of some resources or periods, level by level.
ABOVE = """
    WITH RECURSIVE asked AS (
        SELECT plan_id FROM subscriptions_planresource WHERE id = ANY(%(resources)s)
        UNION SELECT plan_id FROM subscriptions_planperiod WHERE id = ANY(%(periods)s)
    ), above AS (
        SELECT plan.id AS plan, plan.parent_id AS upstream, plan.reseller_id AS debtor, 1 AS level
        FROM subscriptions_plan plan JOIN asked ON asked.plan_id = plan.id WHERE plan.parent_id IS NOT NULL
        UNION ALL
        SELECT above.plan, plan.parent_id, plan.reseller_id, above.level + 1
        FROM above JOIN subscriptions_plan plan ON plan.id = above.upstream WHERE plan.parent_id IS NOT NULL
    )
    SELECT sold.id, NULL, upstream.reseller_id, above.debtor, upstream.id, priced.id, above.level
    FROM subscriptions_planresource sold
    JOIN above ON above.plan = sold.plan_id
    JOIN subscriptions_plan upstream ON upstream.id = above.upstream
    -- The resource of the plan above that is of the same of the template.
    LEFT JOIN subscriptions_planresource priced
        ON priced.plan_id = upstream.id AND priced.resource_id = sold.resource_id
    WHERE sold.id = ANY(%(resources)s)
    UNION ALL
    SELECT NULL, sold.id, upstream.reseller_id, above.debtor, upstream.id, priced.id, above.level
    FROM subscriptions_planperiod sold
    JOIN above ON above.plan = sold.plan_id
    JOIN subscriptions_plan upstream ON upstream.id = above.upstream
    -- The newest period of the plan above that is as long.
    LEFT JOIN LATERAL (
        SELECT period.id FROM subscriptions_planperiod period
        WHERE period.plan_id = upstream.id
          AND (period.endless, period.duration, period.unit, period.trial)
              IS NOT DISTINCT FROM (sold.endless, sold.duration, sold.unit, sold.trial)
        ORDER BY period.active DESC, period.id DESC LIMIT 1
    ) priced ON TRUE
    WHERE sold.id = ANY(%(periods)s)
    ORDER BY 7
"""


Chains = dict[int, tuple[Level, ...]]


def chains_for(
    rows: Mapping[int, Subscription],
    resources: Mapping[int, Mapping[str, SubscriptionResource]],
    *,
    entered_before: date | None = None,
) -> dict[int, dict[str, tuple[Level, ...]]]:
    """Return by subscription the levels above its seller of its resources and of its plan, by the engine's key.

    No statement where no plan is delegated, as far as they are read; else a fixed number.
    """
    asked = {pk for pk, row in rows.items() if _may_be_delegated(row)}
    sold, periods = chains_of(
        {resource.plan_resource_id for pk in asked for resource in resources[pk].values()},
        {rows[pk].period_id for pk in asked},
        entered_before=entered_before,
    )
    if not sold:
        return {}
    return {
        pk: {PLAN: periods.get(rows[pk].period_id, ())}
        | {key: sold.get(resource.plan_resource_id, ()) for key, resource in resources[pk].items()}
        for pk in asked
    }


def _may_be_delegated(subscription: Subscription) -> bool:
    """Return whether its plan has an upstream one, as far as is known without asking."""
    return not Subscription.plan.is_cached(subscription) or subscription.plan.parent_id is not None


def chains_of(
    plan_resource_ids: Collection[int], period_ids: Collection[int], *, entered_before: date | None = None
) -> tuple[Chains, Chains]:
    """Return the levels above the seller of each of the plans' resources, and of the plans for each of their periods.

    The seller's upstream first; nothing of what is a plan's own. One statement where no plan was delegated, four where
    one was. Only with the prices that were entered before a day, where that is given.
    """
    resources, periods = _links(plan_resource_ids, period_ids)
    if not resources and not periods:
        return {}, {}
    grants = grants_of({link for links in (resources, periods) for of_one in links.values() for link in of_one})
    prices = ResourcePrice.objects.order_by("plan_resource", "valid_from", "pk")
    of_plans = PlanPrice.objects.order_by("period", "valid_from", "pk")
    return (
        _levels(resources, grants, _lists(resources, prices, OF_RESOURCE, entered_before)),
        _levels(periods, grants, _lists(periods, of_plans, OF_PLAN, entered_before)),
    )


# What the rows of each list are of, and their columns that a retail price has.
OF_RESOURCE = ("plan_resource", "valid_from", "pk", "recurring_fee", "setup_fee", "renewal_fee", "net_cost")
OF_PLAN = ("period", "valid_from", "pk", "recurring_fee", "setup_fee", "renewal_fee", "transfer_fee")


def _links(
    plan_resource_ids: Collection[int], period_ids: Collection[int]
) -> tuple[dict[int, list[Link]], dict[int, list[Link]]]:
    resources: dict[int, list[Link]] = {}
    periods: dict[int, list[Link]] = {}
    if plan_resource_ids or period_ids:
        with connection.cursor() as cursor:
            cursor.execute(ABOVE, {"resources": list(plan_resource_ids), "periods": list(period_ids)})
            for resource, period, *link, _level in cursor.fetchall():
                of_one = resources.setdefault(resource, []) if period is None else periods.setdefault(period, [])
                of_one.append(Link(*link))
    return resources, periods


def _lists(
    links: Mapping[int, Sequence[Link]], prices: QuerySet[Any], columns: Sequence[str], entered_before: date | None
) -> dict[int, list[Retail]]:
    """Return the price list of what each link is priced at, oldest first; of one day the later written comes last."""
    priced, *names = columns
    rows = prices.filter(
        **{f"{priced}__in": {link.priced for of_one in links.values() for link in of_one if link.priced}}
    )
    if entered_before is not None:
        rows = rows.filter(entered_on__lt=entered_before)
    lists: dict[int, list[Retail]] = {}
    for of_one, *values in rows.values_list(*columns):
        named = dict(zip(names, values, strict=True))
        lists.setdefault(of_one, []).append(Retail(row=named.pop("pk"), **named))
    return lists


def _levels(
    links: Mapping[int, Sequence[Link]], grants: Mapping[Link, Sequence[Grant]], lists: Mapping[int, Sequence[Retail]]
) -> Chains:
    return {
        one: tuple(
            Level(link.creditor, link.debtor, lists.get(link.priced or 0, ()), grants.get(link, ())) for link in of_one
        )
        for one, of_one in links.items()
    }
