"""Pay in full with a vendor in between; its rows of the specification are tests/oracle/billing_types.py."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.lines import Changes, Line, LineStatus, Source
from billing.engine.pay_in_full import PayInFull
from billing.engine.rules import No
from billing.engine.terms import Price, Terms

RULES = PayInFull()
TERMS = Terms("USD", 1, {"seats": [Price(date.min, Decimal(10), 7)]}, months=3)
RUNNING = replace(TERMS, months=None, started_on=date(2018, 8, 20), expires_on=date(2018, 12, 1))
AUG20, SEP5, OCT5 = date(2018, 8, 20), date(2018, 9, 5), date(2018, 10, 5)


def carried_out(lines: list[Line], changes: Changes) -> list[Line]:
    """The live lines after the changes, numbered in the order in which they come."""
    moved = {move.line.row: move.status for move in changes.move}
    after = [replace(line, status=moved.get(line.row, line.status)) for line in lines]
    after += [replace(line, row=len(after) + n) for n, line in enumerate(changes.add)]
    return [replace(line, row=n) for n, line in enumerate(after) if line.status is not LineStatus.DELETED]


def told(lines: list[Line] | tuple[Line, ...]) -> list[str]:
    return [f"{line.status} {line.period.start:%d%b} {line.quantity} {line.amount}" for line in lines]


@pytest.fixture
def september() -> list[Line]:
    """Five seats on 1 September: that month Blocked, two Opened."""
    lines = carried_out([], RULES.order(TERMS, {"seats": 5}, AUG20))
    lines = carried_out(lines, RULES.pay_order(TERMS, lines, AUG20))
    return carried_out(lines, RULES.next_period(RUNNING, {"seats": 5}, lines, date(2018, 9, 1)))


def test_an_order_keeps_its_prices_and_begins_anew_where_a_month_has_passed():
    lines = carried_out([], RULES.order(TERMS, {"seats": 5}, AUG20))
    assert {line.price_row for line in lines} == {7}
    dearer = replace(TERMS, prices={"seats": [Price(date.min, Decimal(99))]})
    late = RULES.pay_order(dearer, lines, SEP5)
    assert told(late.add) == ["opened 01Oct 5 50.00", "opened 01Nov 5 50.00", "opened 01Dec 5 50.00"]
    assert RULES.ends_on(TERMS, SEP5) == date(2019, 1, 1)
    paid = carried_out(lines, RULES.pay_order(TERMS, lines, AUG20))
    assert not RULES.provide_order(TERMS, paid, date(2018, 8, 31)), "the free days lose nothing"
    assert told(RULES.provide_order(TERMS, paid, SEP5).add)[0] == "opened 01Oct 5 50.00"


def test_the_free_days_end_with_the_first_month():
    assert RULES.may_change(RUNNING, date(2018, 8, 31)) is No.NOT_YET_CHARGED
    assert RULES.may_change(RUNNING, date(2018, 9, 1)) is None


def test_a_raise_that_the_vendor_provides_in_a_later_month_costs_nothing_before(september: list[Line]):
    lines = carried_out(september, RULES.change(RUNNING, september, {"seats": 5}, {"seats": 8}, SEP5))
    lines = carried_out(lines, RULES.pay_raise(RUNNING, lines, SEP5, provided=False))
    raised = [line for line in lines if line.source is Source.UPGRADE]
    assert told(raised) == ["blocked 01Sep 3 30.00", "opened 01Oct 3 30.00", "opened 01Nov 3 30.00"]
    assert not RULES.provide_raise(RUNNING, lines, raised[:1], SEP5)
    gone = RULES.provide_raise_of_stopped(RUNNING, lines, raised[:1], OCT5)
    assert [move.line for move in gone.move] == raised[:1]
    assert [move.line for move in RULES.withdraw_raise(RUNNING, lines, raised).move] == raised


def test_units_given_back_and_refused_by_the_vendor_are_there_again(september: list[Line]):
    lowered = RULES.change(RUNNING, september, {"seats": 5}, {"seats": 2}, SEP5)
    assert told(lowered.add) == ["opened 01Oct 2 20.00", "opened 01Nov 2 20.00"]
    october = september[1]
    again = RULES.restore(october, [lowered.add[0]], SEP5, SEP5, block=9, stopped_on=None)
    assert told(again.add) == ["opened 01Oct 5 50.00"]
    begun = RULES.restore(october, [lowered.add[0]], SEP5, OCT5, block=9, stopped_on=None)
    assert told(begun.add) == ["blocked 01Oct 3 30.00"]
    assert not RULES.restore_renewals(RUNNING, "seats", 3, lowered_on=SEP5, until=OCT5, day=OCT5, block=9)


def test_an_activation_is_charged_for_the_month_in_which_it_is_carried_out(september: list[Line]):
    stopped = [line for line in september if line.status is LineStatus.OPENED]
    lines = carried_out(stopped, RULES.activate(RUNNING, stopped, {}, OCT5))
    assert told(lines) == ["opened 01Nov 5 50.00", "blocked 01Oct 5 50.00"]
    activated = lines[1:]
    assert not RULES.provide_activation(RUNNING, lines, activated, OCT5)
    november = carried_out(lines, RULES.provide_activation(RUNNING, lines, activated, date(2018, 11, 2)))
    assert told(november) == ["blocked 01Nov 5 50.00"]
    given_up = carried_out(lines, RULES.withdraw_activation(lines, activated, OCT5))
    assert told(given_up) == ["opened 01Nov 5 50.00", "opened 01Oct 5 50.00"]
    assert told(RULES.withdraw_activation(lines, activated, date(2018, 11, 2)).add) == []


def test_a_second_activation_takes_nothing_back_of_the_month_that_the_first_one_charged(september: list[Line]):
    stopped = [line for line in september if line.status is LineStatus.OPENED]
    lines = carried_out(stopped, RULES.activate(RUNNING, stopped, {}, OCT5))
    assert not RULES.activate(RUNNING, lines, {}, OCT5), "that month is charged"
    assert not RULES.withdraw_activation(lines, [], OCT5)
    assert told(carried_out(lines, RULES.delete(RUNNING, lines, OCT5))) == ["closed 01Oct 5 50.00"]
    november = carried_out(lines, RULES.provide_activation(RUNNING, lines, [], date(2018, 11, 2)))
    assert told(november) == ["closed 01Oct 5 50.00", "blocked 01Nov 5 50.00"]


def test_a_deletion_charges_the_month_unless_its_activation_was_never_carried_out(september: list[Line]):
    assert told(carried_out(september, RULES.delete(RUNNING, september, SEP5))) == ["closed 01Sep 5 50.00"]
    stopped = [line for line in september if line.status is LineStatus.OPENED]
    lines = carried_out(stopped, RULES.activate(RUNNING, stopped, {}, OCT5))
    assert carried_out(lines, RULES.delete(RUNNING, lines, OCT5, unprovided=lines[1:])) == []
    assert carried_out(september, RULES.withdraw_order(september)) == []


def test_a_plan_without_an_end_is_not_paid_in_full():
    with pytest.raises(ValueError, match="has an end"):
        RULES.order(replace(TERMS, months=None), {"seats": 5}, AUG20)
