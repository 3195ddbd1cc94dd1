"""What a term that has begun is unlike what was arranged for it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from vendors.commitments import AtEnd, Commitment, NextTerm, State
from vendors.renewed import has_begun, surprises

BEFORE = Commitment(
    "seats", "s-1", "P:0001:A1", State.ACTIVE, 8, "P1Y", "monthly", date(2027, 3, 10), at_end=AtEnd.RENEWS
)
AFTER = replace(BEFORE, ends_on=date(2028, 3, 10), item="p:0001:B2")
LAST_DAY = date(2027, 3, 9)


def names(before: Commitment, after: Commitment) -> list[str]:
    return [one.name for one in surprises(before, after)]


def test_a_term_has_begun_where_the_one_before_it_is_over_and_another_is_told() -> None:
    day = date(2027, 3, 10)
    assert has_begun(BEFORE, AFTER, day)
    assert not has_begun(BEFORE, AFTER, LAST_DAY), "it was switched or prolonged within its term"
    assert not has_begun(BEFORE, BEFORE, day), "it waits in the queue"
    assert not has_begun(BEFORE, replace(AFTER, vendor_id="s-2"), day)
    assert has_begun(BEFORE, replace(BEFORE, state=State.ENDED), day)
    assert not has_begun(replace(BEFORE, state=State.ENDED), replace(BEFORE, state=State.ENDED), day)
    assert not has_begun(replace(BEFORE, ends_on=None), AFTER, day)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, []),
        ({"next_term": NextTerm(5)}, {"quantity": 5}, []),
        ({"next_term": NextTerm(5)}, {}, ["quantity"]),
        ({"next_term": NextTerm(8, "Q:0002", "P3Y", "annual")}, {}, ["item", "term", "billing_plan"]),
        ({"next_term": NextTerm(8, "Q:0002")}, {"item": "Q:0002:A9"}, []),
        ({}, {"item": "P:E001:A1", "term": "P1M"}, ["item", "term"]),
        ({"at_end": AtEnd.EXTENDS}, {"item": "P:E001:A1", "term": "P1M"}, []),
        ({"at_end": AtEnd.ENDS}, {}, ["went_on"]),
        ({"at_end": AtEnd.ENDS}, {"state": State.ENDED, "quantity": 0}, []),
        ({}, {"state": State.ENDED, "quantity": 0}, ["ended"]),
        ({"state": State.SUSPENDED}, {"state": State.ENDED}, []),
    ],
)
def test_what_was_not_arranged_is_told(before: dict[str, Any], after: dict[str, Any], told: list[str]) -> None:
    assert names(replace(BEFORE, **before), replace(AFTER, **after)) == told
