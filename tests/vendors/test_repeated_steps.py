"""A step that its vendor carries out once however often it is sent: repeated under its id, in the end parked."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.vendors.memory import MemoryBook
from tests.vendors.test_steps import IDS, Vendor
from vendors.base import JSON, NeverAgain
from vendors.errors import LostAnswer, Misconfigured, NotVisibleYet, Parked, Rejected, Transient, Unlisted
from vendors.steps import CallState, OnceOnly

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
LAG = timedelta(minutes=20)
TOLD = NeverAgain((("order_id", "Order ID"),))


def repeated(book: MemoryBook, vendor: Vendor, now: datetime = NOON) -> JSON:
    ids = iter(one for one in IDS if one not in {call.request_id for call in book.steps.values()})
    once = OnceOnly(book, reference="order:1", new_id=lambda: next(ids), now=now, visible_after=LAG)
    return once.once("step", send=vendor.send, find=vendor.find, never_again=TOLD, repeats=True)


@pytest.mark.parametrize("lost", [LostAnswer("lost"), LostAnswer("500", answered=True)])
def test_lost_answer_is_asked_for_at_once_under_the_same_id(lost: Exception) -> None:
    book, vendor = MemoryBook(), Vendor(lost, lost, {"id": "7"})
    for _turn in range(2):
        with pytest.raises(LostAnswer):
            repeated(book, vendor)
    assert repeated(book, vendor) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0])] * 3


@pytest.mark.parametrize("trouble", [Transient("429"), Transient("401", at_once=True), Misconfigured("key")])
def test_refusal_of_a_repetition_says_nothing_of_the_first_time(trouble: Exception) -> None:
    book, vendor = MemoryBook(), Vendor(LostAnswer("lost"), trouble, trouble, {"id": "7"})
    for kind in (LostAnswer, type(trouble)):
        with pytest.raises(kind):
            repeated(book, vendor)
    assert book.steps["step"].state is CallState.UNKNOWN
    while vendor.script:
        try:
            assert repeated(book, vendor) == {"id": "7"}
        except type(trouble):
            continue
    assert set(vendor.request_ids) == {str(IDS[0])}


def test_refusal_is_an_answer_and_the_next_attempt_a_new_one() -> None:
    book, vendor = MemoryBook(), Vendor(LostAnswer("lost"), Rejected("No."), {"id": "7"})
    for kind in (LostAnswer, Rejected):
        with pytest.raises(kind):
            repeated(book, vendor)
    assert repeated(book, vendor) == {"id": "7"}
    assert vendor.request_ids == [str(IDS[0]), str(IDS[0]), str(IDS[1])]


def test_what_can_no_longer_be_repeated_is_believed_lost_after_the_lag_and_two_looks_then_parked() -> None:
    book, vendor = MemoryBook(), Vendor(LostAnswer("lost"))
    with pytest.raises(LostAnswer):
        repeated(book, vendor)
    vendor.found = Unlisted("Cart %(cart)s is in no list.", cart="c-1")
    for minutes in (0, 10, 19, 20):
        with pytest.raises(NotVisibleYet):
            repeated(book, vendor, NOON + timedelta(minutes=minutes))
    with pytest.raises(Parked) as parked:
        repeated(book, vendor, NOON + timedelta(minutes=21))
    assert str(parked.value) == "Cart c-1 is in no list."
    assert (parked.value.step, parked.value.told) == ("step", TOLD.told)
    vendor.found = {"id": "7"}
    assert repeated(book, vendor, NOON + timedelta(minutes=22)) == {"id": "7"}
    assert len(vendor.request_ids) == 1


def test_what_the_repetition_itself_finds_in_no_list_is_parked_alike() -> None:
    book, vendor = MemoryBook(), Vendor(*[Unlisted("Nowhere.")] * 3)
    for minutes, kind in ((0, NotVisibleYet), (20, NotVisibleYet), (21, Parked)):
        with pytest.raises(kind):
            repeated(book, vendor, NOON + timedelta(minutes=minutes))
    assert set(vendor.request_ids) == {str(IDS[0])}


def test_what_is_in_no_list_and_was_never_in_doubt_is_sent() -> None:
    book, vendor = MemoryBook(), Vendor(Rejected("No."), {"id": "7"})
    with pytest.raises(Rejected):
        repeated(book, vendor)
    vendor.found = Unlisted("Nowhere.")
    assert repeated(book, vendor) == {"id": "7"}
