"""Short shapes of what other records point at, for `include`."""

from accounts.models import AccountStatus
from api.serializers.shape import Shape, choice, day, flag, integer, text
from subscriptions.models import BillingType, PlanStatus, SubscriptionStatus

RESELLER = Shape(
    "resellers",
    {
        "parent_id": integer("parent_id", nullable=True),
        "name": text("name"),
        "domain": text("domain"),
        "currency": text("currency"),
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
SUBSCRIPTION = Shape(
    "subscriptions",
    {
        "account_id": integer("account_id"),
        "plan_id": integer("plan_id"),
        "name": text("name"),
        "status": choice("status", SubscriptionStatus.values),
        "trial": flag("trial"),
        "start_date": day("start_date"),
        "expiration_date": day("expiration_date"),
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
