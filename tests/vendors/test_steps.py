"""The rule of a changing call, on a book in memory: when it is sent, with which id, and when it is not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy

from tests.vendors.memory import MemoryBook
from vendors.base import JSON
from vendors.errors import (
    ConsentNeeded,
    LostAnswer,
    Misconfigured,
    NotFound,
    NotVisibleYet,
    NotYet,
    Rejected,
    StillUnknown,
    Transient,
)
from vendors.steps import WAITS, Call, CallState, OnceOnly

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
    known = {call.request_id for call in book.steps.values()}
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
    assert book.steps["step"].state is state
    assert carry(book, vendor) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0]), str(second_id)]


def test_step_found_after_a_lost_answer_is_not_sent_again() -> None:
    book, vendor = MemoryBook(), Vendor(LostAnswer("lost"))
    with pytest.raises(LostAnswer):
        carry(book, vendor)
    vendor.found = {"id": "found"}
    assert carry(book, vendor) == {"id": "found"}
    assert book.steps["step"].state is CallState.CONFIRMED
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
    assert (book.steps["step"].state, book.steps["step"].request_id) == (CallState.UNKNOWN, IDS[0])


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
    assert book.steps["step"].state is CallState.UNKNOWN


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


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
LAG = timedelta(minutes=20)


def look(book: MemoryBook, vendor: Vendor, at: datetime, visible_after: timedelta | None = None) -> JSON:
    once = OnceOnly(book, reference="order:1", new_id=lambda: IDS[5], now=at, visible_after=LAG).once
    return once("step", send=vendor.send, find=vendor.find, visible_after=visible_after)


def in_doubt(**known: object) -> MemoryBook:
    return MemoryBook({"step": Call("step", IDS[0], CallState.UNKNOWN, **known)})


def test_not_there_is_believed_after_the_lag_and_two_looks_minutes_apart() -> None:
    book, vendor = in_doubt(answered=True), Vendor({"id": "7"})
    at, looks = NOON, []
    while len(looks) < 9:
        with pytest.raises(NotVisibleYet) as trouble:
            look(book, vendor, at)
        assert (book.steps["step"].state, vendor.request_ids) == (CallState.UNKNOWN, [])
        looks.append(round((at - NOON).total_seconds()))
        at += timedelta(seconds=trouble.value.retry_after or 0)
    assert look(book, vendor, at) == {"id": "7"}
    assert looks == [0, 10, 20, 40, 80, 160, 320, 640, 1200]
    assert at - NOON == LAG + timedelta(minutes=1)
    assert vendor.request_ids == [str(IDS[5])]
    assert book.steps["step"] == Call("step", IDS[5], CallState.CONFIRMED, result={"id": "7"})


def test_look_that_finds_nothing_says_when_it_looked_and_until_when_it_will() -> None:
    with pytest.raises(NotVisibleYet) as trouble:
        look(in_doubt(), Vendor(), NOON)
    assert str(trouble.value) == (
        "The answer was lost, and what was asked for is not visible at the vendor yet; looked again at"
        " 2026-11-28 12:00 UTC. It is sent anew only if it is still not there after 2026-11-28 12:20 UTC."
    )


def test_what_becomes_visible_within_the_lag_is_taken_and_nothing_is_sent() -> None:
    book, vendor = in_doubt(answered=True), Vendor()
    for minutes in (0, 5, 14):
        with pytest.raises(NotVisibleYet):
            look(book, vendor, NOON + timedelta(minutes=minutes))
    vendor.found = {"id": "found"}
    assert look(book, vendor, NOON + timedelta(minutes=15)) == {"id": "found"}
    assert vendor.request_ids == []


def test_looks_in_a_row_count_once_a_minute() -> None:
    book, vendor = in_doubt(), Vendor({"id": "7"})
    for seconds in (0, 1200, 1201, 1230, 1259):
        with pytest.raises(NotVisibleYet):
            look(book, vendor, NOON + timedelta(seconds=seconds))
    assert look(book, vendor, NOON + timedelta(seconds=1260)) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0])]


def test_step_that_is_seen_at_once_is_believed_at_once() -> None:
    vendor = Vendor({"id": "7"})
    assert look(in_doubt(), vendor, NOON, visible_after=timedelta(0)) == {"id": "7"}


def test_lost_again_is_looked_for_as_long_again() -> None:
    book = in_doubt(doubtful_since=NOON - LAG, empty_looks=1, looked_at=NOON - timedelta(minutes=1))
    with pytest.raises(LostAnswer):
        look(book, Vendor(LostAnswer("lost again")), NOON)
    with pytest.raises(NotVisibleYet):
        look(book, Vendor(), NOON + timedelta(minutes=19))
    assert book.steps["step"].doubtful_since == NOON + timedelta(minutes=19)


@pytest.mark.parametrize("state", [CallState.REJECTED, CallState.PLANNED])
def test_step_that_was_attempted_is_looked_for_before_it_is_sent_again(state: CallState) -> None:
    vendor = Vendor()
    vendor.found = {"id": "found"}
    assert carry(MemoryBook({"step": Call("step", IDS[0], state)}), vendor) == {"id": "found"}
    assert vendor.request_ids == []


@pytest.mark.parametrize("fault", [KeyError("id"), TypeError(), ValueError("<html>"), ZeroDivisionError()])
def test_answer_that_cannot_be_read_is_a_lost_one_once_something_was_sent(fault: Exception) -> None:
    book = MemoryBook()
    once = steps(book)

    def send(_request_id: str) -> JSON:
        once.sent.leaves(changes=True)
        raise fault

    with pytest.raises(LostAnswer) as trouble:
        once.once("step", send=send, find=lambda: None)
    assert (trouble.value.answered, trouble.value.code) == (True, "unreadable")
    assert (book.steps["step"].state, book.steps["step"].answered) == (CallState.UNKNOWN, True)


@pytest.mark.parametrize("trouble", [Transient("429"), Rejected("404"), Misconfigured("key"), ConsentNeeded("grant")])
def test_look_that_fails_after_the_change_was_accepted_does_not_undo_it(trouble: Exception) -> None:
    book = MemoryBook()
    once = steps(book)

    def send(_request_id: str) -> JSON:
        once.sent.leaves(changes=True)
        once.sent.accepted = True
        once.sent.leaves(changes=False)
        raise trouble

    with pytest.raises(LostAnswer):
        once.once("step", send=send, find=lambda: None)
    assert book.steps["step"].state is CallState.UNKNOWN


def test_records_that_cannot_be_read_say_nothing() -> None:
    vendor = Vendor()
    vendor.found = KeyError("items")
    with pytest.raises(StillUnknown):
        carry(in_doubt(), vendor)
    assert vendor.request_ids == []


def test_busy_vendor_is_waited_for_a_number_of_times_and_then_taken_at_its_word() -> None:
    once, refusal = steps(MemoryBook()), Rejected("no")
    for _turn in range(WAITS):
        assert isinstance(once.waited(NotYet("busy", refusal=refusal)), NotYet)
    assert once.waited(NotYet("busy", refusal=refusal)) is refusal


def test_busy_vendor_may_be_busy_with_the_attempt_that_was_lost() -> None:
    book = in_doubt(doubtful_since=NOON - LAG, empty_looks=1, looked_at=NOON - timedelta(minutes=1))
    with pytest.raises(NotYet):
        look(book, Vendor(NotYet("busy", refusal=Rejected("no"))), NOON)
    assert book.steps["step"].state is CallState.UNKNOWN
    fresh = MemoryBook()
    with pytest.raises(NotYet):
        look(fresh, Vendor(NotYet("busy", refusal=Rejected("no"))), NOON)
    assert fresh.steps["step"].state is CallState.PLANNED


@pytest.mark.parametrize(
    ("sought", "kind"),
    [
        ("/v1/customers/MADE-1/agreements?size=1", NotYet),
        ("customers/made-1", NotYet),
        ("customers/other", NotFound),
        ("customers/made-11", NotFound),
    ],
)
def test_not_found_is_not_yet_for_an_id_that_this_operation_has_made(sought: str, kind: type[Exception]) -> None:
    made = Call("customer", IDS[0], CallState.CONFIRMED, result={"customer_id": "made-1"})
    outcome = steps(MemoryBook({"customer": made})).waited(NotFound("gone", sought=sought))
    assert type(outcome) is kind


@pytest.mark.parametrize(
    "result", [{"id": "\x00"}, {"id": float("nan")}, {"id": "\ud83d"}, {"id": Decimal(5)}, {"id": {1}}]
)
def test_result_that_no_book_can_keep_is_an_answer_that_cannot_be_read(result: JSON) -> None:
    book = MemoryBook()
    once = steps(book)

    def send(_request_id: str) -> JSON:
        once.sent.leaves(changes=True)
        return result

    with pytest.raises(LostAnswer):
        once.once("step", send=send, find=lambda: None)
    with pytest.raises(StillUnknown):
        steps(book).once("step", send=send, find=lambda: result)


def test_result_with_every_other_character_is_kept() -> None:
    assert carry(MemoryBook(), Vendor({"id": "\U0001f600 \\u00e9 ж"})) == {"id": "\U0001f600 \\u00e9 ж"}


def test_what_the_vendor_never_gets_to_know_is_looked_for_and_made_again_by_a_new_try() -> None:
    """A confirmed step whose id leads nowhere stood in the way for ever: each new try asked for that id."""
    book, vendor = MemoryBook(), Vendor({"id": "8"})
    book.save(Call("step", IDS[0], CallState.CONFIRMED, result={"id": "7"}))
    book.save(Call("other", IDS[1], CallState.CONFIRMED, result={"id": "6"}))
    missing = NotFound("nothing", sought="/customers/7/orders")
    for _attempt in range(WAITS):
        assert isinstance(steps(book).waited(missing), NotYet)
    assert book.steps["step"].state is CallState.CONFIRMED
    assert steps(book).waited(missing) is missing
    assert book.steps["other"].state is CallState.CONFIRMED
    assert carry(book, vendor) == {"id": "8"}
    book.save(Call("step", IDS[0], CallState.REJECTED))
    vendor.found = {"id": "9"}
    assert carry(book, vendor) == {"id": "9"}
    assert len(vendor.request_ids) == 1


@pytest.mark.parametrize("trouble", [Rejected("No."), Transient("Busy."), LostAnswer("?", answered=True)])
def test_id_that_names_what_is_made_stays_the_same_over_all_answers(trouble: Exception) -> None:
    book, vendor = MemoryBook(), Vendor(trouble, {"id": "7"})
    with pytest.raises(type(trouble)):
        steps(book).once("step", send=vendor.send, find=vendor.find, same_id=True)
    assert steps(book).once("step", send=vendor.send, find=vendor.find, same_id=True) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0])] * 2
    # With the step's own ids it is another after each of these answers.
    book, vendor = MemoryBook(), Vendor(trouble, {"id": "7"})
    with pytest.raises(type(trouble)):
        carry(book, vendor)
    carry(book, vendor)
    assert vendor.request_ids == [str(IDS[0]), str(IDS[1])]
