"""spec/billing-types.md What all types of a term do alike."""

from dataclasses import replace
from datetime import date

import pytest

from billing.engine.lines import Changes, LineStatus, LineType
from billing.engine.rules import Deed
from billing.engine.terms import Terms
from billing.engine.types import rules_of
from core.period import Period
from tests.billing.engine.lived import AUG20, AUG25, OWN, PRICES, SEP1, SEP10, WITH_FEES, Lived

SEP20, SEP25, SEP28, OCT1, OCT5 = (date(2018, *on) for on in ((9, 20), (9, 25), (9, 28), (10, 1), (10, 5)))
MONTH = Terms("USD", 1, PRICES, months=1, expires_on=SEP20, started_on=AUG20, anchor=AUG20)


def told(changes: Changes) -> list[tuple[str, int]]:
    return [(line.status.value, int(line.quantity)) for line in changes.add]


@pytest.mark.parametrize("key", ["csp_annual", "reservation", "gsuite"])
def test_lowering_takes_the_last_bought_in_every_piece(key: str):
    lived = Lived(key, 1).to(8, AUG25).to(4, AUG25)
    kept = lived.told("blocked", "opened")
    assert kept == [
        f"B [2018-08-25, 2018-09-01) 4 {'9.03'}",
        f"{'O' if key == 'gsuite' else 'B'} [2018-09-01, 2018-09-20) 4 25.33",
    ]


@pytest.mark.parametrize("key", ["csp_annual", "reservation", "gsuite"])
def test_an_order_paid_later_begins_on_the_day_of_its_payment(key: str):
    lived = Lived(key, 1, pay=date(2018, 8, 24))
    assert [line.split()[-1] for line in lived.told()] == ["12.90", "38.33"]
    assert lived.terms.expires_on == date(2018, 9, 24)


def test_what_people_may_not_do():
    assert {deed: rules_of("non_refund").refuses(deed) for deed in Deed} == dict.fromkeys(Deed, "committed")
    assert [deed for deed in Deed if rules_of("gsuite").refuses(deed)] == [Deed.DELETE]
    assert [
        deed for deed in Deed if rules_of("reservation").refuses(deed) or rules_of("csp_annual").refuses(deed)
    ] == []
    assert [deed for deed in Deed if rules_of("pay_in_full").refuses(deed)] == [Deed.SWITCH]
    assert [deed for deed in Deed if rules_of("non_refund", trial=True).refuses(deed)] == [Deed.SWITCH]


@pytest.mark.parametrize("key", ["csp_annual", "reservation", "gsuite"])
def test_on_the_day_of_the_end_nothing_is_given_back_and_a_raise_comes_too_late(key: str):
    lived = Lived(key, 1)
    raised = lived.rules.change(lived.terms, lived.live, {"seats": 5}, {"seats": 8}, AUG25).add
    assert not lived.rules.change(lived.terms, lived.live, {"seats": 5}, {"seats": 3}, SEP20)
    late = lived.rules.pay_raise(lived.terms, [*lived.live, *raised], SEP20)
    assert ([move.line for move in late.move], late.add) == (list(raised), ())
    assert {move.status for move in late.move} == {LineStatus.DELETED}


@pytest.mark.parametrize(
    ("key", "again"), [("csp_annual", [("blocked", 2)]), ("gsuite", [("opened", 5)])], ids=["runs on", "is stopped"]
)
def test_a_piece_that_began_after_a_stop_comes_back_of_a_term_that_was_bought_whole(key: str, again: list):
    lived = Lived(key, 1)
    was = lived.live[1]
    left = [line for line in lived.to(3, AUG25).rows if line.parent is was]
    assert told(lived.rules.restore(was, left, AUG25, SEP10, block=7, stopped_on=SEP1)) == again


def test_a_deletion_charges_nothing_of_what_was_never_activated_and_no_days_of_a_fee():
    lived = Lived("gsuite", 1).stop(AUG25).activate(date(2018, 8, 28))
    activated = [line for line in lived.live if line.status == "blocked"]
    for day in (date(2018, 8, 30), SEP10):
        gone = lived.rules.delete(lived.terms, lived.live, day, unprovided=activated)
        assert (gone.add, {move.status for move in gone.move}) == ((), {LineStatus.DELETED})
    fee = replace(activated[0], type=LineType.RENEWAL_FEE, period=Period(AUG20, SEP20))
    assert lived.rules.delete(lived.terms, [fee], SEP10).add == ()


@pytest.mark.parametrize(
    ("key", "day", "provided", "statuses"),
    [
        ("csp_annual", OCT1, True, ["closed", "blocked"]),
        ("csp_annual", OCT5, False, ["blocked", "blocked"]),
        ("non_refund", OCT5, True, ["closed", "closed"]),
        ("non_refund", OCT5, False, ["blocked", "blocked"]),
    ],
)
def test_what_the_pieces_of_a_renewal_are_on_a_day(key: str, day: date, provided: bool, statuses: list[str]):
    rules = rules_of(key)
    made = rules.renew(MONTH, {"seats": 5}, SEP20, SEP10).add
    moves = rules.pay_renewal(MONTH, made, SEP20, day, provided=provided).move
    assert [str(move.status) for move in moves] == statuses
    assert {move.closed_on for move in moves} == {day if one == "closed" else None for one in statuses}
    paid = [replace(move.line, status=move.status) for move in moves]
    assert not rules.pay_renewal(MONTH, paid, SEP20, day, provided=provided), "asked again it says nothing new"


@pytest.mark.parametrize(("provided", "fee"), [(True, ("closed", SEP28)), (False, ("blocked", None))])
def test_the_fees_of_a_renewal_that_begins_on_another_day_wait_for_the_vendor_too(provided: bool, fee: tuple):
    rules, terms = rules_of("reservation"), replace(MONTH, prices=WITH_FEES, plan_prices=OWN)
    made = rules.renew(terms, {"seats": 5}, SEP25, SEP25).add
    anew = rules.pay_renewal(terms, made, SEP28, SEP28, provided=provided).add
    fees = [(line.status.value, line.closed_on) for line in anew if line.type is LineType.RENEWAL_FEE]
    assert fees == [fee] * 2
    assert {line.period for line in anew if line.type is LineType.RENEWAL_FEE} == {Period(SEP28, date(2018, 10, 28))}


@pytest.mark.parametrize("key", ["csp_annual", "reservation", "gsuite", "csp_monthly"])
def test_an_order_up_to_a_given_end_is_made_up_to_it(key: str):
    assert rules_of(key).order(replace(MONTH, months=12), {"seats": 5}, AUG20).add[-1].period.end == SEP20


def test_providing_an_order_leaves_what_was_not_paid_for():
    lived = Lived("csp_annual", 1)
    new = replace(lived.live[0], status=LineStatus.NEW, block=2)
    for day in (AUG20, AUG25):
        provided = lived.rules.provide_order(replace(lived.terms, expires_on=None), [*lived.live, new], day)
        assert all(move.line is not new for move in provided.move)
        assert {line.block for line in provided.add} <= {1}


def test_what_a_lowering_gave_back_of_a_raise_is_not_charged_when_the_vendor_provides_it():
    lived = Lived("csp_annual", 1).to(8, AUG25)
    raised = [line for line in lived.live if line.block == 2]
    given_back = replace(raised[0], status=LineStatus.WAITING_FOR_REFUND)
    provided = lived.rules.provide_raise(lived.terms, [*raised, given_back], raised, SEP10)
    assert [move.line for move in provided.move] == raised
