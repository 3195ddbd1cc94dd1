"""Commitments as plain values: windows are open until the moment that the vendor names, and not at it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from vendors.commitments import AtEnd, Commitment, NotLoweredSo, Returnable, State, bound_until, lowers_on

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)


def test_window_is_open_until_its_moment_and_not_at_it() -> None:
    batches = (Returnable(2, UNTIL), Returnable(3, UNTIL + timedelta(days=1)))
    bought = Commitment("seats", "A1", "item", State.ACTIVE, 9, cancel_until=UNTIL, returnable=batches)
    before = UNTIL - timedelta(seconds=1)
    assert (bought.may_cancel(before), bought.may_cancel(UNTIL)) == (True, False)
    assert (bought.units_returnable(before), bought.units_returnable(UNTIL)) == (5, 3)
    assert not Commitment("seats", "A1", "item", State.ACTIVE, 9).may_cancel(before)


@pytest.mark.parametrize(
    ("term", "ends_on", "began_on"),
    [
        ("P1Y", date(2027, 3, 10), date(2026, 3, 10)),
        ("P3Y", date(2027, 1, 1), date(2024, 1, 1)),
        ("P1M", date(2027, 3, 31), date(2027, 2, 28)),
        ("P1M", date(2027, 1, 5), date(2026, 12, 5)),
        ("P1Y", None, None),
        ("", date(2027, 3, 10), None),
    ],
)
def test_a_whole_term_began_a_length_before_its_end(term: str, ends_on: date | None, began_on: date | None) -> None:
    held = Commitment("seats", "A1", "item", State.ACTIVE, 9, term=term, ends_on=ends_on)
    assert held.began_on == began_on


def held(resource: str = "seats", **members: object) -> Commitment:
    batches = (Returnable(2, UNTIL),)
    known = {"ends_on": date(2027, 11, 15), "returnable": batches, "at_end": AtEnd.RENEWS, **members}
    return Commitment(resource, "A1", "item", State.ACTIVE, 9, **known)


def test_fewer_units_come_at_once_only_where_all_of_them_can_be_given_back() -> None:
    now = UNTIL - timedelta(seconds=1)
    assert lowers_on([held()], {"seats": 9}, now) is lowers_on([held()], {"seats": 12}, now) is None
    assert lowers_on([held()], {"seats": 7}, now) is None
    assert lowers_on([held()], {"seats": 7}, UNTIL) == date(2027, 11, 15)
    assert lowers_on([held()], {"seats": 6}, now) == date(2027, 11, 15), "a part is no reason to give a part back"
    assert lowers_on([held(cancel_until=UNTIL)], {"seats": 1}, now) is None
    both = [held(), held("mailboxes", returnable=())]
    assert lowers_on(both, {"seats": 7, "mailboxes": 8}, now) == date(2027, 11, 15)


def test_what_is_deleted_is_paid_until_the_last_of_its_terms_that_cannot_be_cancelled() -> None:
    now = UNTIL - timedelta(seconds=1)
    day, later = date(2027, 11, 15), date(2028, 11, 15)
    free, suspended = held(cancel_until=UNTIL), replace(held(), state=State.SUSPENDED)
    assert bound_until([free, suspended], now) is None
    assert bound_until([free], UNTIL) == day
    assert bound_until([free, held(ends_on=later), held(ends_on=None)], now) == later


@pytest.mark.parametrize(
    ("second", "quantities"),
    [
        ({}, {"seats": 0}),
        ({"ends_on": date(2027, 12, 1)}, {"seats": 6, "mailboxes": 6}),
        ({"ends_on": None}, {"seats": 6, "mailboxes": 6}),
        ({"at_end": AtEnd.ENDS}, {"mailboxes": 6}),
        ({"at_end": AtEnd.EXTENDS}, {"mailboxes": 6}),
    ],
)
def test_what_cannot_be_arranged_is_refused(second: dict[str, object], quantities: dict[str, int]) -> None:
    with pytest.raises(NotLoweredSo):
        lowers_on([held(), held("mailboxes", **second)], quantities, UNTIL)
