"""Reading connections, operations and the journal: every read starts at who asks."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Reseller
from accounts.queries import within_reach
from vendors.changing import ChangeRule
from vendors.models import (
    LINGERS,
    PARKED,
    UNFINISHED,
    ConnectionState,
    OperationAction,
    OperationState,
    VendorConnection,
    VendorExchange,
    VendorOperation,
)
from vendors.price_rows import PriceSheet


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


def price_sheets_visible_to(actor: Actor) -> QuerySet[PriceSheet]:
    """Return the price sheets of the connections that the actor sees."""
    return PriceSheet.objects.filter(price_list__connection__in=connections_visible_to(actor))


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


def operations_named(keys: Iterable[str]) -> QuerySet[VendorOperation]:
    """Return the operations with these keys; the caller has checked that what they are of may be seen."""
    return VendorOperation.objects.filter(key__in=list(keys))


def next_change_of(service: str, rule: ChangeRule, now: datetime) -> datetime | None:
    """Return when the vendor takes the next change of this service ("subscription:17"); None where it does so now.

    What it has accepted on the day that its time zone has now counts.
    """
    if rule.a_day is None:
        return None
    accepted = VendorOperation.objects.filter(
        service=service,
        action=OperationAction.CHANGE,
        state=OperationState.CONFIRMED,
        finished_at__gte=rule.day_begins(now),
    )
    return None if accepted.count() < rule.a_day else rule.day_begins(now, days=1)
