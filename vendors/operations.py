"""Operations at vendors: planned in the caller's transaction, carried out once, probed after a lost answer."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection as database
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from core import secrets as sealing
from core.errors import Refused
from core.only_one import only_one
from vendors.access import opened
from vendors.base import JSON, Connection, Done, Order, Outcome, Service, Task, Term, VendorPlugin, Verdict
from vendors.errors import (
    Gone,
    Rejected,
    StillUnknown,
    Transient,
    VendorError,
    gone_while_ordering,
    told_with_the_way_out,
)
from vendors.models import (
    UNFINISHED,
    WAITING,
    OperationAction,
    OperationState,
    VendorCall,
    VendorConnection,
    VendorOperation,
)
from vendors.outcomes import hold, keep_outcome, overtake, put_off, record
from vendors.performing import perform
from vendors.queries import next_change_of
from vendors.registry import plugin_for
from vendors.steps import Call, CallState, OnceOnly, seen

logger = logging.getLogger(__name__)

NO_VERDICT = gettext_noop("The vendor cannot say yet whether the request was carried out. It will be asked again.")
UNEXPECTED = gettext_noop("An unexpected fault (%(kind)s). It is in the log; it will be tried again by itself.")
NOT_TODAY = gettext_noop("The vendor takes no more changes of this service today. This one is sent at %(moment)s.")
WAS_GONE = gettext_noop("There was nothing left to end: %(reason)s We know it since %(day)s.")
# Somebody has to act before such an operation goes on (vendors.base.Waiting).
WAITS = Q(result__has_key=WAITING)
# What is gone is ended by these.
ENDING = frozenset({OperationAction.SUSPEND, OperationAction.CANCEL})


class NotWaiting(Refused):
    """The operation does not wait for anybody now, or a worker has it in hand."""

    code = "not_waiting"


class InsideTransaction(RuntimeError):
    """An operation was to be carried out inside an open transaction: its intent rows would not be durable."""


class RowBook:
    """The CallBook of vendors/steps.py over VendorCall rows: in autocommit, so that each save is durable."""

    def __init__(self, operation: VendorOperation) -> None:
        self.operation = operation

    def load(self, name: str) -> Call | None:
        """Return the step, or None when it was never begun."""
        row = VendorCall.objects.filter(operation=self.operation, name=name).first()
        return None if row is None else _call_of(row)

    def save(self, call: Call) -> None:
        """Keep the step durably, and the operation's state with the first that is sent."""
        VendorCall.objects.update_or_create(
            operation=self.operation,
            name=call.name,
            defaults={
                "request_id": call.request_id,
                "state": call.state.value,
                "answered": call.answered,
                "result": call.result,
                "doubtful_since": call.doubtful_since,
                "empty_looks": call.empty_looks,
                "looked_at": call.looked_at,
            },
        )
        if call.state is CallState.SENT and self.operation.state != OperationState.SENT:
            self.operation.state = OperationState.SENT
            self.operation.save(update_fields=["state"])

    def seal(self, secrets: Mapping[str, str]) -> None:
        """Keep secrets durably and encrypted on the operation."""
        self.operation.sealed = sealing.encrypt(sealing.decrypt(self.operation.sealed) | dict(secrets))
        self.operation.save(update_fields=["sealed"])

    def has_sealed(self, name: str) -> bool:
        """Return whether a secret of this name is kept."""
        return name in sealing.decrypt(self.operation.sealed)

    def note(self, note: JSON) -> None:
        """Keep a sentence on the operation, whose result it stays part of."""
        notes = self.operation.result.get("notes", [])
        if note not in notes:
            self.operation.result = {**self.operation.result, "notes": [*notes, note]}
            self.operation.save(update_fields=["result"])

    def calls(self) -> list[Call]:
        """Return every step that was begun."""
        return [_call_of(row) for row in self.operation.calls.order_by("pk")]

    def wait(self) -> int:
        """Count that the operation waits for a busy vendor once more; return how often it has."""
        self.operation.waits += 1
        self.operation.save(update_fields=["waits"])
        return self.operation.waits


def _call_of(row: VendorCall) -> Call:
    return Call(
        row.name,
        row.request_id,
        CallState(row.state),
        row.answered,
        row.result,
        row.doubtful_since,
        row.empty_looks,
        row.looked_at,
    )


def plan(
    connection: VendorConnection | None,
    *,
    action: str,
    key: str,
    subject: str,
    payload: Mapping[str, Any],
    now: datetime,
    service: str = "",
    asked_by: User | None = None,
) -> VendorOperation:
    """Write down, in the caller's transaction, what is to be done at the vendor; planning a key again changes nothing.

    `payload` holds plain values: an Order's for provision, {"service": …, "quantities": …} for the others. Operations
    that name the same `service` are carried out in the order of planning. `asked_by`: None for the night's.
    """
    operation, _made = VendorOperation.objects.get_or_create(
        key=key,
        defaults={
            "connection": connection,
            "action": OperationAction(action).value,
            "subject": subject,
            "service": service,
            "asked_by": asked_by,
            "payload": dict(payload),
            "planned_at": now,
            "next_attempt_at": now,
        },
    )
    return operation


