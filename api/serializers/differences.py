"""The shape of a difference between a vendor and our books."""

from api.serializers.related import ACCOUNT, RESELLER
from api.serializers.shape import Shape, choice, integer, moment, one, text
from api.serializers.subscriptions import SUBSCRIPTION
from subscriptions.models import DifferenceKind, Settled

DIFFERENCE = Shape(
    "differences",
    {
        "kind": choice("kind", DifferenceKind.values),
        "name": text("name"),
        "resource": text("resource"),
        "ours": text("ours"),
        "theirs": text("theirs"),
        "vendor_id": text("vendor_id"),
        "found_at": moment("found_at"),
        "seen_at": moment("seen_at"),
        # Empty while it is open.
        "settled": choice("settled", ["", *Settled.values]),
        "settled_at": moment("settled_at", nullable=True),
        "connection_id": integer("connection_id"),
        "account_id": integer("account_id"),
        "reseller_id": integer("reseller_id"),
        "subscription_id": integer("subscription_id", nullable=True),
    },
    relations={
        "reseller": one(RESELLER, "reseller"),
        "account": one(ACCOUNT, "account"),
        "subscription": one(SUBSCRIPTION, "subscription", nullable=True),
    },
)
