"""The rule by which a changing call is made exactly once, whatever breaks: pure, over any durable book."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

from django.utils.translation import gettext_noop

from vendors.base import JSON, NeverAgain, Sent
from vendors.errors import (
    Gone,
    LostAnswer,
    NotFound,
    NotVisibleYet,
    NotYet,
    Parked,
    Rejected,
    StillUnknown,
    Transient,
    Unlisted,
    VendorError,
    kept,
)

logger = logging.getLogger(__name__)

UNREADABLE = gettext_noop(
    "The vendor's answer cannot be read (%(kind)s). Whether the request was carried out will be looked up."
)
ACCEPTED = gettext_noop("The vendor accepted the request, but what came of it could not be read yet: %(reason)s")
UNREADABLE_LOOK = gettext_noop("The vendor's records cannot be read (%(kind)s). They will be looked at again.")
NOT_VISIBLE_YET = gettext_noop(
    "The answer was lost, and what was asked for is not visible at the vendor yet; looked again at %(looked)s. It is"
    " sent anew only if it is still not there after %(until)s."
)
PARKED = gettext_noop(
    "Whether the vendor has carried out “%(step)s” cannot be looked up, and it is not sent twice. Look at the vendor,"
    " and say here whether it is there."
)

# "Not there" is believed after so many looks that found nothing, once the vendor's lists have had their time.
EMPTY_LOOKS = 2
BETWEEN_LOOKS = timedelta(minutes=1)
FIRST_LOOK_AGAIN = timedelta(seconds=10)
# How often an operation waits for a vendor that is busy with an object or does not know yet what it made, unless the
# trouble says how often. With the pauses between attempts that is three quarters of an hour; then it counts as refused:
# people are told, and may try again.
WAITS = 8

Seen = TypeVar("Seen")


class CallState(StrEnum):
    """Mirrors OperationState, without rows."""

    PLANNED = "planned"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


IN_DOUBT = (CallState.SENT, CallState.UNKNOWN)


@dataclass(frozen=True)
class Call:
    """One step as the book keeps it."""

    name: str
    request_id: UUID
    state: CallState = CallState.PLANNED
    answered: bool = False
    result: JSON | None = None
    # Of a step in doubt: since when it is looked for, how often it was not there though it should have been visible,
    # and when it was last looked for.
    doubtful_since: datetime | None = None
    empty_looks: int = 0
    looked_at: datetime | None = None


@dataclass(frozen=True)
class Manner:
    """How a step may be sent again (Steps.once), and for how long "not there" is not believed of it."""

    visible_after: timedelta
    same_id: bool = False
    repeats: bool = False
    never_again: NeverAgain | None = None


class CallBook(Protocol):
    """Where steps are kept. `save` returns only when the row would survive the death of this process."""

    def load(self, name: str) -> Call | None:
        """Return the step, or None when it was never begun."""

    def save(self, call: Call) -> None:
        """Keep the step durably."""

    def seal(self, secrets: Mapping[str, str]) -> None:
        """Keep secrets durably and encrypted."""

    def has_sealed(self, name: str) -> bool:
        """Return whether a secret of this name is kept."""

    def note(self, note: JSON) -> None:
        """Keep a sentence ({"message", "values"}) durably; the same one once."""

    def calls(self) -> list[Call]:
        """Return every step that was begun."""

    def wait(self) -> int:
        """Count, durably, that the operation waits for a busy vendor once more; return how often it has."""


class OnceOnly:
    """The Steps of vendors/base.py over a book.

    The request id is minted and kept before the first attempt; it stays the same after a lost answer and is new after
    any answer (Partner Center's MS-RequestId rule; harmless to vendors that have no such id).
    """

    def __init__(
        self,
        book: CallBook,
        *,
        reference: str,
        new_id: Callable[[], UUID] = uuid4,
        now: datetime | None = None,
        visible_after: timedelta = timedelta(0),
    ) -> None:
        self.book = book
        self.reference = reference
        self.new_id = new_id
        self.now = now
        self.visible_after = visible_after
        self.sent = Sent()
        # Steps of this attempt that are never sent a second time by themselves.
        self._never_again: set[str] = set()

    def begin(self, *, now: datetime, visible_after: timedelta, sent: Sent) -> None:
        """Take what an attempt brings: its moment, the plugin's lag, and the account of what its session sends."""
        self.now, self.visible_after, self.sent = now, visible_after, sent

    def once(
        self,
        name: str,
        *,
        send: Callable[[str], JSON],
        find: Callable[[], JSON | None],
        recover: Callable[[str], None] | None = None,
        visible_after: timedelta | None = None,
        same_id: bool = False,
        never_again: NeverAgain | None = None,
        repeats: bool = False,
    ) -> JSON:
        """Return the step's confirmed result; send it only when it is certainly not done. See Steps.once.

        Whatever came of an earlier attempt, it is looked for before it is sent again.
        """
        lag = self.visible_after if visible_after is None else visible_after
        manner = Manner(lag, same_id=same_id, repeats=repeats, never_again=never_again)
        if never_again is not None:
            self._never_again.add(name)
        call = self.book.load(name)
        if call is None:
            return self._send(Call(name=name, request_id=self.new_id()), send, manner)
        if call.state is CallState.CONFIRMED:
            return call.result or {}
        doubtful = call.state in IN_DOUBT
        if call.state is CallState.SENT:
            call = self._kept(replace(call, state=CallState.UNKNOWN))
        found = self._found(call, find, manner, doubtful=doubtful)
        if found is not None:
            if doubtful and recover is not None:
                recover("" if call.answered else str(call.request_id))
            return self._confirm(call, found)
        if doubtful and not repeats:
            self._believe(call, manner)
        answered = call.answered and not repeats
        fresh = not same_id and (call.state is CallState.REJECTED or answered)
        return self._send(self._anew(call) if fresh else call, send, manner, doubtful=doubtful)

    def seal(self, secrets: Mapping[str, str]) -> None:
        """Keep secrets durably and encrypted."""
        self.book.seal(secrets)

    def has_sealed(self, name: str) -> bool:
        """Return whether a secret of this name is kept."""
        return self.book.has_sealed(name)

    def note(self, message: str, **values: object) -> None:
        """Keep a sentence for people durably, once."""
        self.book.note({"message": message, "values": kept(values)})

    def in_doubt(self) -> bool:
        """Return whether a step was sent whose answer is not known: the operation must be probed first."""
        return any(call.state in IN_DOUBT for call in self.book.calls())

    def refused(self) -> bool:
        """Return whether a step was refused: whoever tries again probes first, too."""
        return any(call.state is CallState.REJECTED for call in self.book.calls())

    def waited(self, trouble: VendorError) -> VendorError:
        """Return what an attempt that ends with this trouble ends with: a wait counts, and is not for ever."""
        if isinstance(trouble, NotFound) and self._has_made(trouble.sought):
            trouble = trouble.not_yet()
        if isinstance(trouble, NotYet) and self.book.wait() > (trouble.waits or WAITS):
            self._doubt(trouble.refusal)
            return trouble.refusal
        return trouble

    def _doubt(self, refusal: VendorError) -> None:
        """Have the steps that made what the vendor does not know looked for, and made again, by the next try.

        The answer named another's id, or what it made was removed since; with the customer, everything. What is never
        sent again is in doubt from then on, and so parked: its vendor has answered that it was carried out.
        """
        doubted: list[Call] = []
        if isinstance(refusal, Gone):
            doubted = [call for call in self.book.calls() if call.state is CallState.CONFIRMED]
        elif isinstance(refusal, NotFound):
            doubted = self._made(refusal.sought)
        for call in doubted:
            parked = call.name in self._never_again
            self.book.save(replace(call, state=CallState.UNKNOWN if parked else CallState.REJECTED))

    def _has_made(self, sought: str) -> bool:
        """Return whether an address names an id that one of this operation's steps has brought about."""
        return bool(self._made(sought))

    def _made(self, sought: str) -> list[Call]:
        """Return the confirmed steps whose results name an id of the address."""
        asked = {part.casefold() for part in sought.split("?", maxsplit=1)[0].split("/") if part}
        confirmed = [call for call in self.book.calls() if call.state is CallState.CONFIRMED]
        return [
            call for call in confirmed if any(str(value).casefold() in asked for value in (call.result or {}).values())
        ]

    def _found(self, call: Call, find: Callable[[], JSON | None], manner: Manner, *, doubtful: bool) -> JSON | None:
        """Return what a look found, None where the step may be sent; what may not is parked once that is believed."""
        try:
            found = seen(lambda: _storable(find()))
        except Unlisted as nowhere:
            if not doubtful:
                return None
            raise self._nowhere(call, nowhere, manner) from nowhere
        if found is None and doubtful and manner.never_again is not None and not manner.repeats:
            raise Parked(PARKED, step=call.name, told=manner.never_again.told, sealed=manner.never_again.sealed)
        return found

    def _nowhere(self, call: Call, nowhere: Unlisted, manner: Manner) -> VendorError:
        """Return what it means that a step in doubt is in no list: not visible yet (raised), in the end parked."""
        self._believe(call, manner)
        known = manner.never_again or NeverAgain()
        parked = Parked(nowhere.message, step=call.name, told=known.told, sealed=known.sealed)
        parked.values = {**nowhere.values, **parked.values}
        return parked

    def _believe(self, call: Call, manner: Manner) -> None:
        """Count a look that found nothing; raise NotVisibleYet unless that may be believed by now."""
        visible_after = manner.visible_after
        if not visible_after:
            return
        if self.now is None:
            raise ValueError("A step that becomes visible later needs the present moment: begin the attempt.")
        since = call.doubtful_since or self.now
        until = since + visible_after
        gap = min(BETWEEN_LOOKS, visible_after)
        looks, at = call.empty_looks, self.now
        if self.now < until:
            pause = min(max(self.now - since, FIRST_LOOK_AGAIN), until - self.now)
        elif looks and call.looked_at and self.now < call.looked_at + gap:
            pause, at = call.looked_at + gap - self.now, call.looked_at
        else:
            pause, looks = gap, looks + 1
        self._kept(replace(call, doubtful_since=since, empty_looks=looks, looked_at=at))
        if looks < EMPTY_LOOKS:
            moments = {"looked": f"{self.now:%Y-%m-%d %H:%M} UTC", "until": f"{until:%Y-%m-%d %H:%M} UTC"}
            raise NotVisibleYet(NOT_VISIBLE_YET, retry_after=pause.total_seconds(), **moments)

    def _send(
        self, call: Call, send: Callable[[str], JSON], manner: Manner, *, doubtful: bool = False, again: bool = True
    ) -> JSON:
        """Send the step. `doubtful` says that an earlier attempt may yet turn out to have been carried out."""
        # What is repeated stays looked for since the first time.
        kept_doubt = replace(call, state=CallState.SENT) if doubtful and manner.repeats else None
        call = self._kept(kept_doubt or Call(call.name, call.request_id, CallState.SENT))
        self.sent.begin()
        try:
            result = _storable(send(str(call.request_id)))
        except VendorError as trouble:
            if self.sent.looked_on and not isinstance(trouble, LostAnswer):
                # The change was accepted; what failed is a look at what it made.
                trouble = LostAnswer(ACCEPTED, code=trouble.code, answered=True, reason=trouble)
            fresh = self._after(call, trouble, manner, doubtful=doubtful)
            self.book.save(fresh)
            if isinstance(trouble, Unlisted):
                raise self._nowhere(fresh, trouble, manner) from trouble
            if isinstance(trouble, Transient) and trouble.at_once and again:
                return self._send(fresh, send, manner, doubtful=doubtful, again=False)
            raise trouble
        except Exception as fault:
            if not self.sent.changes:
                raise  # a fault of ours before anything left by our session; what else may have left is looked up
            logger.exception("the answer to %s of %s cannot be read", call.name, self.reference)
            self.book.save(replace(call, state=CallState.UNKNOWN, answered=True))
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True, kind=type(fault).__name__) from fault
        return self._confirm(call, result)

    def _after(self, call: Call, trouble: VendorError, manner: Manner, *, doubtful: bool) -> Call:
        """Return the step as the trouble leaves it."""
        if isinstance(trouble, LostAnswer | StillUnknown):
            left = replace(call, state=CallState.UNKNOWN, answered=getattr(trouble, "answered", True))
        elif isinstance(trouble, Rejected):
            left = replace(call, state=CallState.REJECTED)
        elif doubtful and (manner.repeats or isinstance(trouble, NotYet)):
            # What is refused for now is this repetition: the earlier attempt may still have been carried out. And the
            # vendor may be busy with the very attempt that is not visible yet.
            left = replace(call, state=CallState.UNKNOWN, answered=True)
        else:
            left = self._anew(call)
        return replace(left, request_id=call.request_id) if manner.same_id else left

    def _kept(self, call: Call) -> Call:
        self.book.save(call)
        return call

    def _confirm(self, call: Call, result: JSON) -> JSON:
        self.book.save(replace(call, state=CallState.CONFIRMED, result=result))
        return result

    def _anew(self, call: Call) -> Call:
        return Call(name=call.name, request_id=self.new_id())


def _storable(result: Seen) -> Seen:
    """Return a result that a book can keep; raises ValueError or TypeError for one with a NUL, a NaN or an odd type."""
    text = json.dumps(result, allow_nan=False, ensure_ascii=False)
    text.encode()  # half of a character is none
    if "\\u0000" in text:
        raise ValueError("The result holds a character that cannot be kept.")
    return result


def seen(look: Callable[[], Seen]) -> Seen:
    """Return what a look at the vendor's records finds; one that cannot be read is StillUnknown."""
    try:
        return look()
    except VendorError:
        raise
    except Exception as fault:
        logger.exception("the vendor's records cannot be read")
        raise StillUnknown(UNREADABLE_LOOK, code="unreadable", kind=type(fault).__name__) from fault
