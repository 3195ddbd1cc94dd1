"""What vendors sell, kept for a week where listing it takes longer than a person waits (`VendorPlugin.lists_slowly`).

Microsoft tells products, their SKUs and their availabilities one call each: some thousand calls. Workers read them.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.core.cache import cache

from vendors.access import opened
from vendors.base import Offer
from vendors.errors import VendorError, sentence
from vendors.models import ConnectionState, VendorConnection
from vendors.registry import plugin_for

logger = logging.getLogger(__name__)

LASTS = timedelta(days=7)
# A reading that failed is told of for so long; whoever opens the page has it read once more.
TOLD_FOR = timedelta(hours=1)
# What is older than this is read anew at night, so that it never runs out by day.
READ_AGAIN_AFTER = timedelta(days=5)


def kept(connection: VendorConnection) -> tuple[Offer, ...] | None:
    """Return what the connection's vendor sold when its catalogue was read last; None where that was not, or long ago.

    The settings it was read with are those of now: another country has another catalogue.
    """
    known = cache.get(_key(connection))
    return None if known is None else tuple(_offer(one) for one in known["offers"])


def keep(connection: VendorConnection, offers: Iterable[Offer], *, now: datetime) -> tuple[Offer, ...]:
    """Keep what the vendor sells, and return it."""
    listed = tuple(offers)
    told = {"read_at": now.isoformat(), "offers": [asdict(offer) for offer in listed]}
    cache.set(_key(connection), told, LASTS.total_seconds())
    return listed


def read(connection: VendorConnection, *, now: datetime) -> int:
    """Read the catalogue as long as it takes, and keep it; return how many offers it has.

    Raises VendorError, which is kept for those who wait for it.
    """
    plugin = plugin_for(connection.plugin)
    try:
        offers = tuple(plugin.catalogue(opened(connection, now=now)))
    except VendorError as trouble:
        told = {"at": now.isoformat(), "message": trouble.message, "values": trouble.values}
        cache.set(_trouble(connection), told, TOLD_FOR.total_seconds())
        raise
    cache.delete(_trouble(connection))
    return len(keep(connection, offers, now=now))


def trouble(connection: VendorConnection) -> tuple[datetime, str] | None:
    """Return when the catalogue could not be read last, and why, in the active language; None where it could be."""
    told = cache.get(_trouble(connection))
    return None if told is None else (datetime.fromisoformat(told["at"]), sentence(told["message"], told["values"]))


def read_old_ones(*, now: datetime) -> int:
    """Read those catalogues anew that are long and were kept for a while; return how many were."""
    count = 0
    for connection in VendorConnection.objects.filter(state=ConnectionState.GRANTED).order_by("pk"):
        known = cache.get(_key(connection)) if plugin_for(connection.plugin).lists_slowly else None
        if known is None or now - datetime.fromisoformat(known["read_at"]) < READ_AGAIN_AFTER:
            continue
        try:
            read(connection, now=now)
        except VendorError as trouble:
            logger.warning("the catalogue of connection %s is as old as it was: %s", connection.pk, trouble.code)
        else:
            count += 1
    return count


def _key(connection: VendorConnection) -> str:
    country = connection.settings.get("country", "")
    return f"vendors.catalogue:{connection.pk}:{country}"


def _trouble(connection: VendorConnection) -> str:
    return f"{_key(connection)}:trouble"


def _offer(told: dict[str, object]) -> Offer:
    names = set(Offer.__dataclass_fields__)
    known = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items() if name in names}
    return Offer(**known)  # type: ignore[arg-type]  # as `asdict` made them