def due(now: datetime) -> QuerySet[VendorOperation]:
    """Return the unfinished operations to try now, oldest first; one behind another of its service waits."""
    in_line = (OuterRef("service"), OuterRef("created_at"), OuterRef("id"))
    ready = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now)
    return (
        VendorOperation.objects.filter(ready, state__in=UNFINISHED)
        .exclude(~Q(action=OperationAction.CANCEL), Exists(_ahead_of(*in_line)))
        .exclude(Q(action=OperationAction.CANCEL), Exists(_ahead_of(*in_line).exclude(WAITS)))
        .order_by("created_at", "id")
    )


def carry_out(operation_id: UUID | str, *, now: datetime) -> VendorOperation:
    """Carry the operation on as far as the vendor lets it, and return it as it then stands.

    Never raises for vendor trouble: what passes is tried again later (next_attempt_at), a refusal is recorded with its
    sentence, a lost answer is parked and probed. Does nothing while another worker has it, while an earlier operation
    of the same service is unfinished, when it is finished, or when the vendor takes no more changes today (ChangeRule).
    Raises InsideTransaction.
    """
    operation = VendorOperation.objects.select_related("connection").get(pk=operation_id)
    if operation.connection is not None:
        _refuse_open_transaction()
    with only_one("vendor operation", operation.pk) as mine:
        if not mine:
            return operation
        operation.refresh_from_db()
        if operation.finished or _has_to_wait(operation) or not _overtakes(operation, now=now):
            return operation
        if _is_too_early(operation, now=now):
            return operation
        operation.attempts += 1
        operation.save(update_fields=["attempts"])
        access = None
        try:
            if operation.connection is not None:
                access = opened(operation.connection, now=now, operation=operation)
            outcome = _performed(operation, access)
        except VendorError as error:
            record(operation, error, access, now=now)
        except Exception as fault:
            put_off(operation, Transient(UNEXPECTED, code="unexpected", kind=type(fault).__name__), now=now)
            raise
        else:
            keep_outcome(operation, outcome, now=now)
    return operation


def retry(operation: VendorOperation, *, now: datetime, payload: Mapping[str, Any] | None = None) -> VendorOperation:
    """Make an operation due at once; a rejected one starts over where it was rejected (its remedy was applied).

    `payload` is what is sent from now on: the account's and the order's data as they are after the remedy. Confirmed
    steps stay as they were carried out.
    """
    anew = {} if payload is None else {"payload": dict(payload)}
    VendorOperation.objects.filter(pk=operation.pk, state=OperationState.REJECTED).update(
        state=OperationState.PLANNED, finished_at=None, waits=0, **anew
    )
    VendorOperation.objects.filter(pk=operation.pk, state__in=UNFINISHED).update(next_attempt_at=now)
    operation.refresh_from_db()
    return operation


@contextmanager
def held_still(operation: VendorOperation) -> Iterator[None]:
    """Keep workers from the operation; what is written of it is to be committed within. Raises NotWaiting."""
    with only_one("vendor operation", operation.pk) as mine:
        if not mine:
            raise NotWaiting(_("The order is being looked at this very moment. Try again in a minute."))
        yield


def amend(operation: VendorOperation, *, payload: Mapping[str, Any], now: datetime) -> None:
    """Let an operation that waits for somebody go on with another payload, and look at once how it stands.

    It is `held_still` by the caller. Raises NotWaiting where it waits no more.
    """
    row = VendorOperation.objects.filter(WAITS, pk=operation.pk, state__in=UNFINISHED)
    if not row.update(payload=dict(payload), next_attempt_at=now):
        raise NotWaiting(
            _("The order no longer waits at the vendor: there is nothing to correct. Load the page again.")
        )


def unsealed(operation: VendorOperation) -> dict[str, str]:
    """Return what the vendor told only once (a first password), decrypted; the caller answers for who may read it."""
    return sealing.decrypt(operation.sealed)


def _performed(operation: VendorOperation, access: Connection | None) -> Outcome:
    if operation.connection is None or access is None:
        return Done()
    return attempt(
        plugin_for(operation.connection.plugin),
        access,
        task_of(operation),
        OnceOnly(RowBook(operation), reference=operation.key),
    )


