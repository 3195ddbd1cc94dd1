"""The resellers above the seller of a simulation: their plans, retail prices and discounts, and what they are owed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accounts.models import Reseller
from billing.charging import in_minor_units
from billing.engine.lines import LineType
from billing.models import ResellerCharge
from subscriptions.models import Discount, DiscountType, Plan, PlanPeriod, PlanPrice, PlanResource, ResourcePrice
from subscriptions.simulation.chain import SELLER, Level
from subscriptions.simulation.stage import Stage, price_text

FREE = Decimal(0)


def put_above(stage: Stage, day: date) -> None:
    """Have the plans of a stage delegated down the chain of its history, root first, from `day` on."""
    if not stage.story.chain:
        return
    above: list[Reseller] = []
    for level in stage.story.chain:
        parent = above[-1] if above else stage.account.reseller.parent or stage.account.reseller
        above.append(
            Reseller.objects.create(
                parent=parent,
                name=f"{level.reseller} {uuid4()}",
                currency=stage.story.currency,
                email="above@localhost",
            )
        )
    stage.above = {level.reseller: reseller for level, reseller in zip(stage.story.chain, above, strict=True)}
    for period in stage.periods.values():
        _delegate(stage, period.plan, period, day)
    _grant(stage, day)


def _delegate(stage: Stage, sold: Plan, lasting: PlanPeriod, day: date) -> None:
    """Make the plans of the levels, each of the one before it, and the seller's the last of them."""
    plan: Plan | None = None
    for level in stage.story.chain:
        reseller = stage.above[level.reseller]
        plan = Plan.objects.create(
            reseller=reseller,
            parent=plan,
            name=sold.name,
            template_id=sold.template_id,
            service_term_id=sold.service_term_id,
            billing_type=sold.billing_type,
            currency=sold.currency,
            fixed_price=sold.fixed_price,
        )
        for key, resource in stage.resources.items():
            if resource.plan_id == sold.pk:
                stage.above_resources[level.reseller, key] = PlanResource.objects.create(
                    plan=plan, resource_id=resource.resource_id, name=key, position=resource.position
                )
                _price(stage, level, key, level.retail.get((LineType.RECURRING_FEE, key), FREE), day)
        _price_plan(level, plan, lasting, day)
    sold.parent = plan
    sold.save(update_fields=["parent"])


def _price_plan(level: Level, plan: Plan, sold: PlanPeriod, day: date) -> None:
    """Sell the plan of a level for the same period, at what it costs itself there."""
    same = {name: getattr(sold, name) for name in ("endless", "duration", "unit", "trial")}
    fees = {str(fee): price for (fee, key), price in level.retail.items() if not key}
    period = PlanPeriod.objects.create(plan=plan, **same)
    PlanPrice.objects.create(period=period, valid_from=day, entered_on=day, **fees)


def _price(stage: Stage, level: Level, key: str, price: Decimal, day: date) -> None:
    ResourcePrice.objects.create(
        plan_resource=stage.above_resources[level.reseller, key],
        valid_from=day,
        entered_on=day,
        recurring_fee=price,
        setup_fee=level.retail.get((LineType.SETUP_FEE, key), FREE),
        renewal_fee=level.retail.get((LineType.RENEWAL_FEE, key), FREE),
        net_cost=level.net_cost.get((LineType.RECURRING_FEE, key)),
    )


def _grant(stage: Stage, day: date) -> None:
    """Grant what each level takes off for the one below it."""
    levels = stage.story.chain
    below = [*(stage.above[level.reseller] for level in levels[1:]), stage.account.reseller]
    for level, lower in zip(levels, below, strict=True):
        if level.discount:
            granted = Discount.objects.create(
                reseller=stage.above[level.reseller],
                name="Simulation",
                type=DiscountType.RESELLER,
                percent=level.discount,
                valid_from=day,
            )
            granted.resellers.add(lower)


def new_retail_prices(stage: Stage, reseller: str, prices: Mapping[str, Decimal], day: date) -> None:
    """Have a level of the chain ask other retail prices from `day` on."""
    level = next(level for level in stage.story.chain if level.reseller == reseller)
    for key, price in prices.items():
        _price(stage, level, key, price, day)


def reseller_charges_of(stage: Stage, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return what the levels owe one another, in the order in which it was written."""
    levels = {reseller.pk: name for name, reseller in stage.above.items()} | {stage.account.reseller_id: SELLER}
    rows = ResellerCharge.objects.filter(account=stage.account).select_related("charge__subscription_resource")
    return [_reseller_charge(row, levels, names[row.subscription_id]) for row in rows.order_by("pk")]


def _reseller_charge(row: ResellerCharge, levels: Mapping[int, str], subscription: str) -> dict[str, Any]:
    resource = row.charge.subscription_resource
    return {
        "upstream": levels[row.creditor_id],
        "downstream": levels[row.debtor_id],
        "subscription": subscription,
        "resource": resource.name if resource else None,
        "type": row.type,
        "from": row.operate_from.isoformat(),
        "to": row.operate_to.isoformat(),
        "quantity": row.quantity if isinstance(row.quantity, int) else f"{row.quantity:f}",
        "unit_price": price_text(row.unit_price, row.currency),
        "discount": str(in_minor_units(row.discount, row.currency)),
        "amount": str(in_minor_units(row.amount, row.currency)),
        "net_cost": None if row.net_cost is None else str(in_minor_units(row.net_cost, row.currency)),
        "created_on": row.created_on.isoformat(),
    }
