"""spec/billing-types.md 3.2, 3.3, 3.5, 3.6: what operations make of the lines, with the literal amounts of E1-E12."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.lines import Changes, Line, LineStatus
from billing.engine.rules import Deed, Rules
from billing.engine.terms import Price, Terms
from billing.engine.types import rules_of

AUG20, AUG25, SEP1, SEP10 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 9, 1), date(2018, 9, 10)
PRICES = {"seats": [Price(date.min, Decimal(10), 1)]}
WITH_FEES = {"seats": [Price(date.min, Decimal(10), 1, setup_fee=Decimal(1), renewal_fee=Decimal("0.50"))]}
OWN = [Price(date.min, Decimal(2), 5, setup_fee=Decimal(5), renewal_fee=Decimal(4))]


class Lived:
    """Some lines through one type's rules: each operation is carried out on them as the verbs would."""

    def __init__(self, key: str, months: int, units: int = 5, *, fees: bool = False, pay: date = AUG20) -> None:
        self.rules: Rules = rules_of(key)
        prices, own = (WITH_FEES, OWN) if fees else (PRICES, ())
        self.terms = Terms("USD", 1, prices, months=months, plan_prices=own)
        self.rows: list[Line] = []
        self.units = units
        self.put(self.rules.order(self.terms, {"seats": units}, AUG20))
        self.due = self.rules.due(self.live, AUG20)
        self.put(self.rules.pay_order(self.terms, self.live, pay))
        ends = self.rules.ends_on(self.terms, pay)
        self.terms = replace(self.terms, expires_on=ends, started_on=pay, anchor=pay)

    @property
    def live(self) -> list[Line]:
        return [line for line in self.rows if line.status in ("new", "opened", "blocked")]

    def put(self, changes: Changes) -> None:
        for move in changes.move:
            place = next(at for at, line in enumerate(self.rows) if line is move.line)
            self.rows[place] = replace(move.line, status=move.status, closed_on=move.closed_on)
        self.rows += changes.add

    def to(self, units: int, day: date) -> Lived:
        present, self.units = self.units, units
        self.put(self.rules.change(self.terms, self.live, {"seats": present}, {"seats": units}, day))
        self.due = self.rules.due(self.live, day)
        self.put(self.rules.pay_raise(self.terms, self.live, day))
        return self

    def stop(self, day: date) -> Lived:
        self.put(self.rules.stop(self.terms, self.live, day))
        return self

    def activate(self, day: date) -> Lived:
        self.put(self.rules.activate(self.terms, self.live, {"seats": self.units}, day))
        return self

    def delete(self, day: date) -> Lived:
        self.put(self.rules.delete(self.terms, self.live, day))
        return self

    def night(self, day: date, *, active: bool = True) -> Lived:
        self.put(self.rules.close_period(self.terms, self.live, day))
        if active:
            self.put(self.rules.next_period(self.terms, {"seats": self.units}, self.live, day))
        return self

    def renew(self, start: date, day: date) -> Lived:
        before = len(self.rows)
        self.put(self.rules.renew(self.terms, {"seats": self.units}, start, day))
        mine = self.rows[before:]
        self.due = self.rules.renewal_due(mine, day)
        self.put(self.rules.pay_renewal(self.terms, mine, start, day))
        return self

    def told(self, *statuses: str) -> list[str]:
        """Return "B from amount" of what is live and closed, as the examples write it."""
        shown = [line for line in self.rows if line.status in (statuses or ("opened", "blocked", "closed"))]
        shown.sort(key=lambda line: (line.period.start, line.block, line.resource, line.type))
        return [_line(line) for line in shown]

    def blocked(self) -> str:
        return f"{sum(line.amount for line in self.rows if line.status == 'blocked'):.2f}"


def _line(line: Line) -> str:
    name = {"recurring_fee": "", "setup_fee": "setup ", "renewal_fee": "renewal "}[line.type]
    who = "" if line.resource else "plan "
    closed = f" {line.closed_on}" if line.closed_on else ""
    return f"{line.status.value[0].upper()} {who}{name}{line.period} {line.quantity} {line.amount}{closed}"