def attempt(plugin: VendorPlugin, connection: Connection, task: Task, steps: OnceOnly) -> Outcome:
    """Run the plugin's method for the task, after a probe where an earlier attempt was left in doubt or refused.

    Raises VendorError. Knows no rows: the plugins' contract suite runs it as workers do.
    """
    steps.begin(now=connection.now, visible_after=visible_after(plugin), sent=connection.http.sent)
    try:
        done = _done_already(plugin, connection, task, steps)
        return done if done is not None else perform(plugin, connection, task, steps)
    except Gone as gone:
        if task.order is not None:
            raise steps.waited(gone_while_ordering(gone)) from gone
        return _without_what_is_gone(gone, connection, task, steps)
    except VendorError as trouble:
        if (outcome := steps.waited(trouble)) is trouble:
            raise
        raise outcome from trouble


def visible_after(plugin: VendorPlugin) -> timedelta:
    """Return how long the vendor's lists may lag: settings.VENDOR_VISIBLE_AFTER where it names the plugin."""
    seconds = settings.VENDOR_VISIBLE_AFTER.get(plugin.slug)
    return plugin.visible_after if seconds is None else timedelta(seconds=seconds)


def _done_already(plugin: VendorPlugin, connection: Connection, task: Task, steps: OnceOnly) -> Done | None:
    """Return what the operation left behind if the vendor shows it as done.

    "Not done" sends nothing by itself: each step in doubt is looked for until it may be believed. Nor is a refusal met
    while probing the last word: the steps meet it again if it stands.
    """
    if not steps.in_doubt() and not steps.refused():
        return None
    try:
        probe = seen(lambda: plugin.probe(connection, task))
    except Rejected as refusal:
        logger.info("probing %s was refused: %s", task.reference, refusal.code)
        return None
    if probe.verdict is Verdict.UNKNOWN:
        raise StillUnknown(NO_VERDICT)
    return probe.done if probe.verdict is Verdict.DONE else None


def _without_what_is_gone(gone: Gone, connection: Connection, task: Task, steps: OnceOnly) -> Done:
    """End what was to be ended anyway, with a note since when we know; refuse the rest with the way out."""
    if task.service is not None and task.action in ENDING:
        steps.note(WAS_GONE, reason=gone, day=connection.now.date().isoformat())
        return Done(task.service.vendor_ids)
    raise told_with_the_way_out(gone) from gone


def task_of(operation: VendorOperation) -> Task:
    """Return the operation in the plain values that plugins speak."""
    payload = operation.payload
    provisions = operation.action == OperationAction.PROVISION
    return Task(
        action=operation.action,
        reference=operation.key,
        order=Order.from_payload(operation.key, payload) if provisions else None,
        service=None if provisions else Service.from_payload(payload["service"]),
        quantities=payload.get("quantities", {}),
        term=Term.from_payload(payload.get("term", {})),
        to=Service.from_payload(payload["to"]) if "to" in payload else None,
    )


def _ahead_of(service: Any, created_at: Any, pk: Any) -> QuerySet[VendorOperation]:
    """Return the unfinished operations of the same service that were planned earlier."""
    earlier = Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=pk)
    return VendorOperation.objects.filter(earlier, service=service, state__in=UNFINISHED).exclude(service="")


def _has_to_wait(operation: VendorOperation) -> bool:
    ahead = _ahead_of(operation.service, operation.created_at, operation.pk)
    return (ahead.exclude(WAITS) if operation.action == OperationAction.CANCEL else ahead).exists()


def _overtakes(operation: VendorOperation, *, now: datetime) -> bool:
    """Close what waits for somebody ahead of a cancellation; return False while a worker has one of these in hand."""
    if operation.action != OperationAction.CANCEL:
        return True
    for waiting in _ahead_of(operation.service, operation.created_at, operation.pk).filter(WAITS):
        with only_one("vendor operation", waiting.pk) as mine:
            if not mine:
                return False
            waiting.refresh_from_db()
            if WAITING in waiting.result and not waiting.finished:
                overtake(waiting, now=now)
    return not _has_to_wait(operation)


def _is_too_early(operation: VendorOperation, *, now: datetime) -> bool:
    """Put a change off whose vendor takes no more of this service today; one that has begun goes on."""
    if operation.action != OperationAction.CHANGE or operation.connection is None or operation.calls.exists():
        return False
    rule = plugin_for(operation.connection.plugin).change_rule(operation.payload["service"].get("options", {}))
    moment = next_change_of(operation.service, rule, now)
    if moment is None:
        return False
    hold(operation, Transient(NOT_TODAY, code="not_today", moment=f"{moment:%Y-%m-%d %H:%M %Z}"), until=moment)
    return True


def _refuse_open_transaction() -> None:
    if database.in_atomic_block and not settings.VENDOR_CALLS_INSIDE_TRANSACTIONS:
        raise InsideTransaction("Carry vendor operations out after the transaction that planned them is committed.")
