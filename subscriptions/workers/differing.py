"""Differences between vendors and our books as rows: found, seen again, vanished; and the letter of the night."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.announce import announce
from subscriptions.contract.compared import Found
from subscriptions.models import Difference, DifferenceKind, Settled, Subscription, SubscriptionStatus
from vendors.facts import told_over
from vendors.holdings import Listed
from vendors.models import OperationState, VendorConnection, VendorOperation

# Where the books have no place for what was accepted, what was accepted is itself the word that holds.
KEPT_BY_ACCEPTING = (DifferenceKind.TERM, DifferenceKind.SCHEDULE)


@dataclass(frozen=True)
class Looked:
    """A service at which the vendor's side was looked at, as its row stood then, and what was found."""

    subscription: Subscription
    found: Sequence[Found]


@dataclass(frozen=True)
class Others:
    """What customers have at a vendor that nobody's books have: of each of the `accounts` that were looked at."""

    accounts: Collection[int]
    found: Sequence[tuple[Subscription, Listed]] = field(default=())


def open_differences() -> QuerySet[Difference]:
    """Return the differences that are not settled."""
    return Difference.objects.filter(settled="")


@transaction.atomic
def keep_found(connection: VendorConnection, looked: Collection[Looked], *, now: datetime) -> int:
    """Keep what was found at the services that were looked at, in a fixed number of statements; return what is new.

    What was open and is not found any more has vanished. A service that something has happened to since is left out:
    what was found at it may be older than that.
    """
    still = _standing_still([one.subscription for one in looked])
    looked = [one for one in looked if one.subscription.pk in still]
    accepted = _accepted([one.subscription.pk for one in looked])
    found = {
        (one.subscription.pk, *what.key): (one.subscription, what)
        for one in looked
        for what in one.found
        if accepted.get((one.subscription.pk, *what.key)) != what.theirs
    }
    open_rows = open_differences().filter(subscription__in=[one.subscription.pk for one in looked])
    known = {(row.subscription_id, row.resource, row.kind): row for row in open_rows.select_for_update()}
    _seen_again([(known[key], what) for key, (_row, what) in found.items() if key in known], now)
    _vanished([row for key, row in known.items() if key not in found and not row.operation], now)
    fresh = [
        Difference(
            connection=connection,
            reseller_id=row.reseller_id,
            account_id=row.account_id,
            subscription=row,
            kind=what.kind,
            resource=what.resource,
            name=what.name,
            vendor_id=what.vendor_id,
            ours=what.ours,
            theirs=what.theirs,
            found_at=now,
            seen_at=now,
        )
        for key, (row, what) in found.items()
        if key not in known
    ]
    Difference.objects.bulk_create(fresh)
    return len(fresh)


@transaction.atomic
def keep_others(connection: VendorConnection, others: Others, *, now: datetime) -> int:
    """Keep what nobody's books have of the customers that were looked at; return how much of it is new."""
    rows = Difference.objects.filter(connection=connection, account__in=others.accounts, subscription=None)
    left_alone = set(rows.filter(settled=Settled.ACCEPTED).values_list("vendor_id", flat=True))
    known = {row.vendor_id: row for row in rows.filter(settled="").select_for_update()}
    found = {one.commitment.vendor_id: (row, one) for row, one in others.found}
    for vendor_id, row in known.items():
        if vendor_id in found:
            row.seen_at, row.theirs = now, theirs_of(found[vendor_id][1])
    Difference.objects.bulk_update([known[one] for one in known if one in found], ["seen_at", "theirs"])
    _vanished([row for vendor_id, row in known.items() if vendor_id not in found and not row.operation], now)
    fresh = [
        Difference(
            connection=connection,
            reseller_id=row.reseller_id,
            account_id=row.account_id,
            kind=DifferenceKind.UNKNOWN,
            name=one.name[:300],
            vendor_id=vendor_id,
            vendor_ids=dict(one.vendor_ids),
            theirs=theirs_of(one),
            found_at=now,
            seen_at=now,
        )
        for vendor_id, (row, one) in found.items()
        if vendor_id not in known and vendor_id not in left_alone
    ]
    Difference.objects.bulk_create(fresh)
    return len(fresh)


def theirs_of(listed: Listed) -> str:
    """Return what a vendor holds that nobody's books have, as the value of its difference: its state and units."""
    return f"{listed.commitment.state} {listed.commitment.quantity}"


