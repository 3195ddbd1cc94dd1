"""The shape of a reseller charge (api-and-panels.md 2.6)."""

from api.serializers.charges import months_of
from api.serializers.related import ACCOUNT, PLAN, RESELLER
from api.serializers.shape import Shape, choice, computed, day, decimal, integer, moment, money, one, text
from api.serializers.subscriptions import SUBSCRIPTION
from billing.models import ChargeType

RESELLER_CHARGE = Shape(
    "reseller_charges",
    {
        "created_at": moment("created_at"),
        "charge_id": integer("charge_id"),
        "reseller_id": integer("debtor_id"),
        "upstream_reseller_id": integer("creditor_id"),
        "subscription_id": integer("subscription_id"),
        "account_id": integer("account_id"),
        "description": text("description"),
        "charge_type": choice("type", ChargeType.values),
        "quantity": computed(
            lambda owed: owed.quantity if isinstance(owed.quantity, int) else float(owed.quantity),
            {"type": "number", "description": "Units, or unit-hours of what was used: up to six places."},
        ),
        "unit_price": decimal("unit_price"),
        "operate_from": day("operate_from"),
        "operate_to": day("operate_to"),
        "duration": computed(
            lambda owed: float(months_of(owed)), {"type": "number", "description": "Months, for display."}
        ),
        "discount": money("discount"),
        "amount": money("amount"),
        "currency": text("currency"),
        "close_date": day("created_on"),
        "reverses_id": integer("reverses_id", nullable=True),
    },
    relations={
        "reseller": one(RESELLER, "debtor"),
        "account": one(ACCOUNT, "account"),
        "subscription": one(SUBSCRIPTION, "subscription"),
        "plan": one(PLAN, "subscription.plan"),
    },
)
