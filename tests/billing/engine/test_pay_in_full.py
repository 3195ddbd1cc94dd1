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
AUG20, SEP1, SEP5, OCT1, OCT5 = (date(2018, *on) for on in ((8, 20), (9, 1), (9, 5), (10, 1), (10, 5)))


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
    assert RULES.may_change(TERMS, AUG20) is None, "nothing runs yet"


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
    for over in (date(2018, 11, 1), date(2018, 11, 2)):
        assert told(RULES.withdraw_activation(lines, activated, over).add) == []


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


def raised_in_september(september: list[Line]) -> list[Line]:
    """Three seats more, placed on 5 September."""
    return carried_out(september, RULES.change(RUNNING, september, {"seats": 5}, {"seats": 8}, SEP5))


def test_a_raise_paid_in_a_later_month_costs_that_month_and_not_the_one_before(september: list[Line]):
    placed = raised_in_september(september)
    paid = carried_out(placed, RULES.pay_raise(RUNNING, placed, OCT1))
    assert told(line for line in paid if line.source is Source.UPGRADE) == [
        "blocked 01Oct 3 30.00",
        "opened 01Nov 3 30.00",
    ]


def test_a_raise_provided_in_a_later_month_reserves_that_month_of_its_own(september: list[Line]):
    placed = raised_in_september(september)
    lines = carried_out(placed, RULES.pay_raise(RUNNING, placed, SEP5, provided=False))
    raised = [line for line in lines if line.source is Source.UPGRADE]
    provided = RULES.provide_raise(RUNNING, lines, raised[:1], OCT1)
    assert [(move.line, move.status) for move in provided.move] == [
        (raised[0], LineStatus.DELETED), (raised[1], LineStatus.BLOCKED),
    ]  # fmt: skip


def test_what_was_not_there_before_is_charged_for_each_month_and_what_stays_is_not(september: list[Line]):
    terms = replace(RUNNING, prices={**RUNNING.prices, "disks": [Price(date.min, Decimal(4), 8)]})
    disks = RULES.change(terms, september, {"seats": 5}, {"disks": 2}, SEP5).add
    assert told(disks) == ["new 01Sep 2 8.00", "new 01Oct 2 8.00", "new 01Nov 2 8.00"]
    assert not RULES.change(terms, september, {"seats": 8}, {"seats": 8}, SEP5), "more in service than is charged"


def test_a_month_that_begins_on_the_day_of_a_lowering_is_charged_for_what_was_there(september: list[Line]):
    lines = [replace(line, status=LineStatus.OPENED) for line in september]
    assert told(RULES.change(RUNNING, lines, {"seats": 5}, {"seats": 2}, SEP1).add) == [
        "opened 01Oct 2 20.00", "opened 01Nov 2 20.00",
    ]  # fmt: skip