@transaction.atomic
def restored(operation: VendorOperation, *, now: datetime) -> None:
    """Apply what came of an operation that was to restore ours, once: it is restored, or stays open with the refusal.

    What the vendor told is taken over, unless something is on its way by now.
    """
    row = open_differences().filter(operation=operation.key).select_for_update(of=("self",)).first()
    if row is None:
        return
    row.operation = ""
    if operation.state != OperationState.CONFIRMED:
        row.refused = operation.key
        row.save(update_fields=["operation", "refused"])
        return
    row.settled, row.settled_at, row.settled_by_id, row.refused = Settled.RESTORED, now, operation.asked_by_id, ""
    row.save(update_fields=["operation", "settled", "settled_at", "settled_by", "refused"])
    service = Subscription.objects.select_for_update().defer("search_vector").filter(pk=row.subscription_id).first()
    if service is not None and not service.awaited_operation:
        service.vendor_ids = service.vendor_ids | operation.result.get("vendor_ids", {})
        service.attributes = told_over(service.attributes, operation.result.get("facts", ()))
        service.save(update_fields=["vendor_ids", "attributes"])


def restoring() -> QuerySet[Difference]:
    """Return the differences whose operation at the vendor is under way, or done and not applied."""
    return open_differences().exclude(operation="")


def forget_deleted(connection: VendorConnection, *, now: datetime) -> None:
    """Settle what was open of subscriptions that are deleted by now, but for what runs on at the vendor."""
    rows = open_differences().filter(connection=connection, subscription__status=SubscriptionStatus.DELETED)
    _vanished(list(rows.exclude(kind=DifferenceKind.RUNNING).exclude(~Q(operation=""))), now)


def tell(*, now: datetime) -> None:
    """Tell the administrators of each connection's reseller what was found since they were told last: one letter."""
    with transaction.atomic():
        rows = open_differences().filter(told_at=None).order_by("pk").select_for_update(of=("self",))
        untold = list(rows.select_related("connection__reseller"))
        by_reseller: dict[int, list[Difference]] = {}
        for row in untold:
            by_reseller.setdefault(row.connection.reseller_id, []).append(row)
        for told in by_reseller.values():
            _letter(told, now)
        Difference.objects.filter(pk__in=[row.pk for row in untold]).update(told_at=now)


def _letter(told: Sequence[Difference], now: datetime) -> None:
    counts: dict[str, int] = {}
    for row in told:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    kinds = [(DifferenceKind(kind).label, counts[kind]) for kind in DifferenceKind.values if kind in counts]
    announce(
        "differences_found",
        reseller=told[0].connection.reseller,
        key=f"{told[0].connection.reseller_id}:{timezone.localtime(now).date()}:{told[0].pk}",
        path="/operator/differences/",
        context={"number": len(told), "kinds": kinds},
    )


def _standing_still(rows: Collection[Subscription]) -> set[int]:
    """Return the subscriptions that are as they were read, and on which nothing is on its way."""
    read = {row.pk: row.updated_at for row in rows}
    now = Subscription.objects.filter(pk__in=list(read), awaited_operation="").values_list("pk", "updated_at")
    return {pk for pk, updated_at in now if read[pk] == updated_at}


def _accepted(ids: Sequence[int]) -> Mapping[tuple[int, str, str], str]:
    """Return what was accepted last of the kinds that the books have no place for: theirs, by what it is of.

    That nothing is arranged at the vendor is in the books: our order was cancelled.
    """
    rows = Difference.objects.filter(subscription__in=ids, settled=Settled.ACCEPTED, kind__in=KEPT_BY_ACCEPTING)
    rows = rows.exclude(kind=DifferenceKind.SCHEDULE, theirs="")
    return {
        (subscription, resource, kind): theirs
        for subscription, resource, kind, theirs in rows.order_by("settled_at", "pk").values_list(
            "subscription", "resource", "kind", "theirs"
        )
    }


def _seen_again(pairs: Sequence[tuple[Difference, Found]], now: datetime) -> None:
    for row, what in pairs:
        row.seen_at, row.ours, row.theirs, row.name = now, what.ours, what.theirs, what.name
    Difference.objects.bulk_update([row for row, _what in pairs], ["seen_at", "ours", "theirs", "name"])


def _vanished(rows: Sequence[Difference], now: datetime) -> None:
    ids = [row.pk for row in rows]
    if ids:
        Difference.objects.filter(pk__in=ids).update(settled=Settled.VANISHED, settled_at=now)
