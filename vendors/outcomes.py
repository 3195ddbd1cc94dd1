"""What an attempt at an operation came to, written on its row: done, waiting for somebody, refused, put off."""

import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from vendors.base import Connection, Done, Outcome
from vendors.connections import record_trouble
from vendors.errors import ConsentNeeded, Misconfigured, NotYet, Parked, Rejected, VendorError, kept
from vendors.models import LINGERS, PARKED, PROBLEMS, TROUBLED, WAITING, OperationState, VendorOperation
from vendors.steps import IN_DOUBT

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
# A person has to act first; granting or checking the connection makes its operations due.
PAUSE_FOR_PEOPLE = timedelta(minutes=30)
# An operator has to say what became of a step; the vendor's records are looked at meanwhile.
PAUSE_WHILE_PARKED = timedelta(hours=6)
# After so long without an answer people are told: of what may have been carried out, and of what certainly was not.
DOUBT_IS_TOLD_AFTER = timedelta(hours=2)
TROUBLE_IS_TOLD_AFTER = timedelta(days=1)
PASSING = (PROBLEMS, WAITING, PARKED, TROUBLED, LINGERS)
NOT_IN_TIME_CODE = "not_in_time"
NOT_IN_TIME = gettext_noop("It was waited for until %(until)s: %(instruction)s")
OVERTAKEN = gettext_noop("It was cancelled while it waited: %(instruction)s")


def keep_outcome(operation: VendorOperation, outcome: Outcome, *, now: datetime) -> None:
    """Write down what the plugin returned; a wait that has lasted too long is a refusal, which may be tried again."""
    if isinstance(outcome, Done):
        finish(operation, outcome, now=now)
        return
    message, values = outcome.message, kept(outcome.values)
    before = operation.result.get(WAITING, {})
    same = (before.get("message"), before.get("who")) == (message, outcome.who.value)
    since = datetime.fromisoformat(before["since"]) if same else now
    until = None if outcome.at_most is None else since + outcome.at_most
    _tell(operation, outcome)
    if until is not None and now >= until:
        instruction = VendorError(message, **outcome.values)
        moment = f"{until:%Y-%m-%d %H:%M} UTC"
        refusal = Rejected(NOT_IN_TIME, code=NOT_IN_TIME_CODE, until=moment, instruction=instruction)
        record(operation, refusal, None, now=now)
        return
    operation.result[WAITING] = {
        "message": message,
        "values": values,
        "who": outcome.who.value,
        "since": since.isoformat(),
        "until": None if until is None else until.isoformat(),
        "late": outcome.alarm_after is not None and now >= since + outcome.alarm_after,
        "tells_contact": outcome.tells_contact,
    }
    for past in (PROBLEMS, TROUBLED, LINGERS):
        operation.result.pop(past, None)
    operation.waits = 0  # how often it waited for a busy vendor is counted anew between two looks
    operation.state = _state_between_attempts(operation)
    operation.next_attempt_at = now + outcome.look_again if until is None else min(now + outcome.look_again, until)
    operation.last_error_code, operation.last_error_message, operation.last_error_values = "", "", {}
    operation.save()


def overtake(operation: VendorOperation, *, now: datetime) -> None:
    """Close an operation that waits for somebody: what it has begun is ended by the cancellation after it."""
    waits = operation.result[WAITING]
    instruction = VendorError(waits["message"])
    instruction.values = waits["values"]
    record(operation, Rejected(OVERTAKEN, code="overtaken", instruction=instruction), None, now=now)


def _tell(operation: VendorOperation, outcome: Outcome) -> None:
    operation.result |= {
        "vendor_ids": dict(outcome.vendor_ids),
        "facts": [fact.kept for fact in outcome.facts],
    }


