"""Where a vendor holds something else than the books want: each resource for itself, nothing that is no difference."""

from dataclasses import replace
from datetime import date

import pytest

from subscriptions.contract.compared import Wanted, counted, differences, scheduled_text
from vendors.commitments import AtEnd, Commitment, NextTerm, State
from vendors.holdings import Sold

WANTED = Wanted(
    status="active",
    units={"seats": 5, "spare": 0},
    names={"seats": "Seats"},
    sold=Sold("P1Y", "monthly"),
    at_end=AtEnd.RENEWS,
    scheduled={},
)
TOLD = Commitment(
    resource="seats",
    vendor_id="1",
    item="P:S:A1",
    state=State.ACTIVE,
    quantity=5,
    term="P1Y",
    billing_plan="monthly",
    ends_on=date(2028, 3, 10),
    at_end=AtEnd.RENEWS,
)


def found(wanted: Wanted = WANTED, **told: object) -> list[tuple[str, str, str]]:
    return [(one.kind, one.ours, one.theirs) for one in differences(wanted, [replace(TOLD, **told)])]


def test_what_agrees_is_no_difference() -> None:
    assert found() == []
    # A renewal that brings what is there anyway changes nothing: the availability of an item is another every month.
    assert found(next_term=NextTerm(5, "P:S", "P1Y", "Monthly")) == []
    assert found(resource="nobody's") == []
    # None of a resource is a suspended one at vendors that sell no less than one.
    assert found(resource="spare", state=State.SUSPENDED, quantity=3) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"quantity": 8}, ("quantity", "5", "8")),
        ({"resource": "spare", "quantity": 3}, ("quantity", "0", "3")),
        ({"state": State.SUSPENDED}, ("suspended", "active", "suspended")),
        ({"state": State.ENDED, "quantity": 0}, ("ended", "active", "ended")),
        ({"term": "P1M"}, ("term", "P1Y monthly", "P1M monthly")),
        ({"billing_plan": "annual"}, ("term", "P1Y monthly", "P1Y annual")),
        ({"at_end": AtEnd.EXTENDS}, ("end_of_term", "renews", "extends")),
        ({"at_end": AtEnd.ENDS}, ("end_of_term", "renews", "ends")),
        ({"next_term": NextTerm(3)}, ("schedule", "", "3")),
        ({"next_term": NextTerm(5, "P:T", "P3Y")}, ("schedule", "", "5 P:T P3Y")),
    ],
)
def test_each_kind(told: dict[str, object], expected: tuple[str, str, str]) -> None:
    assert found(**told) == [expected]


def test_what_is_stopped_or_deleted_in_the_books_runs_on_at_the_vendor() -> None:
    stopped, deleted = replace(WANTED, status="stopped"), replace(WANTED, status="deleted")
    assert found(stopped) == [("running", "suspended", "active")]
    assert found(stopped, state=State.SUSPENDED, at_end=AtEnd.EXTENDS) == []
    assert found(replace(stopped, suspends=False)) == []
    assert found(deleted) == [("running", "ended", "renews")]
    assert found(deleted, at_end=AtEnd.ENDS) == found(deleted, state=State.ENDED) == []


def test_scheduled_change_that_is_lost_and_one_that_is_ours() -> None:
    ours = replace(WANTED, scheduled={"seats": 3})
    assert found(ours, next_term=NextTerm(3)) == []
    assert found(ours) == [("schedule", "3", "")]
    assert scheduled_text(TOLD) == ""


def test_trial_has_no_term_of_ours() -> None:
    assert found(term="P1M", at_end=AtEnd.ENDS, is_trial=True) == []


def test_units_that_a_vendor_counts() -> None:
    (one,) = counted(WANTED, {"seats": 4})
    assert (one.key, one.name, one.ours, one.theirs) == (("seats", "quantity"), "Seats", "5", "4")
