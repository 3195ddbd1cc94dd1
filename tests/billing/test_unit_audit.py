"""Units on every day of histories that once were left out of the audit or found wrong: right books, and a bent row."""

from datetime import date
from typing import Any

import pytest

from billing import audit, unit_audit
from subscriptions.simulation.playing import played
from tests.billing.test_audit import bend
from tests.subscriptions.people.test_closing import ANNUAL, TOP_UP
from tests.subscriptions.people.test_switching import ORDER
from tests.subscriptions.simulation.test_playing import on

pytestmark = pytest.mark.django_db

CHECK = "the units charged are those in service, on every day of the history"
RICH = on("2018-08-20", "top_up", amount="2000")
CLOSED = [ORDER, TOP_UP, on("2018-08-21", "close_charges")]
RAISED = [*CLOSED, on("2018-08-25", "change", quantities={"seats": 7}, pay="balance")]
# Five seats until 20 October, then three; a raise by three is one of both terms.
AHEAD = [ORDER, RICH, on("2018-08-25", "renew", quantities={"seats": 3}, pay="balance")]
RAISED_AHEAD = [*AHEAD, on("2018-09-05", "change", quantities={"seats": 6}, pay="balance")]
STOPPED_AHEAD = [*RAISED_AHEAD, on("2018-09-08", "stop"), on("2018-09-12", "activate")]

# A history, the day up to which it is played, how a row is bent, and what is found then.
HISTORIES: dict[str, tuple[list[dict[str, Any]], str, str, list[str]]] = {
    "closed by hand": (
        CLOSED, "2018-08-27", "UPDATE billing_closedunits SET units = 4 WHERE operate_from = '2018-08-20'",
        ["from 2018-08-20 to 2018-08-28: in service 5, charged 4"],
    ),
    "closed by hand, and raised": (
        RAISED, "2018-08-27",
        "UPDATE billing_closedunits SET units = 3 WHERE units = 2 AND operate_from = '2018-08-25'",
        ["from 2018-08-25 to 2018-08-28: in service 7, charged 8"],
    ),
    "the units held when it was closed": (
        RAISED, "2018-08-27", "UPDATE subscriptions_heldunits SET units = 6 WHERE units = 7",
        ["from 2018-08-25 to 2018-08-28: in service 6, charged 7"],
    ),
    "renewed after it was closed": (
        [*CLOSED, on("2018-10-10", "renew", pay="now")], "2018-11-05",
        "UPDATE billing_charge SET quantity = 4 WHERE operate_from = '2018-10-20'",
        ["from 2018-10-20 to 2018-11-01: in service 5, charged 4"],
    ),
    "a raise before a term that is paid ahead": (
        RAISED_AHEAD, "2018-09-10", "UPDATE billing_charge SET quantity = 2 WHERE quantity = 3 AND source = 'upgrade'",
        ["from 2018-09-05 to 2018-09-11: in service 8, charged 7"],
    ),
    "a lowering before it": (
        [*AHEAD, on("2018-09-05", "change", quantities={"seats": 2})], "2018-09-10",
        "UPDATE subscriptions_heldunits SET units = 5 WHERE day = '2018-09-05'",
        ["from 2018-09-05 to 2018-09-11: in service 5, charged 4"],
    ),
    "a stop and an activation before it": (
        STOPPED_AHEAD, "2018-09-20", "UPDATE subscriptions_heldunits SET units = 6 WHERE day = '2018-09-12'",
        ["from 2018-09-12 to 2018-09-21: in service 6, charged 8"],
    ),
    "and when the term has come": (
        STOPPED_AHEAD, "2018-11-05", "UPDATE subscriptions_heldunits SET units = 5 WHERE day = '2018-10-20'",
        ["from 2018-10-20 to 2018-11-01: in service 5, charged 6",
         "from 2018-11-01 to 2018-11-06: in service 5, charged 6"],
    ),
}  # fmt: skip


def test_they_are_carried_out() -> None:
    assert unit_audit.CHECKS.items() <= audit.CHECKS.items()


@pytest.mark.parametrize("history", HISTORIES)
def test_right_books_are_found_right_and_a_bent_row_is_found(history: str) -> None:
    events, until, statement, found = HISTORIES[history]
    with played({**ANNUAL, "events": events, "until": until}) as stage:
        assert stage.refused == [], "the history is what it says"
        today = date.fromisoformat(until)
        assert audit.audit(today=today) == []
        bend(statement)
        wrong = [finding.detail for finding in audit.audit(today=today) if finding.check == CHECK]
    assert wrong == [f"seats, {days}" for days in found]
