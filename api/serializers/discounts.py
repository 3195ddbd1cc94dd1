"""The shape of a discount (billing.md 1.13)."""

from api.serializers.related import RESELLER
from api.serializers.shape import Shape, choice, day, decimal, flag, integer, moment, one, text
from subscriptions.models import DiscountType

DISCOUNT = Shape(
    "discounts",
    {
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "name": text("name"),
        # JSON:API keeps the name "type" for the record's own kind.
        "discount_type": choice("type", DiscountType.values),
        "code": text("code"),
        "percent": decimal("percent"),
        "valid_from": day("valid_from"),
        "valid_until": day("valid_until"),
        "all_plans": flag("all_plans"),
        "account_limit": integer("account_limit", nullable=True),
        "subscription_limit": integer("subscription_limit", nullable=True),
        "on_setup": flag("on_setup"),
        "on_renewal": flag("on_renewal"),
        "on_recurring": flag("on_recurring"),
        "active": flag("active"),
        "reseller_id": integer("reseller_id"),
    },
    relations={"reseller": one(RESELLER, "reseller")},
)
