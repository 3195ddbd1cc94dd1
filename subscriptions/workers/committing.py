"""What vendors have bound us to: asked every night and after each operation, kept with the dates of the calendar."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.errors import Refused
from subscriptions.contract.handover import service_as_held, start_of
from subscriptions.models import (
    TOLD,
    CommitmentDate,
    CommitmentState,
    DateKind,
    HeldCommitment,
    Subscription,
    SubscriptionStatus,
)
from subscriptions.workers.comparing import HELD_THERE
from subscriptions.workers.new_terms import look_at_term
from vendors import questions
from vendors.commitments import AtEnd, Commitment, HoldsCommitments, State
from vendors.models import VendorOperation
from vendors.registry import plugins_with

logger = logging.getLogger(__name__)


def refresh_commitments(*, now: datetime, after: int = 0, go_on: Callable[[], bool] = lambda: True) -> int | None:
    """Ask what the vendors hold of every service that is bought for a term, in the order of the ids behind `after`.

    Returns the id behind which another run has to go on, where `go_on` has said no; None where all were asked. A
    vendor that cannot be asked now is asked the next night: each service for itself, and killed anywhere the next
    night goes on.
    """
    for pk in list(_bound().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)):
        if not go_on():
            return after
        refresh_one(pk, now=now)
        after = pk
    return None


def refresh_one(subscription_id: int, *, now: datetime) -> bool:
    """Ask what the vendor holds of one service; return whether that is something else than before.

    False also where the vendor sells nothing for a term, something is under way, or the vendor cannot be asked now.
    """
    row = _bound().filter(pk=subscription_id).first()
    if row is None:
        return False
    try:
        return refresh(row, now=now)
    except Refused as trouble:
        logger.warning("subscription %s: its commitments cannot be asked for: %s", row.pk, trouble.code)
        return False


def refresh_after(operation: VendorOperation, *, now: datetime) -> bool:
    """Ask what the vendor holds of the service of a finished operation; return whether that is something else now.

    Where a worker is killed before it, the next night asks.
    """
    kind, _colon, pk = operation.service.partition(":")
    return kind == "subscription" and refresh_one(int(pk), now=now)


def refresh(subscription: Subscription, *, now: datetime) -> bool:
    """Ask what the vendor holds of a service and keep it; return whether that is something else than before.

    Nothing is kept where something has happened to the service meanwhile: what was told may be older. Raises
    VendorUnavailable.
    """
    connection = subscription.plan.template.connection
    try:
        told = questions.commitments(connection, service=service_as_held(subscription), now=now)
    except questions.GoneAtVendor:
        told = [_ended(row) for row in subscription.commitments.all()]
    return keep(subscription, told, now=now)


def _bound() -> QuerySet[Subscription]:
    """Return the services of vendors that sell for terms, with nothing on its way.

    One that we have deleted is asked after until the vendor has ended it too: it is paid until then.
    """
    slugs = [plugin.slug for plugin in plugins_with(HoldsCommitments)]
    left = Q(status=SubscriptionStatus.DELETED) & Q(
        pk__in=HeldCommitment.objects.exclude(state=CommitmentState.ENDED).values("subscription")
    )
    settled = Subscription.objects.filter(Q(status__in=HELD_THERE) | left, awaited_operation="").exclude(vendor_ids={})
    return settled.filter(plan__template__connection__plugin__in=slugs).select_related(
        "account__reseller", "plan__template__connection__reseller", "period"
    )


def _ended(row: HeldCommitment) -> Commitment:
    """Return a commitment of a service that its vendor no longer has."""
    return Commitment(row.resource, row.vendor_id, row.item, State.ENDED, 0)


@transaction.atomic
def keep(subscription: Subscription, told: Sequence[Commitment], *, now: datetime) -> bool:
    """Keep what was told of a subscription, unless something has happened to it since it was read.

    Returns whether that is something else than before.
    """
    row = Subscription.objects.select_for_update().defer("search_vector").get(pk=subscription.pk)
    if row.awaited_operation or row.updated_at != subscription.updated_at:
        return False
    resources = row.resources.order_by("of_plan", "pk").values_list("plan_resource__resource__key", "name")
    names = dict(resources)  # of the present plan, where an earlier one had the same
    known = {one.resource: one for one in row.commitments.all()}
    changed = False
    for one in told:
        kept = known.pop(one.resource, None) or HeldCommitment(subscription=row, resource=one.resource)
        before = None if kept.pk is None else kept.told
        if before is not None:
            look_at_term(subscription, before, one, timezone.localtime(now).date())
        for name, value in _columns(one).items():
            setattr(kept, name, value)
        kept.name, kept.seen_at = names.get(one.resource, one.resource), now
        kept.save()
        changed |= before != kept.told
        _keep_dates(row, kept, now)
    HeldCommitment.objects.filter(pk__in=[one.pk for one in known.values()]).delete()
    return changed or bool(known)


def _columns(told: Commitment) -> dict[str, object]:
    """Return what was told as the columns of a row."""
    batches = sorted(told.returnable, key=lambda batch: batch.until)
    columns = {name: getattr(told, name) for name in TOLD} | {
        "returnable": [{"quantity": one.quantity, "until": one.until.isoformat()} for one in batches],
        "at_end": told.at_end or "",
        "next_term": None if told.next_term is None else asdict(told.next_term),
    }
    return columns


def _keep_dates(subscription: Subscription, row: HeldCommitment, now: datetime) -> None:
    """Write the dates of a commitment, so that those that stay are the same rows."""
    dates = [
        CommitmentDate(
            commitment=row,
            subscription=subscription,
            account_id=subscription.account_id,
            reseller_id=subscription.reseller_id,
            kind=kind,
            at=at,
            units=units,
        )
        for (kind, at), units in dates_of(row.told, now, deleted=subscription.status == SubscriptionStatus.DELETED)
    ]
    kept = CommitmentDate.objects.bulk_create(
        dates, update_conflicts=True, unique_fields=["commitment", "kind", "at"], update_fields=["units"]
    )
    row.dates.exclude(pk__in=[date.pk for date in kept]).delete()


def dates_of(
    told: Commitment, now: datetime, *, deleted: bool = False
) -> Iterator[tuple[tuple[DateKind, datetime], int]]:
    """Yield the dates of a commitment as (kind, moment) with their units: open windows, and the end of the term.

    Of what we have deleted, nothing is decided any more: only its end is left.
    """
    if told.state is State.ENDED:
        return
    if not deleted:
        open_until = sorted({batch.until for batch in told.returnable if now < batch.until})
        for until in open_until:
            yield (DateKind.UNITS, until), sum(batch.quantity for batch in told.returnable if batch.until == until)
        if told.cancel_until is not None and told.may_cancel(now):
            yield (DateKind.CANCEL, told.cancel_until), told.quantity
    if told.ends_on is not None and told.at_end is not None:
        units = told.quantity
        if told.at_end is AtEnd.RENEWS and told.next_term is not None:
            units = told.next_term.quantity
        yield (DateKind(told.at_end), start_of(told.ends_on)), units
