"""The vendors' side is looked at: what they hold is compared with our books every night (differing.py keeps it).

Commitments are compared as they were told tonight (committing.py), units are counted where a vendor tells no more, and
each customer's whole list shows what nobody's books have (listing.py).
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from core.errors import Refused
from subscriptions.contract.compared import Wanted, counted, differences
from subscriptions.contract.handover import service_payload
from subscriptions.contract.wanted import wanted_of
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.workers.differing import Looked, forget_deleted, keep_found, tell
from subscriptions.workers.listing import look_at_lists
from subscriptions.workers.told import agreement, commitments_told, is_told_whole
from vendors import questions
from vendors.base import VendorPlugin
from vendors.capabilities import CountsUnits
from vendors.commitments import HoldsCommitments
from vendors.holdings import ListsHoldings
from vendors.models import UNFINISHED, VendorConnection, VendorOperation
from vendors.registry import plugin_for, plugins_with

logger = logging.getLogger(__name__)

# In which statuses a vendor holds what we have sold, and nothing is on its way.
HELD_THERE = (
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.GRACED,
    SubscriptionStatus.STOPPED,
    SubscriptionStatus.BLOCKED,
)
# So many services are compared at once.
A_SET = 200
RELATED = ("account__reseller", "plan__template__connection__reseller", "period")


def compare_with_vendors(*, now: datetime) -> int:
    """Compare our books with what every vendor holds; return how many new differences there are, and tell of them.

    A vendor that cannot be asked now is asked the next night. Killed anywhere, it may be run again.
    """
    slugs = [plugin.slug for able in (CountsUnits, HoldsCommitments) for plugin in plugins_with(able)]
    found = 0
    for connection in VendorConnection.objects.filter(plugin__in=slugs).order_by("pk"):
        found += compare_connection(connection, now=now)
    tell(now=now)
    return found


def compare_connection(connection: VendorConnection, *, now: datetime) -> int:
    """Compare all services of a connection, a set at a time; return how many new differences there are."""
    forget_deleted(connection, now=now)
    plugin, found = plugin_for(connection.plugin), 0
    ids = list(_settled(connection).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), A_SET):
        rows = list(_settled(connection).filter(pk__in=ids[start : start + A_SET]).select_related(*RELATED))
        found += keep_found(connection, list(_looked_at(plugin, rows, now)), now=now)
    if isinstance(plugin, ListsHoldings):
        found += look_at_lists(connection, plugin, _settled(connection), now=now)
    return found


def held_by(able: type) -> QuerySet[Subscription]:
    """Return what vendors with a capability hold for us, with nothing on its way, in the order of its making."""
    slugs = [plugin.slug for plugin in plugins_with(able)]
    settled = Subscription.objects.filter(status__in=HELD_THERE, awaited_operation="").exclude(vendor_ids={})
    return settled.filter(plan__template__connection__plugin__in=slugs).select_related(*RELATED).order_by("pk")


def _settled(connection: VendorConnection) -> QuerySet[Subscription]:
    """Return the services of a connection with nothing on its way, with those that we have deleted."""
    statuses = Q(status__in=(*HELD_THERE, SubscriptionStatus.DELETED))
    rows = Subscription.objects.filter(statuses, plan__template__connection=connection, awaited_operation="")
    service = Concat(Value("subscription:"), Cast(OuterRef("pk"), CharField()))
    return rows.exclude(vendor_ids={}).exclude(
        Exists(VendorOperation.objects.filter(service=service, state__in=UNFINISHED))
    )


def _looked_at(plugin: VendorPlugin, rows: Sequence[Subscription], now: datetime) -> Iterator[Looked]:
    """Yield the services whose vendor's side is known tonight, each with where it is not what the books want."""
    wanted = wanted_of(rows)
    told = commitments_told(rows, now=now) if isinstance(plugin, HoldsCommitments) else {}
    for row in rows:
        held = told.get(row.pk, ())
        if isinstance(plugin, CountsUnits) and not held:
            # Nothing binds us of it: its units are all that the vendor tells.
            if row.status != SubscriptionStatus.DELETED:
                yield from _counted(row, wanted[row.pk], now)
        elif is_told_whole(plugin, row, held):
            yield Looked(row, [*differences(wanted[row.pk], held), *agreement(plugin, row)])


def _counted(row: Subscription, wanted: Wanted, now: datetime) -> Iterator[Looked]:
    """Yield a service whose vendor tells nothing but units; nothing where it cannot be asked now."""
    try:
        units = questions.count(row.plan.template.connection, service=service_payload(row, wanted.units), now=now)
    except Refused as trouble:
        logger.warning("subscription %s: the vendor cannot be asked how much it holds: %s", row.pk, trouble.code)
        return
    yield Looked(row, list(counted(wanted, units)))