def finish(operation: VendorOperation, done: Done, *, now: datetime) -> None:
    """Write down that the operation is done, and what it left behind."""
    _tell(operation, done)
    for past in PASSING:
        operation.result.pop(past, None)
    operation.state = OperationState.CONFIRMED
    operation.finished_at, operation.next_attempt_at = now, None
    operation.last_error_code, operation.last_error_message, operation.last_error_values = "", "", {}
    operation.save()


def record(operation: VendorOperation, error: VendorError, access: Connection | None, *, now: datetime) -> None:
    """Write down what the attempt ended with: refused for good, or put off until it makes sense to try again."""
    if isinstance(error, Rejected):
        operation.state = OperationState.REJECTED
        operation.finished_at, operation.next_attempt_at = now, None
        for past in PASSING:
            operation.result.pop(past, None)
        _note(operation, error)
        operation.save()
        return
    operation.state = _state_between_attempts(operation)
    if isinstance(error, Parked):
        asked = {"told": [list(one) for one in error.told], "sealed": [list(one) for one in error.sealed]}
        operation.result = {**operation.result, PARKED: {"step": error.step, **asked}}
    for_people = isinstance(error, ConsentNeeded | Misconfigured)
    if for_people and operation.connection is not None and access is not None:
        # What an older grant met is no reason to wait for people: the newer one is tried soon.
        for_people = record_trouble(operation.connection, error, access=access, now=now)
    put_off(operation, error, now=now, for_people=for_people)


def _state_between_attempts(operation: VendorOperation) -> OperationState:
    """Return unknown while a call is in doubt, sent when a part is done, planned when certainly nothing is."""
    states = set(operation.calls.values_list("state", flat=True))
    if states & {state.value for state in IN_DOUBT}:
        return OperationState.UNKNOWN
    return OperationState.SENT if OperationState.CONFIRMED in states else OperationState.PLANNED


def put_off(operation: VendorOperation, error: VendorError, *, now: datetime, for_people: bool = False) -> None:
    """Let the operation be tried again later; the pauses grow."""
    if for_people:
        pause = PAUSE_FOR_PEOPLE
    elif isinstance(error, Parked):
        pause = PAUSE_WHILE_PARKED
    elif error.retry_after is not None:
        pause = timedelta(seconds=error.retry_after)
    else:
        # Waiting for a busy vendor begins with short pauses, however long it took to get there.
        turn = operation.waits if isinstance(error, NotYet) else operation.attempts
        pause = min(FIRST_PAUSE * 2 ** min(turn - 1, 12), LONGEST_PAUSE)
    operation.next_attempt_at = now + pause
    _note(operation, error)
    if not for_people:  # of a connection that has to be put right people are told already
        _note_how_long(operation, error, now=now)
    operation.save()
    logger.warning("vendor operation %s put off: %s", operation.key, error.code)


def _note_how_long(operation: VendorOperation, error: VendorError, *, now: datetime) -> None:
    """Keep since when it is in trouble, and that it has lasted too long; a wait that has an end of its own has not."""
    since = operation.result.setdefault(TROUBLED, now.isoformat())
    in_doubt = operation.state == OperationState.UNKNOWN
    bound = DOUBT_IS_TOLD_AFTER if in_doubt else TROUBLE_IS_TOLD_AFTER
    if now - datetime.fromisoformat(since) >= bound and not isinstance(error, NotYet):
        operation.result[LINGERS] = True


def hold(operation: VendorOperation, reason: VendorError, *, until: datetime) -> None:
    """Let the operation be tried no earlier than `until`: no trouble, and nothing was attempted."""
    operation.next_attempt_at = until
    _note(operation, reason)
    operation.save()


def _note(operation: VendorOperation, error: VendorError) -> None:
    operation.last_error_code = error.code
    operation.last_error_message, operation.last_error_values = error.message, error.values
    # Which field each sentence is about, for the form that corrects them.
    told = [{"field": one.field, "message": one.message, "values": one.values} for one in error.problems if one.field]
    operation.result = {**operation.result, PROBLEMS: told}
