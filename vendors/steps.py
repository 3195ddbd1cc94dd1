"""The rule by which a changing call is made exactly once, whatever breaks: pure, over any durable book."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4

from vendors.base import JSON
from vendors.errors import ConsentNeeded, LostAnswer, Misconfigured, Rejected, Transient, kept


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

    def in_doubt(self) -> bool:
        """Return whether a step was sent whose answer is not known."""


class OnceOnly:
    """The Steps of vendors/base.py over a book.

    The request id is minted and kept before the first attempt; it stays the same after a lost answer and is new after
    any answer (Partner Center's MS-RequestId rule; harmless to vendors that have no such id).
    """

    def __init__(self, book: CallBook, *, reference: str, new_id: Callable[[], UUID] = uuid4) -> None:
        self.book = book
        self.reference = reference
        self.new_id = new_id

    def once(
        self,
        name: str,
        *,
        send: Callable[[str], JSON],
        find: Callable[[], JSON | None],
        recover: Callable[[str], None] | None = None,
    ) -> JSON:
        """Return the step's confirmed result; send it only when it is certainly not done. See Steps.once."""
        call = self.book.load(name) or Call(name=name, request_id=self.new_id())
        if call.state is CallState.CONFIRMED:
            return call.result or {}
        if call.state in IN_DOUBT:
            found = self._found(call, find)
            if found is not None:
                if recover is not None:
                    recover("" if call.answered else str(call.request_id))
                return self._confirm(call, found)
            if call.answered:
                call = self._anew(call)
        elif call.state is CallState.REJECTED:
            call = self._anew(call)
        return self._send(call, send)

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
        return self.book.in_doubt()

    def _found(self, call: Call, find: Callable[[], JSON | None]) -> JSON | None:
        if call.state is not CallState.UNKNOWN:
            self.book.save(replace(call, state=CallState.UNKNOWN))
        return find()

    def _send(self, call: Call, send: Callable[[str], JSON], *, again: bool = True) -> JSON:
        self.book.save(replace(call, state=CallState.SENT, answered=False))
        try:
            result = send(str(call.request_id))
        except LostAnswer as lost:
            self.book.save(replace(call, state=CallState.UNKNOWN, answered=lost.answered))
            raise
        except Transient as trouble:
            fresh = self._anew(call)
            self.book.save(fresh)
            if trouble.at_once and again:
                return self._send(fresh, send, again=False)
            raise
        except (ConsentNeeded, Misconfigured):
            self.book.save(self._anew(call))
            raise
        except Rejected:
            self.book.save(replace(call, state=CallState.REJECTED))
            raise
        return self._confirm(call, result)

    def _confirm(self, call: Call, result: JSON) -> JSON:
        self.book.save(replace(call, state=CallState.CONFIRMED, result=result))
        return result

    def _anew(self, call: Call) -> Call:
        return Call(name=call.name, request_id=self.new_id())
