"""Reading connections, operations and the journal: every read starts at who asks."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Reseller
from accounts.queries import within_reach
from vendors.models import (
    LINGERS,
    PARKED,
    UNFINISHED,
    ConnectionState,
    VendorConnection,
    VendorExchange,
    VendorOperation,
)


def connections_visible_to(actor: Actor) -> QuerySet[VendorConnection]:
    """Return the connections of the actor's reseller and of those below it; none without the right to see them."""
    if not actor.may("vendor_connections.view"):
        return VendorConnection.objects.none()
    return VendorConnection.objects.filter(within_reach(actor))


def operations_visible_to(actor: Actor) -> QuerySet[VendorOperation]:
    """Return the operations over connections that the actor sees."""
    return VendorOperation.objects.filter(connection__in=connections_visible_to(actor))


def exchanges_visible_to(actor: Actor) -> QuerySet[VendorExchange]:
    """Return the journal of the connections that the actor sees."""
    return VendorExchange.objects.filter(connection__in=connections_visible_to(actor))


def operations_in_doubt() -> QuerySet[VendorOperation]:
    """Return the operations that an operator has to look at; the caller narrows them to the visible."""
    return VendorOperation.objects.filter(state__in=UNFINISHED, result__has_any_keys=[PARKED, LINGERS])


def newest_exchanges(operation: VendorOperation) -> QuerySet[VendorExchange]:
    """Return the exchanges with the vendor of an operation that may be seen, the newest first; secrets are masked."""
    return VendorExchange.objects.filter(operation_id=operation.pk).order_by("-pk")


def usable_connections(reseller: Reseller) -> QuerySet[VendorConnection]:
    """Return the reseller's own connections over which templates may be made: those that are granted."""
    return VendorConnection.objects.filter(reseller=reseller, state=ConnectionState.GRANTED)


def operations_of(subjects: Iterable[str]) -> QuerySet[VendorOperation]:
    """Return the operations for these subjects ("order:17"); the caller has checked that they may be seen."""
    return VendorOperation.objects.filter(subject__in=list(subjects))
