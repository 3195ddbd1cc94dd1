"""spec/billing-types.md 5.7: all that is reserved or ahead closes in one charge a resource, and so do raises."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.by_hand import FIRST_BLOCK, closable, closed, rules_when_closed
from billing.engine.lines import Changes, Line, LineStatus, LineType, Source
from billing.engine.rules import Keeps
from billing.engine.terms import PLAN, Price, Terms
from billing.engine.types import TYPES
from core.period import Period

AUG20, AUG25, AUG28, SEP1 = (date(2018, *on) for on in ((8, 20), (8, 25), (8, 28), (9, 1)))
BY_TERM = ["csp_annual", "reservation", "non_refund", "gsuite"]
BY_DAYS = [key for key, rules in TYPES.items() if rules.keeps is not Keeps.WHAT_WAS_USED]


def terms_of(key: str) -> Terms:
    only = TYPES[key].allows
    months = 12 if key in ("csp_annual", "non_refund") else 1 if key == "gsuite" else 3
    terms = Terms("USD", only.billing_day or 1, {"seats": [Price(date.min, Decimal(10))]}, months=months)
    return replace(terms, expires_on=TYPES[key].ends_on(terms, AUG20), started_on=AUG20, anchor=AUG20)


def sold(key: str) -> list[Line]:
    """Return the lines of five seats, ordered and paid on 20 August, as the books would hold them."""
    rules, ordering = TYPES[key], replace(terms_of(key), expires_on=None)
    placed = rules.order(ordering, {"seats": 5}, AUG20).add
    return _live(rules.pay_order(ordering, placed, AUG20), placed)


def _live(changes: Changes, before: Sequence[Line]) -> list[Line]:
    return [replace(line, row=row) for row, line in enumerate(changes.applied_to(before), 1)]


@pytest.mark.parametrize("key", BY_DAYS)
def test_all_that_is_reserved_or_ahead_is_one_charge_closed_that_day(key: str) -> None:
    lines = closable(sold(key))
    changes = closed(lines, AUG25, 0)
    (line,) = changes.add
    assert line.amount == line.unit_price == sum(one.amount for one in lines) > 0
    assert (line.quantity, line.status, line.closed_on, line.source, line.type) == (
        1, LineStatus.CLOSED, AUG25, Source.CLOSED_BY_HAND, LineType.RECURRING_FEE,
    )  # fmt: skip
    assert line.period == Period(min(one.period.start for one in lines), terms_of(key).expires_on or SEP1)
    assert [move.status for move in changes.move] == [LineStatus.DELETED] * len(lines)


def test_the_discounts_and_taxes_of_what_is_closed_add_up() -> None:
    lines = [replace(line, discount=Decimal("0.25"), tax=Decimal("0.10")) for line in sold("csp_annual")]
    (line,) = closed(closable(lines), AUG25, 0).add
    assert (line.discount, line.tax) == (len(lines) * Decimal("0.25"), len(lines) * Decimal("0.10"))
    assert len(lines) > 2
    gone = [replace(lines[0], status=status) for status in (LineStatus.NEW, LineStatus.CLOSED)]
    assert closable(gone) == []


def test_the_plans_own_part_comes_first_and_fees_stay() -> None:
    seats = sold("csp_monthly")
    own, fee = replace(seats[0], resource=PLAN), replace(seats[0], type=LineType.SETUP_FEE)
    lines = closable([*seats, own, fee])
    assert fee not in lines
    assert [line.resource for line in closed(lines, AUG25, 0).add] == [PLAN, "seats"]


@pytest.mark.parametrize("key", BY_TERM)
def test_a_raise_is_due_in_full_and_closed_in_one_when_it_is_paid(key: str) -> None:
    terms = terms_of(key)
    plain, rules = TYPES[key], rules_when_closed(TYPES[key], terms.expires_on or SEP1, 1)
    new = rules.change(terms, [], {"seats": 5}, {"seats": 8}, AUG25).add
    usual = plain.change(terms, sold(key), {"seats": 5}, {"seats": 8}, AUG25).add
    assert {line.status for line in new} == {LineStatus.NEW}
    assert (new[0].amount, new[0].period) == (usual[0].amount, usual[0].period), "7 days of three"
    assert rules.due(new, AUG25) == sum(line.amount for line in new)
    changes = rules.pay_raise(terms, new, AUG25)
    (line,) = changes.add
    assert (line.amount, line.closed_on, line.block) == (rules.due(new, AUG25), AUG25, FIRST_BLOCK + 1)
    assert line.period == Period(AUG25, terms.expires_on or SEP1)
    late = rules.pay_raise(terms, new, AUG28)
    assert late.add[0].period.start == AUG28
    assert late.add[0].amount == line.amount - new[0].amount + Decimal("3.87"), "four days of the first piece"


def test_a_raise_that_a_vendor_provides_later_is_closed_then() -> None:
    terms = terms_of("csp_annual")
    rules = rules_when_closed(TYPES["csp_annual"], terms.expires_on or SEP1, 1)
    new = rules.change(terms, [], {"seats": 5}, {"seats": 8}, AUG25).add
    paid = rules.pay_raise(terms, new, AUG25, provided=False)
    assert {move.status for move in paid.move} == {LineStatus.BLOCKED}
    raised = [replace(line, status=LineStatus.BLOCKED) for line in new]
    for provided in (rules.provide_raise, rules.provide_raise_of_stopped):
        (line,) = provided(terms, raised, raised, AUG28).add
        assert (line.closed_on, line.period.start) == (AUG28, AUG28)


@pytest.mark.parametrize("key", BY_DAYS)
def test_a_stop_an_activation_and_a_deletion_charge_nothing_until_the_end(key: str) -> None:
    terms = terms_of(key)
    rules = rules_when_closed(TYPES[key], terms.expires_on or SEP1, 1)
    assert not rules.stop(terms, [], AUG25)
    assert not rules.activate(terms, [], {"seats": 5}, AUG28)
    assert not rules.delete(terms, [], AUG28)
    assert not rules.next_period(terms, {"seats": 5}, [], SEP1)


def test_an_endless_one_is_charged_again_from_the_next_billing_day() -> None:
    terms = Terms("USD", 1, {"seats": [Price(date.min, Decimal(10))]})
    rules = rules_when_closed(TYPES["csp_monthly"], SEP1, 1)
    assert not rules.activate(terms, [], {"seats": 5}, AUG28)
    assert rules.next_period(terms, {"seats": 5}, [], SEP1).reserves == 50
    (line,) = rules.activate(terms, [], {"seats": 5}, SEP1).add
    assert line.status is LineStatus.BLOCKED
    (raised,) = rules.change(terms, [line], {"seats": 5}, {"seats": 8}, SEP1).add
    assert rules.due([raised], SEP1) == 30
    assert [move.status for move in rules.pay_raise(terms, [line, raised], SEP1).move] == [LineStatus.BLOCKED]


def test_a_raise_that_begins_in_closed_days_is_closed_with_all_its_pieces() -> None:
    terms, usual = terms_of("csp_annual"), TYPES["csp_annual"]
    for closed_to in (SEP1, terms.expires_on):
        rules = rules_when_closed(usual, closed_to, 1)
        new = rules.change(terms, [], {}, {"seats": 3}, AUG25).add
        assert {line.quantity for line in new} == {3}
        (line,) = rules.pay_raise(terms, new, AUG25).add
        assert (line.amount, line.period) == (sum(one.amount for one in new), Period(AUG25, new[-1].period.end))
    (late,) = rules.pay_raise(terms, new, AUG28).add
    assert late.parent is not None, "what is left of the first piece"
    assert late.parent.parent is new[0]
    (line,) = rules.pay_raise(terms, new, SEP1).add
    assert (line.amount, line.period.start) == (sum(one.amount for one in new[1:]), SEP1), "the first piece is over"
    fee = replace(new[0], type=LineType.SETUP_FEE)
    changes = rules.pay_raise(terms, [fee, *new], AUG25)
    assert [line.amount for line in changes.add] == [sum(one.amount for one in new)]
    assert [move.status for move in changes.move if move.line is fee] == [LineStatus.CLOSED]


def test_on_the_day_up_to_which_it_was_closed_all_is_as_usual_again() -> None:
    terms, lines = terms_of("gsuite"), sold("gsuite")
    rules, before = (rules_when_closed(TYPES["gsuite"], day, 1) for day in (AUG25, AUG28))
    new = rules.change(terms, lines, {"seats": 5}, {"seats": 8}, AUG25).add
    assert [line.block for line in new] == [2, 2]
    assert (rules.due(new, AUG25), before.due(new, AUG25)) == (new[0].amount, new[0].amount + new[1].amount)
