"""spec/billing-types.md A term is cut at the billing days, and where the next term begins."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import LineStatus, LineType
from billing.engine.pieces import lowered, plan_and, setup_fees
from billing.engine.terms import Terms
from core.period import Period
from tests.billing.engine.lived import AUG20, AUG25, OWN, PRICES, SEP1, SEP10, Lived

TERMS = Terms("USD", 1, PRICES, plan_prices=OWN)


def test_a_renewal_ahead_is_reserved_at_once_and_a_raise_covers_both_terms():
    end = date(2018, 11, 20)
    lived = Lived("csp_annual", 3)
    lived.renew(end, SEP10)
    lived.terms = replace(lived.terms, expires_on=date(2019, 2, 20), last_term_on=end)
    placed = lived.rules.change(lived.terms, lived.live, {"seats": 5}, {"seats": 6}, date(2018, 11, 8)).add
    late = lived.rules.pay_raise(lived.terms, [*lived.live, *placed], date(2018, 11, 12)).add
    before = len(lived.rows)
    lived.to(6, date(2018, 11, 12))
    for made in (lived.rows[before:], late):
        assert [str(line.period) for line in made][:2] == ["[2018-11-12, 2018-11-20)", "[2018-11-20, 2018-12-01)"]
        assert [str(line.amount) for line in made] == ["2.67", "3.67", "10.00", "10.00", "6.79"]


def test_only_a_type_that_takes_the_plans_own_part_and_its_fees_has_them():
    assert [block.resource for block in plan_and(TERMS, {"seats": 5}, AUG20, plan=False)] == ["seats"]
    brought = replace(TERMS, transfer=True, plan_prices=[OWN[0]._replace(transfer_fee=Decimal(3))])
    term, setup, transfer = Period(AUG20, SEP1), LineType.SETUP_FEE, LineType.TRANSFER_FEE
    for fees, kinds in (({setup}, [setup]), ({setup, transfer}, [setup, transfer])):
        made = setup_fees(brought, fees, {"seats": 5}, term, AUG20, ordered=True)
        assert [line.type for line in made] == kinds


def test_a_lowering_touches_neither_fees_nor_what_was_not_paid_for_and_goes_piece_by_piece():
    first, second = Lived("csp_annual", 1).live
    aside = [replace(first, status=LineStatus.NEW, block=2), replace(first, type=LineType.SETUP_FEE, block=3)]
    changes = lowered(TERMS, [second, *aside, first], "seats", 2, AUG25, first=AUG25)
    assert [move.line for move in changes.move] == [first, second]
    assert [str(line.amount) for line in changes.add] == ["8.06", "6.77", "4.52", "19.00"]


def test_units_given_back_on_the_first_day_of_a_piece_are_refunded():
    lived = Lived("csp_annual", 1).to(2, AUG20)
    assert lived.told("waiting_for_refund") == ["W [2018-08-20, 2018-09-01) 3 11.61"]
    assert lived.told() == ["B [2018-08-20, 2018-09-01) 2 7.74", "B [2018-09-01, 2018-09-20) 2 12.67"]
