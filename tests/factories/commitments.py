"""What a vendor holds, kept as the worker keeps it."""

from datetime import datetime, timedelta

from subscriptions.models import HeldCommitment, Subscription
from subscriptions.workers.committing import keep
from tests.remembering import remembered
from vendors.commitments import AtEnd, Commitment, Returnable, State


def told(*, now: datetime, **members: object) -> Commitment:
    """Return five seats that renew in a month and can be given back or cancelled for six days, with other members."""
    closes = now + timedelta(days=6)
    return Commitment(
        **{
            "resource": "seats", "vendor_id": "7f0c8a52-3b1d-4a46-9c1e-0d6f0a1c2b3d", "item": "CFQ7TTC0LH18:0001:X",
            "state": State.ACTIVE, "quantity": 5, "term": "P1M", "billing_plan": "monthly",
            "ends_on": (now + timedelta(days=30)).date(), "cancel_until": closes,
            "returnable": (Returnable(5, closes),), "at_end": AtEnd.RENEWS, **members,
        }
    )  # fmt: skip


@remembered
def commitment(*, subscription: Subscription, now: datetime, **members: object) -> HeldCommitment:
    """Return what is kept of the subscription once its vendor has told that, and nothing else."""
    subscription.refresh_from_db()
    keep(subscription, [told(now=now, **members)], now=now)
    return HeldCommitment.objects.get(subscription=subscription)
