"""Ids and facts that a vendor tells after a service was provided, or tells otherwise than before (CR-582)."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy

from core.errors import Refused
from subscriptions.contract.handover import service_as_held
from subscriptions.contract.telling import service_alarm
from subscriptions.models import Subscription
from subscriptions.workers.comparing import held_by
from vendors import questions
from vendors.base import Done
from vendors.capabilities import ObservesServices
from vendors.errors import kept, sentence
from vendors.facts import told_over

logger = logging.getLogger(__name__)


def observe_services(*, now: datetime) -> int:
    """Ask after every service that is provided and with which nothing is under way; return how many are others now.

    A vendor that cannot be asked now is asked the next night: each service for itself, and killed anywhere the next
    night goes on.
    """
    changed = 0
    for pk in list(held_by(ObservesServices).values_list("pk", flat=True)):
        row = held_by(ObservesServices).filter(pk=pk).first()
        if row is None:
            continue
        try:
            changed += observe(row, now=now)
        except Refused as trouble:
            logger.warning("subscription %s cannot be observed: %s", row.pk, trouble.code)
    return changed


def observe(subscription: Subscription, *, now: datetime) -> bool:
    """Ask the vendor after one service and keep what it tells; return whether that is something else than before.

    Raises VendorUnavailable; GoneAtVendor where the vendor no longer has it.
    """
    asked = service_as_held(subscription)
    connection = subscription.plan.template.connection
    return _keep(subscription, questions.observe(connection, service=asked, now=now), now)


@transaction.atomic
def _keep(subscription: Subscription, told: Done, now: datetime) -> bool:
    """Keep ids and facts, unless something has happened to the service meanwhile: what was told may be older.

    Operators are told of a fact that has come to be an alarm.
    """
    rows = Subscription.objects.select_related("account__reseller").select_for_update(of=("self",))
    row = rows.get(pk=subscription.pk)
    if row.awaited_operation or row.updated_at != subscription.updated_at:
        return False
    before = (row.vendor_ids, row.attributes)
    row.vendor_ids = row.vendor_ids | dict(told.vendor_ids)
    row.attributes = told_over(row.attributes, [fact.kept for fact in told.facts])
    if (row.vendor_ids, row.attributes) == before:
        return False
    for fact in told.facts:
        if fact.alarm and before[1].get(fact.name, {}).get("value") != fact.value:
            reason = lazy(lambda fact=fact: sentence(fact.alarm, kept(fact.alarm_values)), str)()
            service_alarm(row, fact.name, reason, timezone.localtime(now).date())
    row.save(update_fields=["vendor_ids", "attributes"])
    return True
