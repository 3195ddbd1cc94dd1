"""spec/billing-types.md 3.6: a month of active days (E11, E12)."""

from datetime import date
from decimal import Decimal

from tests.billing.engine.lived import AUG25, SEP1, SEP10, Lived


def test_e11_gsuite_its_first_piece_is_due_and_the_next_one_reserved_when_it_begins():
    lived, end = Lived("gsuite", 1), date(2018, 9, 20)
    assert lived.told() == ["B [2018-08-20, 2018-09-01) 5 19.35", "O [2018-09-01, 2018-09-20) 5 31.67"]
    assert lived.due == Decimal("19.35")
    lived.night(SEP1).night(end)
    lived.renew(end, end)
    assert lived.told() == [
        "C [2018-08-20, 2018-09-01) 5 19.35 2018-09-01", "C [2018-09-01, 2018-09-20) 5 31.67 2018-09-20",
        "B [2018-09-20, 2018-10-01) 5 18.33", "O [2018-10-01, 2018-10-20) 5 30.65",
    ]  # fmt: skip


def test_e12_gsuite_activated_in_a_later_piece_is_charged_from_that_day():
    lived = Lived("gsuite", 1).night(SEP1, active=False).activate(SEP10)
    assert lived.told("blocked") == ["B [2018-09-10, 2018-09-20) 5 16.67"]


def test_gsuite_a_stop_opens_the_rest_and_an_activation_keeps_the_blocks():
    lived = Lived("gsuite", 1).to(8, AUG25).stop(date(2018, 8, 28))
    assert lived.told("opened")[:2] == ["O [2018-08-28, 2018-09-01) 5 6.45", "O [2018-08-28, 2018-09-01) 3 3.87"]
    lived.activate(date(2018, 8, 30))
    assert lived.told("blocked") == ["B [2018-08-30, 2018-09-01) 5 3.23", "B [2018-08-30, 2018-09-01) 3 1.94"]
    assert [line.block for line in lived.rows if line.status == "blocked"] == [1, 2]


def test_units_that_google_provides_of_a_stopped_one_are_there_for_its_activation():
    lived = Lived("gsuite", 1)
    placed = lived.rules.change(lived.terms, lived.live, {"seats": 5}, {"seats": 8}, AUG25)
    lived.put(placed)
    lived.put(lived.rules.pay_raise(lived.terms, lived.live, AUG25, provided=False))
    raised = [line for line in lived.live if line.block == 2 and line.status == "blocked"]
    provided = lived.rules.provide_raise_of_stopped(lived.terms, lived.live, raised, date(2018, 8, 28))
    assert [(line.status, line.block, str(line.amount)) for line in provided.add] == [
        ("opened", 2, "3.87"), ("opened", 2, "19.00"),
    ]  # fmt: skip
    assert len(provided.move) == 2