def between(first: str, last: str, units: int, amount: str, status: str) -> str:
    return f"{status} [{first}, {last}) {units} {amount}"


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
    again = lived.activate(SEP10)
    assert again.blocked() == "580.65", "an activation costs nothing"


def test_e5_a_deletion_of_csp_annual():
    lived = Lived("csp_annual", 12).night(SEP1).delete(date(2018, 9, 25))
    assert lived.told() == [
        "C [2018-08-20, 2018-09-01) 5 19.35 2018-09-01",
        "C [2018-09-01, 2018-09-25) 5 40.00 2018-09-25",
    ]


def test_e6_e7_reservation_with_its_fees_and_their_renewal():
    lived = Lived("reservation", 3, 3, fees=True)
    assert [line for line in lived.told() if "setup" in line] == [
        "C plan setup [2018-08-20, 2018-11-20) 1 5.00 2018-08-20",
        "C setup [2018-08-20, 2018-11-20) 3 3.00 2018-08-20",
    ]
    assert [line.split()[-1] for line in lived.told("blocked")] == [
        "0.77", "11.61", "2.00", "30.00", "2.00", "30.00", "1.27", "19.00",
    ]  # fmt: skip
    assert (lived.due, lived.blocked()) == (Decimal("104.65"), "96.65")
    end = date(2018, 11, 20)
    for day in (SEP1, date(2018, 10, 1), date(2018, 11, 1), end):
        lived.night(day)
    lived.renew(end, end)
    assert lived.told("blocked") == [
        "B plan [2018-11-20, 2018-12-01) 1 0.73", "B [2018-11-20, 2018-12-01) 3 11.00",
        "B plan [2018-12-01, 2019-01-01) 1 2.00", "B [2018-12-01, 2019-01-01) 3 30.00",
        "B plan [2019-01-01, 2019-02-01) 1 2.00", "B [2019-01-01, 2019-02-01) 3 30.00",
        "B plan [2019-02-01, 2019-02-20) 1 1.36", "B [2019-02-01, 2019-02-20) 3 20.36",
    ]  # fmt: skip
    assert [line for line in lived.told() if "renewal" in line] == [
        "C plan renewal [2018-11-20, 2019-02-20) 1 4.00 2018-11-20",
        "C renewal [2018-11-20, 2019-02-20) 3 1.50 2018-11-20",
    ]


def test_reservation_a_raise_takes_the_setup_fee_of_its_units_and_a_stop_changes_nothing():
    lived = Lived("reservation", 3, 3, fees=True).to(5, AUG25)
    assert "C setup [2018-08-25, 2018-11-20) 2 2.00 2018-08-25" in lived.told()
    assert lived.stop(AUG25).blocked() == "153.84"


def test_a_renewal_ahead_is_reserved_at_once_and_a_raise_covers_both_terms():
    end = date(2018, 11, 20)
    lived = Lived("csp_annual", 3)
    lived.renew(end, SEP10)
    lived.terms = replace(lived.terms, expires_on=date(2019, 2, 20))
    before = len(lived.rows)
    lived.to(6, date(2018, 11, 12))
    assert [str(line.period) for line in lived.rows[before:]][:2] == [
        "[2018-11-12, 2018-11-20)",
        "[2018-11-20, 2018-12-01)",
    ]
    assert [str(line.amount) for line in lived.rows[before:]] == ["2.67", "3.67", "10.00", "10.00", "6.79"]


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


def test_what_people_may_not_do():
    assert {deed: rules_of("non_refund").refuses(deed) for deed in Deed} == dict.fromkeys(Deed, "committed")
    assert [deed for deed in Deed if rules_of("gsuite").refuses(deed)] == [Deed.DELETE]
    assert [
        deed for deed in Deed if rules_of("reservation").refuses(deed) or rules_of("csp_annual").refuses(deed)
    ] == []
    assert [deed for deed in Deed if rules_of("pay_in_full").refuses(deed)] == [Deed.SWITCH]
    assert [deed for deed in Deed if rules_of("non_refund", trial=True).refuses(deed)] == [Deed.SWITCH]
