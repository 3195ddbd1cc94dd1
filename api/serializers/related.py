"""Shapes of what other records point at, for `include` (api-and-panels.md 2.3, 2.4, 2.7)."""

from accounts.models import AccountStatus
from api.serializers.shape import Shape, choice, flag, group, integer, moment, text
from subscriptions.models import BillingType, PlanStatus

RESELLER = Shape(
    "resellers",
    {
        "parent_id": integer("parent_id", nullable=True),
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "general": group({"name": text("name"), "domain": text("domain"), "currency": text("currency")}),
    },
)
ACCOUNT = Shape(
    "accounts",
    {
        "reseller_id": integer("reseller_id"),
        "name": text("name"),
        "status": choice("status", AccountStatus.values),
        "currency": text("currency"),
        "email": text("email"),
    },
)
PLAN = Shape(
    "plans",
    {
        "reseller_id": integer("reseller_id"),
        "name": text("name"),
        "sku": text("sku"),
        "status": choice("status", PlanStatus.values),
        "billing_type": choice("billing_type", BillingType.values),
        "fixed_price": flag("fixed_price"),
        "public": flag("public"),
    },
)
