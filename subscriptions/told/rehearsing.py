"""The night of a day, rehearsed: the real one is carried out for some accounts, looked at and rolled back."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from billing.models import Book, Charge, ChargeStatus, LedgerEntry, PostingKind, unnumbered
from core.among import Among
from subscriptions.contract.terms import UNDER_CHANGE
from subscriptions.models import StopReason, Subscription, SubscriptionStatus
from subscriptions.night.renewals import renew_accounts

RUNNING = {SubscriptionStatus.ACTIVE, *UNDER_CHANGE}
HELD = {StopReason.CREDIT_HOLD, StopReason.ADMINISTRATIVE_HOLD}
GONE = {SubscriptionStatus.DELETED, SubscriptionStatus.DELETING}


class Outcome(models.TextChoices):
    """What a night makes of a subscription."""

    RENEWED = "renewed", _("goes on")
    SHORT = "short", _("stopped: funds short")
    HELD = "held", _("stopped: account on hold")
    GRACED = "graced", _("days of grace begin")
    ENDED = "ended", _("stopped: term over")
    DELETED = "deleted", _("deleted")


class Fate(NamedTuple):
    """What a night makes of one subscription, and what it reserves for it, in the account's currency."""

    subscription_id: int
    account_id: int
    outcome: Outcome
    reserved: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a night does to some accounts: to their subscriptions, and by account what it writes off the balance.

    `asked`: what each subscription asks of what is available to go on, by id, whether it suffices or not.
    """

    fates: tuple[Fate, ...]
    closed: Mapping[int, Decimal]
    reserved: Mapping[int, Decimal]
    asked: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Eve:
    """The books as the night of a day finds them."""

    subscriptions: Mapping[int, tuple[str, date | None, date | None]]
    blocked: frozenset[int]
    newest_entry: int


def rehearse(account_ids: Collection[int], day: date) -> Rehearsed:
    """Return what the night of `day` does to the accounts, after all nights before it. Nothing of it is kept.

    The accounts are locked meanwhile. Where the books are of a later day already, that night is over: nothing is found.
    """
    return rehearse_nights(account_ids, [day])[day]


def rehearse_nights(account_ids: Collection[int], days: Collection[date]) -> dict[date, Rehearsed]:
    """Return what the night of each of these days does to the accounts, one after the other. Nothing of it is kept."""
    with transaction.atomic(), unnumbered():
        try:
            return {day: _carried_out(account_ids, day) for day in sorted(days)}
        finally:
            transaction.set_rollback(True)


def _carried_out(account_ids: Collection[int], day: date) -> Rehearsed:
    renew_accounts(account_ids=account_ids, today=day - timedelta(days=1))
    eve = _eve(account_ids)
    asked = renew_accounts(account_ids=account_ids, today=day).asked
    return _looked_at(account_ids, eve, day, asked)


def _eve(account_ids: Collection[int]) -> _Eve:
    among = Among("account", account_ids)
    live = Subscription.objects.filter(among).exclude(status__in=GONE)
    rows = live.values_list("pk", "status", "next_billing_day", "expiration_date")
    blocked = Charge.objects.filter(among, status=ChargeStatus.BLOCKED).values_list("pk", flat=True)
    newest = LedgerEntry.objects.filter(among).aggregate(newest=Max("pk"))["newest"] or 0
    return _Eve({pk: (status, billing, expires) for pk, status, billing, expires in rows}, frozenset(blocked), newest)


def _looked_at(account_ids: Collection[int], eve: _Eve, day: date, asked: Mapping[int, Decimal]) -> Rehearsed:
    among = Among("account", account_ids)
    reserved: dict[int | None, Decimal] = defaultdict(Decimal)
    of_accounts = dict.fromkeys(account_ids, Decimal(0))
    charges = Charge.objects.filter(among, status=ChargeStatus.BLOCKED)
    for pk, account_id, subscription_id, amount in charges.values_list("pk", "account", "subscription", "amount"):
        if pk not in eve.blocked:
            reserved[subscription_id] += amount
            of_accounts[account_id] += amount
    entries = LedgerEntry.objects.filter(among, book=Book.ACCOUNT, kind=PostingKind.CHARGE, pk__gt=eve.newest_entry)
    sums = entries.order_by().values("account").annotate(total=Sum("amount")).values_list("account", "total")
    fates = []
    rows = Subscription.objects.filter(Among("pk", eve.subscriptions)).order_by("account", "billing_priority", "pk")
    for pk, account_id, status, reason, stopped_on in rows.values_list(
        "pk", "account", "status", "stop_reason", "stopped_on"
    ):
        outcome = _outcome(eve.subscriptions[pk], status, reason if stopped_on == day else "", day)
        if outcome is not None:
            fates.append(Fate(pk, account_id, outcome, reserved[pk]))
    return Rehearsed(tuple(fates), {pk: -total for pk, total in sums}, of_accounts, asked)


def _outcome(before: tuple[str, date | None, date | None], status: str, stopped_for: str, day: date) -> Outcome | None:
    """Return what became of a subscription; None where nothing did that a night does."""
    status_before, billing_day, expires = before
    if status in GONE:
        return Outcome.DELETED
    if status == SubscriptionStatus.GRACED and status_before != SubscriptionStatus.GRACED:
        return Outcome.GRACED
    if stopped_for:
        if stopped_for in HELD:
            return Outcome.HELD
        return Outcome.SHORT if stopped_for == StopReason.FUNDS_SHORT else Outcome.ENDED
    runs = status_before in RUNNING and (status in RUNNING or status == SubscriptionStatus.RENEWING)
    return Outcome.RENEWED if runs and day in (billing_day, expires) else None
