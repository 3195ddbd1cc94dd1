"""What is wanted at the end of the terms that a vendor binds us to, as operations tell it to the vendor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from subscriptions.models import (
    CommitmentState,
    HeldCommitment,
    Order,
    OrderItem,
    OrderStatus,
    OrderType,
    Subscription,
    SubscriptionStatus,
    TakesEffect,
)
from vendors.commitments import END_OF_TERM, AtEnd, HoldsCommitments
from vendors.models import OperationAction, VendorOperation
from vendors.registry import plugin_for

# Orders of fewer units for the next term that the vendor is to know of, or knows of.
_ARRANGED = (OrderStatus.PROVISIONING, OrderStatus.PROVISIONING_FAILED, OrderStatus.SCHEDULED)
_GONE = (SubscriptionStatus.DELETING, SubscriptionStatus.DELETION_FAILED, SubscriptionStatus.DELETED)


@dataclass(frozen=True, slots=True)
class WantedEnd:
    """What comes after the present term; `units` go on by the template's resource keys, all of what is left out."""

    at_end: AtEnd
    units: dict[str, int] = field(default_factory=dict)


def is_bound(subscription: Subscription) -> bool:
    """Return whether the vendor behind the plan binds us for terms of its own."""
    connection = subscription.plan.template.connection
    return connection is not None and isinstance(plugin_for(connection.plugin), HoldsCommitments)


def has_terms(subscription: Subscription) -> bool:
    """Return whether the vendor has told of terms that this subscription is bound to: not all that it sells has any."""
    return is_bound(subscription) and subscription.commitments.exists()


def running_terms(subscription: Subscription) -> QuerySet[HeldCommitment]:
    """Return the vendor's terms that run, and end, as it has told of them last."""
    return subscription.commitments.filter(state=CommitmentState.ACTIVE).exclude(ends_on=None)


def wanted_end(subscription: Subscription) -> WantedEnd | None:
    """Return what is wanted at the end of the vendor's term; None where the vendor binds nobody.

    What is stopped is told anew once it is active again: until then a vendor may have dropped it.
    """
    if not is_bound(subscription):
        return None
    return wanted_ends([subscription], options_sold([subscription.pk]))[subscription.pk]


def wanted_ends(subscriptions: Iterable[Subscription], sold: Mapping[int, Mapping[str, str]]) -> dict[int, WantedEnd]:
    """Return what is wanted at the end of the terms of those whose vendor binds us: as people chose, else as sold.

    `sold` is what `options_sold` returns of them. One statement where fewer units are arranged.
    """
    bound = [row for row in subscriptions if is_bound(row)]
    units = _units({row.pk: row.lowers_on for row in bound if row.lowers_on is not None})
    return {row.pk: _wanted(row, sold.get(row.pk, row.plan.template.settings), units.get(row.pk, {})) for row in bound}


def options_sold(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the template's settings as each subscription was bought with them: later edits do not move it.

    Nothing for what was switched to another plan since: that is as its template says. Two statements.
    """
    orders = Order.objects.filter(subscription__in=ids, type__in=(OrderType.SALES, OrderType.SWITCH))
    bought: dict[int, str] = {}
    for pk, subscription, kind, status in orders.order_by("pk").values_list("pk", "subscription", "type", "status"):
        if kind == OrderType.SALES:
            bought[subscription] = f"order:{pk}:{OperationAction.PROVISION}"
        elif status == OrderStatus.COMPLETED:
            bought.pop(subscription, None)
    keys = {key: pk for pk, key in bought.items()}
    planned = VendorOperation.objects.filter(key__in=list(keys)).values_list("key", "payload__options")
    return {keys[key]: options for key, options in planned if options is not None}


def _wanted(row: Subscription, settings: Mapping[str, str], units: dict[str, int]) -> WantedEnd:
    if row.status in _GONE or row.ends_on is not None:
        return WantedEnd(AtEnd.ENDS)
    at_end = AtEnd(row.at_end or settings.get(END_OF_TERM) or AtEnd.RENEWS)
    return WantedEnd(at_end, units if at_end is AtEnd.RENEWS else {})


def _units(lowered: Mapping[int, date]) -> dict[int, dict[str, int]]:
    """Return the units that the renewal is to bring, of the subscriptions that are lowered on a day."""
    if not lowered:
        return {}
    items = OrderItem.objects.filter(
        order__subscription__in=lowered, order__takes_effect=TakesEffect.END_OF_TERM, order__status__in=_ARRANGED
    )
    found: dict[int, dict[str, int]] = {}
    for pk, day, key, after in items.values_list(
        "order__subscription",
        "order__effective_on",
        "subscription_resource__plan_resource__resource__key",
        "quantity_after",
    ):
        if day == lowered[pk]:
            found.setdefault(pk, {})[key] = after
    return found
