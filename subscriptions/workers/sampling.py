"""What is in use at vendors that tell no more is asked once an hour, and that is what the hour used.

A sample is a service's and an hour's: keyed by the hour, so that it is told once however often the job runs. An hour
that nobody asked in is lost, and said aloud when the next one is sampled.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.only_one import only_one
from notifications.announce import announce
from subscriptions.contract.handover import service_as_held
from subscriptions.models import Sampled, Subscription
from subscriptions.workers.usage import Measured, metered_at, record_usage_of_many
from vendors import questions
from vendors.capabilities import SamplesUsage
from vendors.models import VendorConnection

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
MISSED = _("in some hours nobody measured how much was in use (of so many services)")
# So many services are asked before their samples are written down.
BATCH = 100


def sample_usage(*, now: datetime) -> int:
    """Ask for this hour's samples that are not there yet, and tell them; return how many samples were taken.

    A service whose vendor cannot be asked is asked again as long as the hour lasts. May be killed at any line and run
    again, and several times an hour.
    """
    taken = 0
    for connection in _connections():
        with only_one("usage samples", connection.pk) as ours:
            taken += _sample(connection, now) if ours else 0
    return taken


def _connections() -> list[VendorConnection]:
    sold = metered_at(SamplesUsage).values("plan__template__connection")
    return list(VendorConnection.objects.filter(pk__in=sold).select_related("reseller").order_by("pk"))


def _sample(connection: VendorConnection, now: datetime) -> int:
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    related = ("account", "plan__template__connection", "period")
    there = metered_at(SamplesUsage).filter(plan__template__connection=connection).exclude(vendor_ids={})
    done = Sampled.objects.filter(hour__gte=hour).values("subscription")
    rows = list(there.exclude(pk__in=done).select_related(*related).order_by("account_id", "pk"))
    return sum(_batch(connection, rows[at : at + BATCH], hour, now) for at in range(0, len(rows), BATCH))


def _batch(connection: VendorConnection, rows: Sequence[Subscription], hour: datetime, now: datetime) -> int:
    """Ask for some services, then write down what they told, in one transaction."""
    day, key = timezone.localtime(hour).date(), f"sample:{hour:%Y-%m-%dT%HZ}"
    told: dict[int, list[Measured]] = {}
    for row in rows:
        try:
            found = questions.sample(connection, service=service_as_held(row), now=now)
        except Refused as trouble:
            logger.warning("subscription %s: this hour cannot be sampled yet: %s", row.pk, trouble.code)
            continue
        told[row.pk] = [Measured(name, units, day, key) for name, units in sorted(found.items()) if units]
    with transaction.atomic():
        recorded = record_usage_of_many(told, today=timezone.localtime(now).date())
        for number, refusal in recorded.refused.items():
            logger.warning("subscription %s: its sample is not told: %s: %s", number, refusal.code, refusal)
            del told[number]
        _say_what_was_missed(connection, list(told), hour)
        Sampled.objects.bulk_create(
            [Sampled(subscription_id=number, hour=hour) for number in told],
            update_conflicts=True,
            unique_fields=["subscription"],
            update_fields=["hour"],
        )
    return len(told)


def _say_what_was_missed(connection: VendorConnection, sampled: Sequence[int], hour: datetime) -> None:
    """Tell the administrators of the hours since the last samples in which nobody asked."""
    before = Sampled.objects.filter(subscription__in=sampled, hour__lt=hour - HOUR)
    last = list(before.order_by("hour").values_list("hour", flat=True))
    if not last:
        return
    start, end = (timezone.localtime(moment) for moment in (last[0] + HOUR, hour))
    missed = f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M} ({len(last)})"
    logger.warning("connection %s: services were not sampled: %s", connection.pk, missed)
    announce(
        "usage_not_told",
        reseller=connection.reseller,
        key=f"missed:{connection.pk}:{sampled[0]}:{hour.isoformat()}",
        about=("vendor_connection", connection.pk),
        context={"connection": connection.name, "what": MISSED, "detail": missed},
    )
