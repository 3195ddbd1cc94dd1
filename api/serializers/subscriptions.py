"""The shape of a subscription (api-and-panels.md 2.2, CR-447)."""

from api.serializers.related import ACCOUNT, PLAN
from api.serializers.shape import Shape, choice, computed, day, flag, integer, moment, one, text
from subscriptions.models import Subscription, SubscriptionStatus
from vendors.commitments import AtEnd


def additional_attributes(row: Subscription) -> dict[str, str]:
    """Return what the vendor told of the service by key: its ids there and its public facts; secrets are in neither."""
    facts = {name: str(fact["value"]) for name, fact in row.attributes.items()}
    return facts | {name: str(value) for name, value in row.vendor_ids.items()}


SUBSCRIPTION = Shape(
    "subscriptions",
    {
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "plan_id": integer("plan_id"),
        "account_id": integer("account_id"),
        "name": text("name"),
        "trial": flag("trial"),
        "status": choice("status", SubscriptionStatus.values),
        "start_date": day("start_date"),
        "expiration_date": day("expiration_date"),
        "expires_on": day("expiration_date"),
        "auto_renew": flag("auto_renew"),
        # Of what a vendor sells for terms of its own (docs/office365.md, sections 5 and 8).
        "at_end": computed(
            lambda row: row.at_end or None,
            {
                "type": "string",
                "enum": [*AtEnd, None],
                "nullable": True,
                "description": "What comes after the vendor's term; null where nobody has chosen.",
            },
        ),
        "ends_on": day("ends_on"),
        "lowers_on": day("lowers_on"),
        "reseller_id": integer("reseller_id"),
    },
    relations={"account": one(ACCOUNT, "account"), "plan": one(PLAN, "plan")},
    meta={
        "additional_attributes": computed(
            additional_attributes, {"type": "object", "additionalProperties": {"type": "string"}}
        )
    },
)
