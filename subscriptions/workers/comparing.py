"""Where no vendor measures what is used, our books are compared with what the vendor holds."""

import logging
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from core.errors import Refused
from notifications.announce import announce
from subscriptions.contract.handover import held_units, service_payload
from subscriptions.models import Subscription, SubscriptionStatus
from vendors import questions
from vendors.capabilities import CountsUnits
from vendors.registry import plugins_with

logger = logging.getLogger(__name__)

# In which statuses a vendor holds what we have sold, and nothing is on its way.
HELD_THERE = (
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.GRACED,
    SubscriptionStatus.STOPPED,
    SubscriptionStatus.BLOCKED,
)


def compare_units(*, now: datetime) -> int:
    """Compare what our books hold with what the vendors hold; tell each difference, return how many there are.

    A vendor that cannot be asked now is asked the next night.
    """
    found = 0
    for pk in list(held_by(CountsUnits).values_list("pk", flat=True)):
        row = held_by(CountsUnits).filter(pk=pk).first()
        if row is None:
            continue
        try:
            differences = list(_differences(row, now=now))
        except Refused as trouble:
            logger.warning("subscription %s: the vendor cannot be asked how much it holds: %s", row.pk, trouble.code)
            continue
        if differences and _stands_still(row):
            found += 1
            _tell(row, differences, now)
    return found


def held_by(able: type) -> QuerySet[Subscription]:
    """Return what vendors with a capability hold for us, with nothing on its way, in the order of its making."""
    slugs = [plugin.slug for plugin in plugins_with(able)]
    related = ("account__reseller", "plan__template__connection__reseller", "period")
    settled = Subscription.objects.filter(status__in=HELD_THERE, awaited_operation="").exclude(vendor_ids={})
    return settled.filter(plan__template__connection__plugin__in=slugs).select_related(*related).order_by("pk")


def _stands_still(subscription: Subscription) -> bool:
    """Return whether nothing has happened to it while its vendor was asked: what is on its way is no difference."""
    return held_by(CountsUnits).filter(pk=subscription.pk, updated_at=subscription.updated_at).exists()


def _differences(subscription: Subscription, *, now: datetime) -> Iterable[tuple[str, int, int]]:
    """Yield (resource's name, units in our books, units at the vendor) where they are not the same."""
    ours = held_units(subscription)
    names = dict(
        subscription.resources.filter(of_plan=True).values_list(
            "plan_resource__resource__key", "plan_resource__resource__name"
        )
    )
    connection = subscription.plan.template.connection
    theirs = questions.count(connection, service=service_payload(subscription, ours), now=now)
    for key, units in sorted(ours.items()):
        if theirs.get(key, 0) != units:
            yield names[key], units, theirs.get(key, 0)


def _tell(subscription: Subscription, differences: list[tuple[str, int, int]], now: datetime) -> None:
    """Tell a difference, once a month while it lasts: it may have been mended, and be there anew."""
    told = "; ".join(f"{name}: {ours} / {theirs}" for name, ours, theirs in differences)
    kind = sha256(told.encode()).hexdigest()[:16]
    announce(
        "units_differ",
        reseller=subscription.plan.template.connection.reseller,
        key=f"{subscription.pk}:{kind}:{now:%Y-%m}",
        about=("subscription", subscription.pk),
        context={"subscription": subscription.name, "account": subscription.account.name, "difference": told},
    )
