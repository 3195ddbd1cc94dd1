"""A step that is never sent a second time by itself: parked while in doubt, and when its vendor knows nothing of it."""

import pytest

from tests.vendors.memory import MemoryBook
from tests.vendors.test_steps import IDS, Vendor, steps
from vendors.base import NeverAgain
from vendors.errors import NotFound, Parked, Rejected, Transient, Unlisted
from vendors.steps import WAITS, Call, CallState

NEVER_AGAIN = NeverAgain((("order_id", "Order ID"),), (("code", "Activation code"),))


@pytest.mark.parametrize("state", [CallState.SENT, CallState.UNKNOWN])
def test_step_that_is_never_sent_twice_is_parked_however_often_it_is_tried(state: CallState) -> None:
    book, vendor = MemoryBook({"step": Call("step", IDS[0], state)}), Vendor()
    for _turn in range(3):
        with pytest.raises(Parked) as parked:
            steps(book).once("step", send=vendor.send, find=vendor.find, never_again=NEVER_AGAIN)
        assert (parked.value.step, parked.value.told) == ("step", (("order_id", "Order ID"),))
        assert parked.value.sealed == (("code", "Activation code"),)
    assert (vendor.request_ids, book.steps["step"].state) == ([], CallState.UNKNOWN)
    vendor.found = {"order_id": "9"}
    assert steps(book).once("step", send=vendor.send, find=vendor.find, never_again=NEVER_AGAIN) == {"order_id": "9"}


def test_step_that_is_never_sent_twice_is_sent_again_where_it_was_certainly_not_carried_out() -> None:
    book, vendor = MemoryBook(), Vendor(Transient("Not now."), Rejected("No."), {"id": "7"})
    for kind in (Transient, Rejected):
        with pytest.raises(kind):
            steps(book).once("step", send=vendor.send, find=vendor.find, never_again=NEVER_AGAIN)
    assert steps(book).once("step", send=vendor.send, find=vendor.find, never_again=NEVER_AGAIN) == {"id": "7"}


def test_step_whose_id_the_vendor_never_gets_to_know_is_parked_and_not_made_again() -> None:
    book, vendor = MemoryBook(), Vendor({"id": "7"})
    missing = NotFound("nothing", sought="/orders/7")
    for _attempt in range(WAITS + 1):
        attempt = steps(book)
        attempt.once("step", send=vendor.send, find=vendor.find, never_again=NEVER_AGAIN)
        told = attempt.waited(missing)
    assert told is missing
    with pytest.raises(Parked):
        steps(book).once("step", send=vendor.send, find=vendor.find, never_again=NEVER_AGAIN)
    assert len(vendor.request_ids) == 1


def test_where_it_was_looked_for_is_said_with_what_may_be_told() -> None:
    def nowhere() -> None:
        raise Unlisted("Look for %(mark)s.", mark="order:1")

    book = MemoryBook({"step": Call("step", IDS[0], CallState.SENT)})
    with pytest.raises(Parked) as parked:
        steps(book).once("step", send=Vendor().send, find=nowhere, never_again=NEVER_AGAIN)
    assert (str(parked.value), parked.value.told) == ("Look for order:1.", NEVER_AGAIN.told)
    assert parked.value.sealed == NEVER_AGAIN.sealed
