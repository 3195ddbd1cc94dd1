"""The rule of a changing call, on a book in memory: when it is sent, with which id, and when it is not."""

from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy

from tests.vendors.memory import MemoryBook
from vendors.base import JSON
from vendors.errors import ConsentNeeded, LostAnswer, Misconfigured, Rejected, StillUnknown, Transient
from vendors.steps import Call, CallState, OnceOnly

IDS = [UUID(int=number) for number in range(1, 10)]


class Vendor:
    """Sends end as the script says (an exception or a result); every request id is remembered."""

    def __init__(self, *script: Exception | JSON) -> None:
        self.script = list(script)
        self.request_ids: list[str] = []
        self.found: JSON | Exception | None = None

    def send(self, request_id: str) -> JSON:
        self.request_ids.append(request_id)
        outcome = self.script.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def find(self) -> JSON | None:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def steps(book: MemoryBook) -> OnceOnly:
    ids = iter(IDS)
    known = {call.request_id for call in book.calls.values()}
    return OnceOnly(book, reference="order:1", new_id=lambda: next(one for one in ids if one not in known))


def carry(book: MemoryBook, vendor: Vendor) -> JSON:
    return steps(book).once("step", send=vendor.send, find=vendor.find)


def test_confirmed_step_returns_its_result_without_a_call() -> None:
    book, vendor = MemoryBook(), Vendor({"id": "7"})
    assert carry(book, vendor) == {"id": "7"}
    assert carry(book, vendor) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0])]


@pytest.mark.parametrize(
    ("first", "state", "second_id"),
    [
        (LostAnswer("lost"), CallState.UNKNOWN, IDS[0]),
        (LostAnswer("500", answered=True), CallState.UNKNOWN, IDS[1]),
        (Transient("429"), CallState.PLANNED, IDS[1]),
        (ConsentNeeded("grant"), CallState.PLANNED, IDS[1]),
        (Misconfigured("key"), CallState.PLANNED, IDS[1]),
        (Rejected("no"), CallState.REJECTED, IDS[1]),
    ],
)
def test_second_attempt_has_a_new_request_id_exactly_after_an_answer(
    first: Exception, state: CallState, second_id: UUID
) -> None:
    book, vendor = MemoryBook(), Vendor(first, {"id": "7"})
    with pytest.raises(type(first)):
        carry(book, vendor)
    assert book.calls["step"].state is state
    assert carry(book, vendor) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0]), str(second_id)]


def test_step_found_after_a_lost_answer_is_not_sent_again() -> None:
    book, vendor = MemoryBook(), Vendor(LostAnswer("lost"))
    with pytest.raises(LostAnswer):
        carry(book, vendor)
    vendor.found = {"id": "found"}
    assert carry(book, vendor) == {"id": "found"}
    assert book.calls["step"].state is CallState.CONFIRMED
    assert vendor.request_ids == [str(IDS[0])]


@pytest.mark.parametrize(
    ("call", "given"),
    [
        (Call("step", IDS[0], CallState.SENT), str(IDS[0])),
        (Call("step", IDS[0], CallState.UNKNOWN), str(IDS[0])),
        (Call("step", IDS[0], CallState.UNKNOWN, answered=True), ""),
    ],
)
def test_what_only_the_answer_told_is_got_back_by_the_id_that_nothing_was_answered_to(call: Call, given: str) -> None:
    book, vendor, ids = MemoryBook({"step": call}), Vendor(), []
    vendor.found = {"id": "found"}
    for _turn in range(2):
        assert steps(book).once("step", send=vendor.send, find=vendor.find, recover=ids.append) == {"id": "found"}
    assert (ids, vendor.request_ids) == ([given], [])


def test_step_that_is_sent_needs_nothing_got_back() -> None:
    book, vendor, ids = MemoryBook({"step": Call("step", IDS[0], CallState.SENT)}), Vendor({"id": "7"}), []
    assert steps(book).once("step", send=vendor.send, find=vendor.find, recover=ids.append) == {"id": "7"}
    assert ids == []


def test_step_whose_secret_cannot_be_got_back_yet_is_found_again() -> None:
    book, vendor = MemoryBook({"step": Call("step", IDS[0], CallState.SENT)}), Vendor()
    vendor.found = {"id": "found"}

    def recover(_request_id: str) -> None:
        raise Transient("429")

    with pytest.raises(Transient):
        steps(book).once("step", send=vendor.send, find=vendor.find, recover=recover)
    assert (book.calls["step"].state, book.calls["step"].request_id) == (CallState.UNKNOWN, IDS[0])


def test_note_is_kept_once_and_untranslated() -> None:
    book = MemoryBook()
    for _turn in range(2):
        steps(book).note("%(user)s: %(state)s", user="admin", state=gettext_lazy("Yes"))
    assert book.notes == [{"message": "%(user)s: %(state)s", "values": {"user": "admin", "state": {"text": "Yes"}}}]


def test_step_left_sent_by_a_killed_worker_is_looked_for_first() -> None:
    book = MemoryBook({"step": Call("step", IDS[0], CallState.SENT)})
    vendor = Vendor()
    vendor.found = {"id": "found"}
    assert carry(book, vendor) == {"id": "found"}
    assert vendor.request_ids == []


def test_step_that_nobody_can_tell_about_is_not_sent() -> None:
    book = MemoryBook({"step": Call("step", IDS[0], CallState.SENT)})
    vendor = Vendor()
    vendor.found = StillUnknown("who knows")
    with pytest.raises(StillUnknown):
        carry(book, vendor)
    assert vendor.request_ids == []
    assert book.calls["step"].state is CallState.UNKNOWN


def test_step_whose_obstacle_is_removed_is_sent_again_at_once_but_only_once() -> None:
    book, vendor = MemoryBook(), Vendor(Transient("stale", at_once=True), {"id": "7"})
    assert carry(book, vendor) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0]), str(IDS[1])]
    book, vendor = MemoryBook(), Vendor(Transient("stale", at_once=True), Transient("stale", at_once=True))
    with pytest.raises(Transient):
        carry(book, vendor)
    assert len(vendor.request_ids) == 2


def test_fault_of_our_own_leaves_the_step_in_doubt() -> None:
    book, vendor = MemoryBook(), Vendor(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        carry(book, vendor)
    assert steps(book).in_doubt()


def test_steps_are_told_apart_by_name() -> None:
    book, vendor = MemoryBook(), Vendor({"id": "7"}, {"id": "8"})
    once = steps(book).once
    assert once("a", send=vendor.send, find=vendor.find) == {"id": "7"}
    assert once("b", send=vendor.send, find=vendor.find) == {"id": "8"}
