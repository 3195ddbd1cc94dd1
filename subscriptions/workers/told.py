"""What vendors told of services tonight, as the comparison takes it: commitments, ids, and the customer's agreement."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from subscriptions.contract.compared import Found
from subscriptions.models import DifferenceKind, HeldCommitment, Subscription, SubscriptionStatus
from vendors.base import Service
from vendors.commitments import Commitment
from vendors.holdings import ListsHoldings

# What was told longer ago was not told tonight.
TONIGHT = timedelta(hours=12)


def commitments_told(rows: Sequence[Subscription], *, now: datetime) -> dict[int, list[Commitment]]:
    """Return what was told tonight of each service, and since anything has happened to it. One statement."""
    changed = {row.pk: row.updated_at for row in rows}
    told: dict[int, list[Commitment]] = {}
    kept = HeldCommitment.objects.filter(subscription__in=list(changed), seen_at__gt=now - TONIGHT)
    for one in kept.order_by("subscription", "pk"):
        # Both by the database's clock: when it was told is written as the vendor has answered.
        if one.updated_at >= changed[one.subscription_id]:
            told.setdefault(one.subscription_id, []).append(one.told)
    return told


def ids_of(plugin: ListsHoldings, row: Subscription) -> Mapping[str, str]:
    """Return what the vendor calls each resource of a service."""
    return plugin.resource_ids(service_of(row))


def service_of(row: Subscription) -> Service:
    """Return the ids and facts of a service, without its resources: no statement for each of many."""
    facts = {name: str(fact["value"]) for name, fact in row.attributes.items()}
    return Service(row.vendor_ids, {}, label=row.name, facts=facts)


def is_told_whole(plugin: object, row: Subscription, told: Sequence[Commitment]) -> bool:
    """Return whether all that the vendor has of a service was told as commitments."""
    if not isinstance(plugin, ListsHoldings):
        return bool(told)
    return bool(told) and set(ids_of(plugin, row)) <= {one.resource for one in told}


def agreement(plugin: object, row: Subscription) -> Iterator[Found]:
    """Yield that the customer's agreement counts no more, by what the vendor told of it last."""
    if not isinstance(plugin, ListsHoldings) or row.status == SubscriptionStatus.DELETED:
        return
    if plugin.unagreed(service_of(row)) is not None:
        yield Found(DifferenceKind.AGREEMENT, "", row.name, "accepted", "required")
