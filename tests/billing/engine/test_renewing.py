"""The lines of another term: its days, what is due, what becomes of them. Whole histories: tests/oracle/renewals.py."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.lines import LineStatus
from billing.engine.renewing import last_term_starts
from billing.engine.terms import Price, Terms
from billing.engine.types import rules_of

CSP, FULL = rules_of("csp_monthly"), rules_of("pay_in_full")
END = date(2018, 9, 20)
TERMS = Terms("USD", 1, {"seats": [Price(date.min, Decimal(10))]}, months=1, expires_on=END, anchor=date(2018, 8, 20))


def renewed(day: date, start: date = END, rules=CSP, terms: Terms = TERMS):
    lines = rules.renew(terms, {"seats": 5}, start, day).add
    return [replace(line, row=at) for at, line in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("anchor", "expires", "start", "months", "end"),
    [
        ("2018-08-20", "2018-09-20", "2018-09-20", 1, "2018-10-20"),
        ("2019-01-31", "2019-02-28", "2019-02-28", 1, "2019-03-31"),
        ("2019-01-31", "2019-03-31", "2019-03-31", 1, "2019-04-30"),
        ("2020-02-29", "2021-02-28", "2021-02-28", 12, "2022-02-28"),
        ("2018-08-20", "2018-11-20", "2018-12-01", 3, "2019-03-01"),  # paid in full: not on the anchor's day
        ("2019-01-31", "2019-03-31", "2019-04-30", 1, "2019-05-30"),  # after a gap, on a day that the anchor has too
        (None, "2018-09-20", "2018-09-20", 2, "2018-11-20"),
        ("2019-01-31", "2020-02-29", "2020-02-29", 1, "2020-03-31"),
        ("2019-03-31", "2019-02-28", "2019-02-28", 1, "2019-03-28"),  # an anchor that comes later counts nothing
    ],
)
def test_terms_are_counted_from_the_anchor(anchor: str | None, expires: str, start: str, months: int, end: str):
    counted = date.fromisoformat(anchor) if anchor else None
    terms = replace(TERMS, anchor=counted, expires_on=date.fromisoformat(expires), months=months)
    assert CSP.renewal_ends(terms, date.fromisoformat(start)) == date.fromisoformat(end)


def test_what_has_no_end_is_not_renewed():
    with pytest.raises(ValueError, match="no end"):
        CSP.renewal_ends(replace(TERMS, months=None), END)


def test_a_term_begins_at_the_end_of_the_other_or_where_it_is_stopped_on_the_day():
    day = date(2018, 10, 5)
    assert [CSP.renewal_starts(TERMS, day, stopped=stopped) for stopped in (False, True)] == [END, day]
    assert FULL.renewal_starts(TERMS, day, stopped=True) == date(2018, 10, 1)
    assert CSP.renewal_starts(replace(TERMS, expires_on=None), day, stopped=False) == day


def test_the_first_piece_is_due_and_what_has_begun():
    lines = renewed(date(2018, 9, 10))
    assert [(line.period.start.isoformat(), line.amount) for line in lines] == [
        ("2018-09-20", Decimal("18.33")),
        ("2018-10-01", Decimal("30.65")),
    ]
    assert CSP.renewal_due(lines, date(2018, 9, 10)) == Decimal("18.33")
    assert CSP.renewal_due(lines, date(2018, 10, 5)) == Decimal("48.98")


@pytest.mark.parametrize(
    ("day", "provided", "statuses"),
    [
        (date(2018, 9, 10), True, ["blocked", "new"]),
        (END, True, ["blocked", "opened"]),
        (date(2018, 10, 1), True, ["closed", "blocked"]),
        (date(2018, 10, 5), True, ["closed", "blocked"]),
        (date(2018, 10, 5), False, ["blocked", "blocked"]),
        (date(2018, 11, 5), True, ["closed", "closed"]),
    ],
)
def test_what_a_paid_renewal_is_on_a_day(day: date, provided: bool, statuses: list[str]):
    lines = renewed(date(2018, 9, 10))
    changes = CSP.pay_renewal(TERMS, lines, END, day, provided=provided)
    then = {move.line.row: move for move in changes.move}
    assert [str(then[line.row].status) if line.row in then else "new" for line in lines] == statuses
    assert {move.closed_on for move in changes.move if move.status is LineStatus.CLOSED} <= {day}


def test_paid_on_another_day_of_a_stopped_one_it_is_made_anew_at_the_prices_it_had():
    placed, paid = date(2018, 10, 5), date(2018, 10, 10)
    lines = renewed(placed, start=placed)
    dearer = replace(TERMS, prices={"seats": [Price(date.min, Decimal(99))]})
    changes = CSP.pay_renewal(dearer, lines, paid, paid)
    assert [move.status for move in changes.move] == [LineStatus.DELETED] * 2
    assert [(line.status, line.amount) for line in changes.add] == [
        (LineStatus.BLOCKED, Decimal("35.48")),
        (LineStatus.OPENED, Decimal("15.00")),
    ]


def test_asked_again_it_says_nothing_new():
    lines = renewed(END)
    moves = CSP.pay_renewal(TERMS, lines, END, END).move
    paid = [replace(move.line, status=move.status) for move in moves]
    assert not CSP.pay_renewal(TERMS, paid, END, END)


def test_the_term_that_is_paid_last_begins_so_many_months_before_its_end():
    assert last_term_starts(date(2018, 8, 20), date(2019, 2, 20), 3) == date(2018, 11, 20)
    assert last_term_starts(date(2019, 1, 31), date(2019, 3, 31), 1) == date(2019, 2, 28)


def test_a_piece_that_is_over_of_a_renewal_made_anew_is_closed_on_the_day_of_its_payment():
    day = date(2018, 10, 5)
    made = CSP.pay_renewal(TERMS, renewed(END), date(2018, 9, 25), day).add
    assert [(line.status, line.closed_on) for line in made] == [("closed", day), ("blocked", None)]
