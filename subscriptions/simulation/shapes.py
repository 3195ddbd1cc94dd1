"""What a history of each billing type may say: its periods, billing days, fees, and how use of it is told.

spec/billing-types.md 2 with the ranges of spec/simulation.md. It is the format's, whether or not the engine has the
type's rules yet; where it has, both say the same (tests/subscriptions/simulation/test_shapes.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from billing.engine.lines import LineType

SETUP, RENEWAL, TRANSFER = LineType.SETUP_FEE, LineType.RENEWAL_FEE, LineType.TRANSFER_FEE
RECURRING = LineType.RECURRING_FEE


class Use(StrEnum):
    """How an event tells what was used."""

    UNIT_HOURS = "unit_hours"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a history of one billing type may say; months from and to, both ends included."""

    endless: bool = False
    months: tuple[int, int] | None = (1, 60)
    endless_if_left_out: bool = False
    billing_days: tuple[int, int] = (1, 28)
    postpay: bool = False
    auto_renew: bool = False
    resource_fees: frozenset[LineType] = frozenset()
    plan_fees: frozenset[LineType] = frozenset()
    included: bool = True
    use: Use | None = None


_BY_USE = Shape(
    endless=True,
    months=None,
    postpay=True,
    resource_fees=frozenset({SETUP}),
    plan_fees=frozenset({SETUP}),
    included=False,
    use=Use.UNIT_HOURS,
)
SHAPES: Mapping[str, Shape] = {
    "csp_monthly": Shape(
        endless=True, endless_if_left_out=True, months=(1, 1200), billing_days=(1, 31), postpay=True
    ),
    "csp_annual": Shape(postpay=True),
    "reservation": Shape(
        postpay=True,
        resource_fees=frozenset({SETUP, RENEWAL}),
        plan_fees=frozenset({SETUP, RECURRING, RENEWAL, TRANSFER}),
    ),
    "pay_in_full": Shape(billing_days=(1, 1)),
    "non_refund": Shape(months=(12, 12)),
    "gsuite": Shape(months=(1, 1), auto_renew=True),
    "payg_internal": _BY_USE,
    "payg_external": Shape(
        endless=True,
        months=None,
        postpay=True,
        resource_fees=frozenset({SETUP}),
        plan_fees=frozenset({SETUP}),
        included=False,
        use=Use.COST,
    ),
}  # fmt: skip
