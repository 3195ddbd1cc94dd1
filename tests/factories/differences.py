"""Differences with vendors for tests, as the night keeps them."""

from datetime import UTC, datetime

from accounts.actors import Actor
from subscriptions.models import Choice, Difference, DifferenceKind, Resolution, Subscription
from subscriptions.resolving.drafting import draft_resolution
from tests.remembering import remembered
from vendors.models import VendorConnection

FOUND_AT = datetime(2027, 3, 11, 3, 15, tzinfo=UTC)


@remembered
def difference(*, subscription: Subscription, connection: VendorConnection, **columns: object) -> Difference:
    """Return a difference of a subscription, by default three units more at the vendor."""
    return Difference.objects.create(
        **{
            "connection": connection,
            "account": subscription.account,
            "reseller": subscription.reseller,
            "subscription": subscription,
            "kind": DifferenceKind.QUANTITY,
            "resource": "seats",
            "name": "Seats",
            "ours": "5",
            "theirs": "8",
            "vendor_id": "1",
            "found_at": FOUND_AT,
            "seen_at": FOUND_AT,
            **columns,
        }
    )


@remembered
def resolution(*, actor: Actor, differences: list[Difference], choice: str = Choice.ACCEPT) -> Resolution:
    """Return a draft that settles the differences."""
    rows = Difference.objects.filter(pk__in=[one.pk for one in differences])
    return draft_resolution(actor=actor, choice=choice, differences=rows)
