"""The shape of an end-customer charge (api-and-panels.md 2.5)."""

from decimal import ROUND_HALF_UP, Decimal

from api.serializers.related import ACCOUNT, PLAN, RESELLER
from api.serializers.shape import Shape, choice, computed, day, decimal, integer, moment, money, one, text
from api.serializers.subscriptions import SUBSCRIPTION
from billing.models import Charge, ChargeSource, ChargeStatus, ChargeType

# The reference counts a day as a thirtieth of a month, to three places: 1 day = 0.033, 2 years = 24 (G-D9).
DAYS_OF_A_MONTH = 30
THOUSANDTH = Decimal("0.001")


def months_of(charge: Charge) -> Decimal:
    """Return the duration in months, to three places; a whole billing period is one month. For display only."""
    if (charge.period_from, charge.period_to) == (charge.operate_from, charge.operate_to):
        return Decimal(1)
    days = (charge.operate_to - charge.operate_from).days
    return (Decimal(days) / DAYS_OF_A_MONTH).quantize(THOUSANDTH, ROUND_HALF_UP)


CHARGE = Shape(
    "charges",
    {
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "subscription_id": integer("subscription_id"),
        "subscription_resource_id": integer("subscription_resource_id", nullable=True),
        "subscription_resource_name": text("subscription_resource__name", nullable=True),
        "plan_resource_id": integer("subscription_resource__plan_resource_id", nullable=True),
        "quantity": computed(
            lambda charge: charge.quantity if isinstance(charge.quantity, int) else float(charge.quantity),
            {"type": "number", "description": "Units, or unit-hours of what was used: up to six places."},
        ),
        "operate_from": day("operate_from"),
        "operate_to": day("operate_to"),
        "duration": computed(
            lambda charge: float(months_of(charge)), {"type": "number", "description": "Months, for display."}
        ),
        "description": text("description"),
        "unit_price": decimal("unit_price"),
        "amount": money("amount"),
        # What a discount has taken off already: `amount` is without it.
        "discount": money("discount"),
        "discount_percent": computed(
            lambda charge: f"{(charge.discount_rate * 100).normalize():f}",
            {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,10})?$"},
        ),
        "discount_id": integer("discounted_by_id", nullable=True),
        "currency": text("currency"),
        "status": choice("status", ChargeStatus.values),
        # JSON:API keeps the name "type" for the record's own kind.
        "charge_type": choice("type", ChargeType.values),
        "source": choice("source", ChargeSource.values),
        "close_date": day("closed_on"),
        "period_from": day("period_from"),
        "period_to": day("period_to"),
        "account_id": integer("account_id"),
        "reseller_id": integer("reseller_id"),
        "order_id": integer("order_id", nullable=True),
    },
    relations={
        "reseller": one(RESELLER, "reseller"),
        "account": one(ACCOUNT, "account"),
        "subscription": one(SUBSCRIPTION, "subscription"),
        "plan": one(PLAN, "subscription.plan"),
    },
)
