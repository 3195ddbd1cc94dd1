"""What is wanted at the end of the terms that a vendor binds us to, as operations tell it to the vendor."""

from dataclasses import dataclass, field

from subscriptions.models import Order, OrderItem, OrderStatus, Subscription, SubscriptionStatus, TakesEffect
from vendors.commitments import END_OF_TERM, AtEnd, HoldsCommitments
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


def wanted_end(subscription: Subscription) -> WantedEnd | None:
    """Return what is wanted at the end of the vendor's term: as people chose, else as the template says.

    None where the vendor binds nobody. One statement where fewer units are arranged. What is stopped is told anew once
    it is active again: until then a vendor may have dropped it.
    """
    if not is_bound(subscription):
        return None
    if subscription.status in _GONE or subscription.ends_on is not None:
        return WantedEnd(AtEnd.ENDS)
    chosen = subscription.at_end or subscription.plan.template.settings.get(END_OF_TERM) or AtEnd.RENEWS
    at_end = AtEnd(chosen)
    return WantedEnd(at_end, _units(subscription) if at_end is AtEnd.RENEWS else {})


def _units(subscription: Subscription) -> dict[str, int]:
    if subscription.lowers_on is None:
        return {}
    orders = Order.objects.filter(
        subscription=subscription,
        takes_effect=TakesEffect.END_OF_TERM,
        effective_on=subscription.lowers_on,
        status__in=_ARRANGED,
    )
    items = OrderItem.objects.filter(order__in=orders)
    return dict(items.values_list("subscription_resource__plan_resource__resource__key", "quantity_after"))
