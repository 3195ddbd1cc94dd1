"""What an operator says of an operation in doubt.

Of a step that nobody can look up and that is never sent twice: it is there, or not. Of what has been in trouble for too
long: look again now, or give it up.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from core import secrets as sealing
from core.errors import Refusals, Refused
from core.only_one import only_one
from vendors.errors import Rejected, VendorError
from vendors.models import LINGERS, PARKED, TROUBLED, OperationState, Parking, VendorCall, VendorOperation
from vendors.outcomes import record

# A member of an operation's result: who has said what of which step, and when.
SETTLED = "settled"
GIVEN_UP = gettext_noop(
    "%(person)s has given it up; whether it was carried out is not known. Look at the vendor first, then try again"
    " (what is there is found and not made twice) or cancel. Known so far: %(reason)s"
)


class NothingParked(Refused):
    """Of the operation an operator has nothing to say."""

    code = "nothing_parked"


class StillAtWork(Refused):
    """A worker has the operation in hand at this moment."""

    code = "still_at_work"


class EvidenceMissing(Refused):
    """What is there at the vendor is not named; `field` says what is missing."""

    code = "evidence_missing"


def may_settle(operation: VendorOperation) -> Parking:
    """Return the step that an operator has to say something of. Raises NothingParked."""
    parked = operation.parked
    if parked is None:
        raise NothingParked(_("No step of this operation is in doubt: there is nothing to say."))
    return parked


def it_is_there(*, actor: Actor, operation: VendorOperation, told: Mapping[str, str], now: datetime) -> VendorOperation:
    """Take the step for carried out, with what the operator found at the vendor; the operation goes on at once.

    `told` holds the members of the step's result that the plugin asked for, and the secrets that it may be told: these
    are encrypted. The caller has checked that the operation may be seen. Raises NothingParked, StillAtWork,
    EvidenceMissing, Forbidden.
    """
    parked = may_settle(operation)
    refusals, found = Refusals(), {}
    for name, label in parked.told:
        found[name] = str(told.get(name, "")).strip()
        if not found[name]:
            sentence = _("“%(field)s” is missing: copy it from the vendor's own pages.") % {"field": gettext(label)}
            refusals.add(EvidenceMissing(sentence, field=name))
    refusals.raise_any()
    typed = {name: str(told.get(name, "")).strip() for name, _label in parked.sealed}
    secrets = {name: value for name, value in typed.items() if value}
    return _settled(actor, operation, parked, found, OperationState.CONFIRMED, now, secrets)


def it_is_not(*, actor: Actor, operation: VendorOperation, now: datetime) -> VendorOperation:
    """Take the step for not carried out: it is sent once more, and what was sealed of it is forgotten.

    Raises NothingParked, StillAtWork, Forbidden.
    """
    return _settled(actor, operation, may_settle(operation), None, OperationState.REJECTED, now)


def look_again(*, actor: Actor, operation: VendorOperation, now: datetime) -> VendorOperation:
    """Make an operation in doubt due at once: the vendor is asked what is there. Raises NothingParked, Forbidden."""
    actor.require("orders.retry")
    with _in_hand(operation) as row:
        row.next_attempt_at = now
        row.save(update_fields=["next_attempt_at"])
    return row


def give_up_looking(*, actor: Actor, operation: VendorOperation, now: datetime) -> VendorOperation:
    """End an operation in doubt as one that failed: it may be tried again, which looks first, or be cancelled.

    Raises NothingParked, StillAtWork, Forbidden.
    """
    actor.require("orders.retry")
    with _in_hand(operation) as row:
        known = VendorError(row.last_error_message)
        known.values = row.last_error_values
        given_up = Rejected(GIVEN_UP, code="given_up", person=str(actor.user or ""), reason=known)
        record(row, given_up, None, now=now)
    return row


@contextmanager
def _in_hand(operation: VendorOperation) -> Iterator[VendorOperation]:
    """Yield the row of an operation in doubt, locked, while no worker has it; what is written of it is committed."""
    with only_one("vendor operation", operation.pk) as mine, transaction.atomic():
        row = VendorOperation.objects.select_for_update(of=("self",)).get(pk=operation.pk)
        if not mine:
            raise StillAtWork(_("It is being looked at this very moment. Try again in a minute."))
        if row.doubtful_since is None:
            raise NothingParked(_("No step of this operation is in doubt: there is nothing to say."))
        yield row


def _settled(
    actor: Actor,
    operation: VendorOperation,
    parked: Parking,
    found: Mapping[str, str] | None,
    state: OperationState,
    now: datetime,
    secrets: Mapping[str, str] | None = None,
) -> VendorOperation:
    """Keep what was said of the step that was shown; another one that waits by now is another question."""
    actor.require("orders.retry")
    with _in_hand(operation) as row:
        if may_settle(row) != parked:
            raise NothingParked(_("Another step is in doubt by now. Look at the page again."))
        VendorCall.objects.filter(operation=row, name=parked.step).update(
            state=state, result=None if found is None else dict(found), doubtful_since=None, empty_looks=0
        )
        said = {"step": parked.step, "by": str(actor.user), "at": now.isoformat(), "there": found is not None}
        for past in (PARKED, TROUBLED, LINGERS):
            row.result.pop(past, None)
        row.result = {**row.result, SETTLED: [*row.result.get(SETTLED, ()), said]}
        row.last_error_code, row.last_error_message, row.last_error_values = "", "", {}
        row.next_attempt_at = now
        if parked.sealed:
            asked = set() if found is not None else {name for name, _label in parked.sealed}
            kept = {name: value for name, value in sealing.decrypt(row.sealed).items() if name not in asked}
            row.sealed = sealing.encrypt(kept | dict(secrets or {}))
        row.save(
            update_fields=[
                "result", "next_attempt_at", "last_error_code", "last_error_message", "last_error_values", "sealed",
            ]
        )  # fmt: skip
    return row
