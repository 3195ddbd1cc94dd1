"""spec/billing-types.md 3.5: a commitment, written off piece by piece (E10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import LineStatus
from billing.engine.terms import Terms
from billing.engine.types import rules_of
from tests.billing.engine.lived import AUG20, AUG25, PRICES, SEP1, SEP10, Lived


def test_e10_non_refund_writes_each_piece_off_on_its_first_day():
    lived = Lived("non_refund", 12)
    assert lived.due == Decimal("19.35")
    assert lived.to(8, AUG25).due == Decimal("6.77")
    lived.night(SEP1)
    assert lived.told("closed") == [
        "C [2018-08-20, 2018-09-01) 5 19.35 2018-08-20", "C [2018-08-25, 2018-09-01) 3 6.77 2018-08-25",
        "C [2018-09-01, 2018-10-01) 5 50.00 2018-09-01", "C [2018-09-01, 2018-10-01) 3 30.00 2018-09-01",
    ]  # fmt: skip
    assert lived.told("opened")[-1] == "O [2019-08-01, 2019-08-20) 3 18.39"
    assert lived.stop(SEP10).activate(SEP10).blocked() == "0.00"


def test_what_waits_of_a_non_refund_renewal_is_reserved_and_closed_with_its_first_day():
    lived, end = Lived("non_refund", 12), date(2019, 8, 20)
    before = len(lived.rows)
    lived.renew(end, date(2019, 8, 10))
    mine = lived.rows[before:]
    assert [line.status for line in mine] == ["blocked", *["new"] * 12]
    moved = lived.rules.pay_renewal(lived.terms, mine, end, end).move
    assert [move.status for move in moved] == ["closed", *["opened"] * 12]


def test_what_a_vendor_provides_later_is_made_anew_from_then():
    rules, terms = rules_of("non_refund"), Terms("USD", 1, PRICES, months=12)
    ordered = rules.order(terms, {"seats": 5}, AUG20).add
    paid = [replace(line, status=LineStatus.OPENED) for line in ordered]
    paid[0] = replace(paid[0], status=LineStatus.BLOCKED)
    moved = rules.pay_order(terms, ordered, AUG20, provided=False).move
    assert [move.status for move in moved] == ["blocked", *["opened"] * 12]
    late = rules.provide_order(terms, paid, AUG25)
    assert [(line.status, str(line.amount)) for line in late.add[:2]] == [("closed", "11.29"), ("opened", "50.00")]
    assert len(late.move) == 13
    assert [move.status for move in rules.provide_order(terms, paid, AUG20).move] == ["closed"]
