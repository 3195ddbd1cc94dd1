"""A billing history's plans as JSON: the one that is ordered, and those that may be switched to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.engine.lines import LineType
from subscriptions.simulation.reading import PRICE_DECIMALS, BadHistory, amount_of, members, name_of, one_of
from subscriptions.simulation.resources import Priced, read_resources
from subscriptions.simulation.shapes import RECURRING, RENEWAL, SETUP, SHAPES, TRANSFER, Use

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class PlanPart:
    """What the plan itself costs: fees by their types, the recurring one a month; `markup` in percent."""

    fees: Mapping[LineType, Decimal]
    markup: Decimal

    def __bool__(self) -> bool:
        """Return whether it costs anything."""
        return any(self.fees.values()) or bool(self.markup)


@dataclass(frozen=True, slots=True)
class Sold:
    """A plan: what it costs itself, and its resources by their keys."""

    billing_type: str
    resources: Mapping[str, Priced]
    part: PlanPart


def read_plan(given: Mapping[str, Any], path: str, billing_type: str, taken: Mapping[str, Priced]) -> Sold:
    """Return a plan of `resources` and `plan` among the members; `taken` are resources of others. Raises BadHistory."""
    resources = read_resources(given, path, billing_type, taken)
    return Sold(billing_type, resources, _part(given.get("plan", {}), f"{path}plan", billing_type))


def read_plans(top: Mapping[str, Any], first: Sold) -> dict[str, Sold]:
    """Return the plans that may be switched to, by their names. Raises BadHistory."""
    given = top.get("plans", {})
    if not isinstance(given, dict):
        raise BadHistory("plans: must be an object of plans by their names")
    plans: dict[str, Sold] = {}
    taken = dict(first.resources)
    for name, plan in given.items():
        path = f"plans.{name_of(name, 'plans', LONGEST_NAME)}"
        read = members(plan, path, {"resources", "plan", "billing_type"})
        billing_type = one_of(read.get("billing_type", first.billing_type), tuple(SHAPES), f"{path}.billing_type")
        plans[name] = read_plan(read, f"{path}.", billing_type, taken)
        taken |= plans[name].resources
    return plans


def _part(given: Any, path: str, billing_type: str) -> PlanPart:
    shape = SHAPES[billing_type]
    all_fees = (SETUP, RECURRING, RENEWAL, TRANSFER)
    read = members(given, path, {*map(str, all_fees), "markup"})
    fees = {fee: amount_of(read.get(str(fee), "0"), f"{path}.{fee}", PRICE_DECIMALS) for fee in all_fees}
    for fee, amount in fees.items():
        if amount and fee not in shape.plan_fees:
            raise BadHistory(f'{path}.{fee}: must be "0", {billing_type} takes no such fee of the plan\'s own')
    markup = amount_of(read.get("markup", "0"), f"{path}.markup", PRICE_DECIMALS)
    if markup and shape.use is not Use.COST:
        raise BadHistory(f'{path}.markup: must be "0", {billing_type} has prices and no markup on a vendor\'s cost')
    return PlanPart(fees, markup)
