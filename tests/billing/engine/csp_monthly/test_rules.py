"""What the rules of CSP monthly add to its functions; the functions have tests of their own."""

from dataclasses import replace
from datetime import date

from billing.engine.csp_monthly.rules import CspMonthly
from billing.engine.lines import LineStatus, Source
from billing.engine.terms import Terms
from core.period import Period
from tests.billing.engine.test_lines import LINE

RULES, TERMS = CspMonthly(), Terms("USD", 1, {})
AUG25 = date(2018, 8, 25)


def test_the_days_before_a_deletion_are_charged_unless_an_activation_was_never_carried_out():
    assert [line.status for line in RULES.delete(TERMS, [LINE], AUG25).add] == [LineStatus.CLOSED]
    assert RULES.delete(TERMS, [LINE], AUG25, unprovided=[LINE]).add == ()
    later = replace(LINE, status=LineStatus.OPENED, period=Period(date(2018, 8, 22), date(2018, 9, 1)))
    gone = RULES.delete(TERMS, [LINE, later], AUG25, unprovided=[LINE])
    assert (gone.add, len(gone.move)) == ((), 2)
    closed = replace(LINE, status=LineStatus.CLOSED)
    assert [move.line for move in RULES.delete(TERMS, [closed, LINE], AUG25).move] == [LINE]


def test_a_raise_that_is_given_up_takes_its_blocked_lines_away():
    raised = replace(LINE, source=Source.UPGRADE, block=2)
    ahead = replace(raised, status=LineStatus.OPENED)
    gone = RULES.withdraw_raise(TERMS, [LINE, raised], [raised, ahead])
    assert [move.line for move in gone.move] == [raised]


def test_a_remainder_is_looked_at_once_and_a_term_at_each_piece():
    assert RULES.due_while_stopped(TERMS, AUG25, AUG25) == date(2018, 9, 1)
    assert RULES.due_while_stopped(TERMS, AUG25, date(2018, 9, 1)) is None
    finite = replace(TERMS, expires_on=date(2018, 9, 20))
    assert RULES.due_while_stopped(finite, AUG25, date(2018, 9, 1)) == date(2018, 9, 20)
    assert RULES.ends_on(replace(TERMS, months=1), AUG25) == date(2018, 9, 25)
    assert RULES.ends_on(TERMS, AUG25) is None
