"""spec/billing-types.md 3.3: the year is reserved at once (E1-E5)."""

from datetime import date
from decimal import Decimal

from tests.billing.engine.lived import AUG25, SEP1, SEP10, Lived


def test_e1_csp_annual_order_reserves_the_year():
    lived = Lived("csp_annual", 12)
    assert lived.told()[0] == "B [2018-08-20, 2018-09-01) 5 19.35"
    assert lived.told()[-1] == "B [2019-08-01, 2019-08-20) 5 30.65"
    assert [line.split()[-1] for line in lived.told()[1:-1]] == ["50.00"] * 11
    assert (lived.blocked(), lived.due) == ("600.00", Decimal("600.00"))


def test_e2_a_raise_is_a_block_of_its_own_in_every_later_piece():
    lived = Lived("csp_annual", 12).to(8, AUG25)
    raised = [line for line in lived.rows if line.block == 2]
    assert [str(line.amount) for line in raised] == ["6.77", *["30.00"] * 11, "18.39"]
    assert (lived.due, lived.blocked()) == (Decimal("355.16"), "955.16")


def test_e3_a_lowering_gives_back_of_the_current_piece_and_makes_later_ones_smaller():
    lived = Lived("csp_annual", 12).to(2, AUG25)
    assert lived.told("closed") == ["C [2018-08-20, 2018-08-25) 5 8.06 2018-08-25"]
    assert [line.split()[-1] for line in lived.told("blocked")] == ["4.52", *["20.00"] * 11, "12.26"]
    assert lived.told("waiting_for_refund") == ["W [2018-08-25, 2018-09-01) 3 6.77"]


def test_e4_a_stop_of_csp_annual_gives_nothing_back():
    lived = Lived("csp_annual", 12).stop(AUG25)
    assert lived.told()[:2] == [
        "C [2018-08-20, 2018-08-25) 5 8.06 2018-08-25",
        "B [2018-08-25, 2018-09-01) 5 11.29",
    ]
    assert lived.night(SEP1, active=False).told("closed")[1] == "C [2018-08-25, 2018-09-01) 5 11.29 2018-09-01"
    assert lived.blocked() == "580.65"
    assert not Lived("csp_annual", 12).rules.stop(lived.terms, Lived("csp_annual", 12).live[:1], SEP1), "it is over"
    again = lived.activate(SEP10)
    assert again.blocked() == "580.65", "an activation costs nothing"


def test_e5_a_deletion_of_csp_annual():
    lived = Lived("csp_annual", 12).night(SEP1).delete(date(2018, 9, 25))
    assert lived.told() == [
        "C [2018-08-20, 2018-09-01) 5 19.35 2018-09-01",
        "C [2018-09-01, 2018-09-25) 5 40.00 2018-09-25",
    ]
